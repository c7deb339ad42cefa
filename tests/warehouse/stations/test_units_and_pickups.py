"""Bags, pallets and a driver's visit: scanned, compared, signed, over two merchants' parcels."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from core.models import Merchant
from core.tenancy import across_merchants, merchant
from customs.models import Declaration
from flows.papers import manifest
from shipping.models import Booking, Handover, PickupParcel
from tests.documents.reading import pages, scanned
from tests.floor import a_released_wave, a_scan, ask, label_for, parcels_of
from warehouse.models import HandlingUnit, Parcel, UnitParcel, Warehouse

STROKES = json.dumps([[[100, 100], [300, 250], [500, 120]], [[600, 200], [800, 200]]])


def ready(owner: Merchant, house: Warehouse, *, country: str = "DE") -> Parcel:
    """A packed parcel with its label, released for export."""
    fields: dict[str, Any] = {} if country == "DE" else {"country": country, "postal_code": "8001"}
    parcel = parcels_of(owner, a_released_wave(owner, house, **fields))[0]
    booking = label_for(owner, parcel)
    with merchant(owner):
        Parcel.objects.filter(pk=parcel.pk).update(status="packed", weight_g=800)
        Declaration.objects.create(
            booking=booking, direction="export", country="CN", dataset="X", dataset_reason="x",
            lrn=f"E{booking.reference}", status="released", elements={},
            created_at=booking.created_at,
        )  # fmt: skip
    return parcel


def open_unit(floor: Client, kind: str) -> HandlingUnit:
    opened = floor.post("/stations/units/", {"warehouse": "szx1", "kind": kind})
    assert opened.status_code == 302
    with across_merchants("A test reads a bag."):
        return HandlingUnit.objects.order_by("-id")[0]


def scan(client: Client, path: str, *codes: str, prefix: str) -> list[str]:
    body = {"scans": [a_scan(n, code, prefix) for n, code in enumerate(codes, start=1)]}
    answer = ask(client, path, body)
    assert answer.status_code == 200, answer.content
    return [result["verdict"] for result in answer.json()["results"]]


def at_unit(client: Client, unit: HandlingUnit, *codes: str, prefix: str = "u") -> list[str]:
    return scan(client, f"/stations/units/{unit.pk}/scans/", *codes, prefix=f"{unit.pk}{prefix}")


@pytest.fixture
def parcels(acme: Merchant, rival: Merchant, house: Warehouse) -> tuple[Parcel, Parcel, Parcel]:
    """Two of acme (one to Switzerland), one of rival."""
    return ready(acme, house), ready(rival, house), ready(acme, house, country="CH")


def test_a_bag_takes_parcels_of_one_service_and_country_whoever_owns_them(
    floor: Client, elsewhere: Client, parcels: tuple[Parcel, Parcel, Parcel]
) -> None:
    mine, theirs, swiss = parcels
    bag = open_unit(floor, "bag")
    assert at_unit(floor, bag, mine.reference, theirs.reference, mine.reference, swiss.reference,
                   "WB999999999-1") == [
        "accepted", "accepted", "duplicate", "wrong", "wrong",
    ]  # fmt: skip
    # The same scans sent again are answered the same, and change nothing.
    assert at_unit(floor, bag, mine.reference, theirs.reference) == ["accepted", "accepted"]
    with across_merchants("A test reads a bag."):
        assert UnitParcel.objects.filter(unit=bag).count() == 2
    other = open_unit(floor, "bag")
    assert at_unit(floor, other, mine.reference) == ["wrong"]
    assert at_unit(floor, bag, f"WB:C:OUT-{mine.reference}", prefix="v") == ["accepted"]
    assert at_unit(floor, other, mine.reference, prefix="w") == ["accepted"]
    assert elsewhere.get(f"/stations/units/{bag.pk}/").status_code == 404
    assert ask(elsewhere, f"/stations/units/{bag.pk}/scans/", {"scans": []}).status_code == 404


def test_a_bag_stands_on_a_pallet_and_its_label_reads(
    floor: Client, parcels: tuple[Parcel, Parcel, Parcel]
) -> None:
    mine, theirs, swiss = parcels
    bag, swiss_bag, pallet = (open_unit(floor, kind) for kind in ("bag", "bag", "pallet"))
    assert at_unit(floor, bag, "WB:C:CLOSE") == ["wrong"]
    at_unit(floor, bag, mine.reference, theirs.reference, prefix="v")
    assert at_unit(floor, pallet, bag.sscc) == ["wrong"]
    assert floor.get(f"/stations/units/{bag.pk}/label/").status_code == 409
    assert at_unit(floor, bag, "WB:C:CLOSE", prefix="w") == ["done"]
    assert at_unit(floor, bag, swiss.reference, prefix="x") == ["wrong"]
    at_unit(floor, swiss_bag, swiss.reference, "WB:C:CLOSE")
    assert at_unit(floor, pallet, f"]C100{bag.sscc}", swiss_bag.sscc, bag.sscc, prefix="p") == [
        "accepted", "accepted", "duplicate",
    ]  # fmt: skip
    assert at_unit(floor, bag, "WB:C:REOPEN", prefix="y") == ["wrong"]
    at_unit(floor, pallet, "WB:C:CLOSE", prefix="q")
    with across_merchants("A test reads a pallet."):
        closed = HandlingUnit.objects.get(pk=pallet.pk)
        assert (closed.parcel_count, closed.weight_g, closed.country) == (3, 2400, "")
    label = floor.get(f"/stations/units/{bag.pk}/label/")
    assert label["Content-Type"] == "application/pdf"
    assert scanned(label.content) == [("Code128", f"(00){bag.sscc}")]
    assert label.content == floor.get(f"/stations/units/{bag.pk}/label/").content
    assert floor.get("/stations/units/").status_code == 200


def begin(floor: Client, carrier: str = "postal") -> str:
    opened = floor.post("/stations/pickups/", {"warehouse": "szx1", "carrier": carrier})
    assert opened.status_code == 302
    return str(opened["Location"])


def test_what_is_scanned_out_is_signed_for_and_the_rest_stays(
    floor: Client, acme: Merchant, rival: Merchant, house: Warehouse,
    parcels: tuple[Parcel, Parcel, Parcel],
) -> None:  # fmt: skip
    mine, theirs, swiss = parcels
    bag = open_unit(floor, "bag")
    at_unit(floor, bag, mine.reference, theirs.reference, "WB:C:CLOSE")
    visit = begin(floor)
    assert begin(floor) == visit
    assert scan(
        floor, f"{visit}scans/", f"00{bag.sscc}", mine.reference, "STRANGER-1", swiss.reference,
        swiss.reference, f"WB:C:BACK-{swiss.reference}", prefix="d",
    ) == ["accepted", "wrong", "wrong", "accepted", "duplicate", "accepted"]  # fmt: skip
    page = floor.get(f"{visit}sign/").content.decode()
    assert swiss.reference in page  # ready, not scanned
    assert "STRANGER-1" in page
    nothing = floor.post(f"{visit}sign/", {"signed_by": "Wang Lei", "signature": "[[[1,1]]]"})
    assert nothing.status_code == 400
    signed = floor.post(f"{visit}sign/", {"signed_by": "Wang Lei", "signature": STROKES})
    assert signed.status_code == 302
    # Signing again is no second handover.
    floor.post(f"{visit}sign/", {"signed_by": "Wang Lei", "signature": STROKES})
    for owner in (acme, rival):
        with merchant(owner):
            handover = Handover.objects.select_related("pickup").get()
            assert (handover.parcel_count, handover.signed_by) == (1, "Wang Lei")
            assert handover.pickup is not None
            assert handover.pickup.parcel_count == 2
            assert handover.pickup.weight_g == 1600
    with merchant(acme):
        statuses = dict(Parcel.objects.values_list("reference", "status"))
        assert statuses == {mine.reference: "handed_over", swiss.reference: "packed"}
        handed = Handover.objects.get().pk
    with across_merchants("A test reads a bag."):
        assert HandlingUnit.objects.get(pk=bag.pk).status == "handed_over"
    manifest(acme.pk, {"handover_id": handed})
    with merchant(acme):
        document = Handover.objects.select_related("manifest").get().manifest
        assert document is not None
    shown = floor.get(f"/stations/documents/{document.pk}/")
    [text] = pages(shown.content)
    assert "Wang Lei" in text
    assert "P0" in text
    assert 'svg class="drawn"' in floor.get(f"{visit}sign/").content.decode()
    assert scan(floor, f"{visit}scans/", swiss.reference, prefix="e") == ["wrong"]


def test_a_parcel_that_may_not_leave_is_refused_with_the_reason(
    floor: Client, acme: Merchant, house: Warehouse
) -> None:
    held, other = ready(acme, house), ready(acme, house)
    with merchant(acme):
        Declaration.objects.filter(booking__parcel=held).update(status="accepted")
        Booking.objects.filter(parcel=other).update(carrier_code="line")
    visit = begin(floor)
    body = {"scans": [a_scan(1, held.reference), a_scan(2, other.reference)]}
    told = ask(floor, f"{visit}scans/", body).json()["results"]
    assert [each["verdict"] for each in told] == ["wrong", "wrong"]
    assert "export release" in told[0]["message"]
    assert "not with this driver" in told[1]["message"]
    empty = floor.post(f"{visit}sign/", {"signed_by": "Wang", "signature": STROKES})
    assert empty.status_code == 409
    assert floor.post(f"{visit}sign/", {"leave": "1"}).status_code == 302
    assert begin(floor) != visit


def test_a_parcel_that_lost_its_release_is_taken_off_before_signing(
    floor: Client, acme: Merchant, house: Warehouse
) -> None:
    parcel = ready(acme, house)
    visit = begin(floor)
    assert scan(floor, f"{visit}scans/", parcel.reference, prefix="d") == ["accepted"]
    with merchant(acme):
        Declaration.objects.update(superseded_at=parcel.created_at)
    refused = floor.post(f"{visit}sign/", {"signed_by": "Wang", "signature": STROKES}, follow=True)
    assert parcel.reference in refused.content.decode()
    with merchant(acme):
        assert not Handover.objects.exists()
        assert not PickupParcel.objects.exists()


def test_a_parcel_in_a_bag_is_not_weighed_again(
    floor: Client, acme: Merchant, house: Warehouse
) -> None:
    parcel = ready(acme, house)
    bag = open_unit(floor, "bag")
    at_unit(floor, bag, parcel.reference)
    body: dict[str, Any] = {"scans": [a_scan(1, parcel.reference), a_scan(2, "900 g")]}
    told = ask(floor, "/stations/weigh/scans/", body).json()["results"][1]
    assert told["verdict"] == "wrong"
    assert "bag" in told["message"]
