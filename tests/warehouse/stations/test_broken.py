"""A single piece that turns out broken: damaged stock, and its order gets another or waits."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from core.models import Merchant
from core.tenancy import merchant
from flows.fulfilment import pick
from orders.files.orders import ParsedLine
from orders.models import Order
from tests.factories import ACTOR, NOW, a_product
from tests.floor import a_released_wave, a_scan, ask, label_for, parcels_of
from warehouse.models import (
    Location,
    Parcel,
    ParcelItem,
    PickTask,
    PrintJob,
    SinglePiece,
    StockBalance,
    Warehouse,
    Wave,
)
from warehouse.services import Goods, counterpart, transfer
from warehouse.services.differences import find_differences

VASE = "VASE"


@pytest.fixture
def claimed(acme: Merchant, house: Warehouse, floor: Client) -> Parcel:
    """The only order of a wave, picked, labelled and claimed; its damaged zone has a bin."""
    Location.objects.create(warehouse=house, code="D-01", zone="DAMAGED", pick_sequence=99)
    line = ParsedLine(1, "1", VASE, "", 1, None)
    a_product(acme, VASE, stock=2)
    wave = a_released_wave(acme, house, lines=(line,))
    (parcel,) = parcels_of(acme, wave)
    pick(merchant_id=acme.pk, wave_id=wave.pk, task_ids=None, actor=ACTOR, now=NOW)
    label_for(acme, parcel)
    assert scan(floor, 1, VASE)["results"][0]["verdict"] == "accepted"
    return parcel


def scan(client: Client, number: int, raw: str) -> Any:
    return ask(client, "/stations/single/scans/", {"scans": [a_scan(number, raw)]}).json()


def lying(owner: Merchant) -> dict[tuple[str, str], tuple[int, int]]:
    with merchant(owner):
        assert find_differences().rows == ()
        rows = StockBalance.objects.filter(product__sku=VASE, on_hand__gt=0)
        return {
            (row.location.code, row.condition): (row.on_hand, row.reserved)
            for row in rows.select_related("location")
        }


def test_the_order_takes_the_next_free_piece(
    claimed: Parcel, acme: Merchant, floor: Client
) -> None:
    with merchant(acme):
        place = PickTask.objects.get(parcel=claimed).location.code
        other = Location.objects.exclude(code=place).filter(code__startswith="A-")[0]
        transfer(
            goods=[Goods(StockBalance.objects.get(product__sku=VASE).product_id, 1)],
            from_location=Location.objects.get(code=place), to_location=other, reason="moved",
            reference="t", actor=ACTOR, now=NOW,
        )  # fmt: skip
    answer = scan(floor, 2, "WB:C:BROKEN")
    (result,) = answer["results"]
    assert result["verdict"] == "accepted"
    assert other.code in result["message"]
    assert answer["state"]["order"] == ""
    assert lying(acme) == {(other.code, "good"): (1, 1), ("D-01", "damaged"): (1, 0)}
    with merchant(acme):
        assert SinglePiece.objects.get().claimed_at is None
        assert ParcelItem.objects.get().scanned == 0
        assert PickTask.objects.get().picked_at is None
        assert Wave.objects.get().status == "released"
        assert not PrintJob.objects.exclude(status="withdrawn").exists()
    assert scan(floor, 2, "WB:C:BROKEN") == scan(floor, 2, "WB:C:BROKEN")
    assert scan(floor, 3, VASE)["state"]["order"] == claimed.reference


def test_an_order_without_another_piece_waits_for_stock(
    claimed: Parcel, acme: Merchant, floor: Client
) -> None:
    assert "WB:C:BROKEN" in floor.get("/stations/single/").content.decode()
    with merchant(acme):
        transfer(
            goods=[Goods(StockBalance.objects.get(product__sku=VASE).product_id, 1)],
            from_location=PickTask.objects.get(parcel=claimed).location,
            to_location=counterpart(warehouse_id=claimed.warehouse_id, kind="lost"),
            reason="lost", reference="t", actor=ACTOR, now=NOW,
        )  # fmt: skip
    (result,) = scan(floor, 2, "WB:C:BROKEN")["results"]
    assert result["verdict"] == "accepted"
    with merchant(acme):
        assert Order.objects.get(pk=claimed.order_id).status == "accepted"
        assert Parcel.objects.get(pk=claimed.pk).status == "cancelled"
    assert lying(acme) == {("D-01", "damaged"): (1, 0)}
    assert scan(floor, 3, VASE)["results"][0]["verdict"] == "wrong"
