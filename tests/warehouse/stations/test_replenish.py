"""The replenish station: by scan, once, and by one person at a time."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.models import Merchant
from core.tenancy import across_merchants, merchant
from orders.models import Product
from tests.factories import ACTOR
from tests.floor import a_staff_member, ask, logged_in
from warehouse.models import Location, StockBalance, Warehouse
from warehouse.services import Goods, transfer
from warehouse.services.locations import load_of

PATH = "/stations/replenish/szx1/"
_ids = count(1)


@pytest.fixture
def stocked(acme: Merchant, house: Warehouse, floor: Client) -> Merchant:
    """All mugs lie in reserve; their pick face A-01 wants between 2 and 6."""
    Location.objects.filter(code__in=["A-02", "A-03"]).update(use="reserve")
    with merchant(acme):
        mug = Product.objects.get(sku="MUG-BLUE")
        balance = StockBalance.objects.select_related("location").get(product=mug)
        if balance.location.code != "A-02":
            transfer(
                goods=[Goods(mug.pk, 100)], from_location=balance.location,
                to_location=Location.objects.get(code="A-02"), reason="moved", reference="t",
                actor=ACTOR, now=timezone.now(),
            )  # fmt: skip
    said = {"merchant": "acme", "sku": "MUG-BLUE", "place": "A-01", "minimum": 2, "maximum": 6}
    assert ask(floor, f"{PATH}face/", said).status_code == 200
    assert ask(floor, f"{PATH}look/", {}).json() == {"made": 1}
    return acme


def scanned(client: Client, *raws: str, client_id: str = "") -> Any:
    scans = [
        {"client_id": client_id or f"r-{next(_ids)}", "seq": place, "raw": raw}
        for place, raw in enumerate(raws)
    ]
    return ask(client, f"{PATH}scans/", {"scans": scans}).json()


def at(owner: Merchant, place: str) -> int:
    with merchant(owner):
        rows = StockBalance.objects.filter(location__code=place, product__sku="MUG-BLUE")
        return sum(rows.values_list("on_hand", flat=True))


def test_product_then_pick_face_moves_the_goods(stocked: Merchant, floor: Client) -> None:
    page = floor.get(PATH).content.decode()
    assert "MUG-BLUE" in page
    [wrong] = scanned(floor, "BOWL-RED")["results"]
    assert (wrong["verdict"], wrong["expected"]) == ("wrong", ["A-02: 6 × MUG-BLUE"])
    answer = scanned(floor, "4006381333931")
    assert answer["results"][0]["verdict"] == "accepted"
    assert answer["state"]["lines"][0]["location"] == "A-01"
    [elsewhere] = scanned(floor, "A-03")["results"]
    assert (elsewhere["verdict"], elsewhere["expected"]) == ("wrong", ["A-01: 6 × MUG-BLUE"])
    answer = scanned(floor, "A-01")
    assert (answer["results"][0]["verdict"], answer["state"]["complete"]) == ("done", True)
    assert (at(stocked, "A-01"), at(stocked, "A-02")) == (6, 94)


def test_a_scan_sent_again_is_answered_again_and_moves_nothing(
    stocked: Merchant, floor: Client
) -> None:
    scanned(floor, "MUG-BLUE")
    first = scanned(floor, "A-01", client_id="same")["results"][0]["message"]
    assert scanned(floor, "A-01", client_id="same")["results"][0]["message"] == first
    assert at(stocked, "A-01") == 6


def test_what_one_has_in_hand_is_no_errand_for_another(
    stocked: Merchant, floor: Client, house: Warehouse
) -> None:
    second = logged_in(a_staff_member("floor", house, email="second@operator.example"))
    scanned(floor, "MUG-BLUE")
    assert scanned(second, "MUG-BLUE")["results"][0]["verdict"] == "wrong"
    assert scanned(second, "A-01")["results"][0]["verdict"] == "wrong"
    assert scanned(floor, "A-01")["results"][0]["verdict"] == "done"


def test_another_warehouse_is_not_shown(stocked: Merchant, elsewhere: Client) -> None:
    assert ask(elsewhere, PATH).status_code == 404
    assert ask(elsewhere, "/stations/replenish/").json() == {"warehouses": []}


def test_a_pick_face_needs_a_bin_and_numbers_in_order(stocked: Merchant, floor: Client) -> None:
    said = {"merchant": "acme", "sku": "MUG-BLUE", "place": "A-02", "minimum": 2, "maximum": 6}
    assert ask(floor, f"{PATH}face/", said).status_code == 400
    assert ask(floor, f"{PATH}face/", {**said, "place": "A-01", "maximum": 1}).status_code == 400
    assert ask(floor, f"{PATH}face/", {**said, "place": "Z-99"}).status_code == 404
    assert ask(floor, f"{PATH}face/", {**said, "sku": "NONE"}).status_code == 404


def test_a_pick_face_that_another_merchant_fills_takes_no_more(
    stocked: Merchant, rival: Merchant, floor: Client
) -> None:
    with merchant(rival):
        mug = Product.objects.get(sku="MUG-BLUE")
        lying = StockBalance.objects.select_related("location").get(product=mug)
        if lying.location.code != "A-01":
            transfer(
                goods=[Goods(mug.pk, 100)], from_location=lying.location,
                to_location=Location.objects.get(code="A-01"), reason="moved", reference="t",
                actor=ACTOR, now=timezone.now(),
            )  # fmt: skip
    with across_merchants("A test counts what lies in a bin."):
        there = load_of(location_id=Location.objects.get(code="A-01").pk).units
    Location.objects.filter(code="A-01").update(capacity_units=there + 5)
    scanned(floor, "MUG-BLUE")
    [full] = scanned(floor, "A-01")["results"]
    assert (full["verdict"], full["message"]) == (
        "wrong", "A-01 is full: bring it back, or make room there first.",
    )  # fmt: skip
    assert at(stocked, "A-01") == 0
    Location.objects.filter(code="A-01").update(capacity_units=there + 6)
    assert scanned(floor, "A-01")["results"][0]["verdict"] == "done"
    assert (at(stocked, "A-01"), at(rival, "A-01")) == (6, 100)
