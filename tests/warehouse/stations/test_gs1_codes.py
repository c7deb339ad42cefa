"""A GS1 code does at a station what the product's own code does, and is kept as it was sent."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from core.models import Merchant
from core.tenancy import merchant
from tests.floor import a_released_wave, a_scan, ask, parcels_of
from warehouse.models import Scan, Warehouse

GS = "\x1d"
CODE = f"{GS}010400638133393117270131{GS}10LOT-7{GS}21S-9"


def test_the_pack_station_takes_it_and_shows_lot_serial_and_expiry(
    acme: Merchant, house: Warehouse, floor: Client
) -> None:
    parcel = parcels_of(acme, a_released_wave(acme, house))[0]
    body = {"parcel": parcel.reference, "scans": [a_scan(1, CODE)]}
    result = ask(floor, reverse("station_pack_scans"), body).json()["results"][0]
    assert result["verdict"] in ("accepted", "done")
    for part in ("Lot LOT-7.", "Serial number S-9.", "Expires 2027-01-31."):
        assert part in result["message"]
    with merchant(acme):
        assert Scan.objects.get(client_id="press-1").raw == CODE


def test_the_pick_station_takes_it_too(acme: Merchant, house: Warehouse, floor: Client) -> None:
    wave = a_released_wave(acme, house)
    body = {"scans": [a_scan(2, CODE)]}
    answer = ask(floor, reverse("station_pick_scans", args=[wave.pk]), body).json()
    assert answer["results"][0]["verdict"] in ("accepted", "done")
    assert "Lot LOT-7." in answer["results"][0]["message"]


def test_a_misread_one_says_what_is_wrong(acme: Merchant, house: Warehouse, floor: Client) -> None:
    parcel = parcels_of(acme, a_released_wave(acme, house))[0]
    body = {"parcel": parcel.reference, "scans": [a_scan(3, "]C10104006381333930")]}
    result = ask(floor, reverse("station_pack_scans"), body).json()["results"][0]
    assert (result["verdict"], "should be 1" in result["message"]) == ("error", True)
