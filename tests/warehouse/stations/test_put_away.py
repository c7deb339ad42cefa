"""The put-away station: the bin the rules propose, confirmed by scan, or another with a reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.models import Job, Merchant
from core.tenancy import merchant
from flows.allocation import allocate_order, fill_backorders
from flows.inbounds import SaidLine
from orders.files.orders import ParsedLine
from orders.models import Order, Product
from tests.factories import ACTOR, NOW, a_merchant, a_product, an_order
from tests.floor import a_scan, ask
from tests.inbounds import Dock, an_inbound
from warehouse.models import Inbound, Location, StockBalance, StockMove, Warehouse
from warehouse.services import Goods, counterpart, transfer

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(house: Warehouse) -> Merchant:
    """A merchant with five plates in A-01, and bins A-02 and A-03 empty."""
    owner = a_merchant("shop")
    a_product(owner, "PLATE", stock=0, gtin="4006381333931")
    a_product(owner, "LAMP", stock=0)
    with merchant(owner):
        transfer(
            goods=[Goods(Product.objects.get(sku="PLATE").pk, 5)],
            from_location=counterpart(warehouse_id=house.pk, kind="supplier"),
            to_location=Location.objects.get(warehouse=house, code="A-01"),
            reason="test", reference="1", actor=ACTOR, now=NOW,
        )  # fmt: skip
    return owner


@pytest.fixture
def received(shop: Merchant, house: Warehouse, floor: Client) -> Inbound:
    """Ten good plates, two damaged ones and four lamps at the dock."""
    Location.objects.create(warehouse=house, code="D-01", pick_sequence=9, zone="DAMAGED")
    inbound = an_inbound(shop, house, SaidLine("PLATE", 12), SaidLine("LAMP", 4))
    Dock(floor, f"/stations/receive/{inbound.pk}/scans/").scan(
        "PLATE", "10", "LAMP", "4", "WB:C:DAMAGED", "PLATE", "2", "WB:C:CLOSE"
    )
    return inbound


def station(inbound: Inbound, client: Client) -> Dock:
    return Dock(client, f"/stations/put-away/{inbound.pk}/scans/", "put")


def lying(owner: Merchant, sku: str) -> dict[tuple[str, str], int]:
    with merchant(owner):
        rows = StockBalance.objects.filter(product__sku=sku, on_hand__gt=0)
        return {(row.location.code, row.condition): row.on_hand for row in rows}


def test_product_then_bin_and_stock_is_there(
    shop: Merchant, received: Inbound, floor: Client
) -> None:
    here = station(received, floor)
    answer = here.scan("PLATE")
    assert answer["results"][0]["message"] == (
        "10 × PLATE to A-01. The same product and lot lie there."
    )
    assert answer["state"]["lines"][0]["location"] == "A-01"
    assert here.said("A-01") == ("accepted", "10 × PLATE lie in A-01.")
    assert lying(shop, "PLATE")[("A-01", "good")] == 15
    with merchant(shop):
        move = StockMove.objects.get(reason="put_away")
        assert (move.quantity, move.from_location.kind) == (10, "receiving")
        assert Job.objects.filter(kind="allocation.fill_backorders").exists()


def test_damaged_goods_go_to_their_zone_and_are_nobodys(
    shop: Merchant, received: Inbound, floor: Client
) -> None:
    here = station(received, floor)
    here.scan("WB:C:DAMAGED")
    assert here.said("PLATE")[1].startswith("2 × PLATE, damaged, to D-01.")
    verdict, message = here.said("A-02")
    assert verdict == "wrong"
    assert "A-02 is not in zone DAMAGED" in message
    assert here.said("WB:L:D-01")[0] == "accepted"
    assert lying(shop, "PLATE")[("D-01", "damaged")] == 2
    with merchant(shop):
        assert not Job.objects.filter(kind="allocation.fill_backorders").exists()


def test_all_put_away_ends_the_inbound(shop: Merchant, received: Inbound, floor: Client) -> None:
    here = station(received, floor)
    here.scan("PLATE", "A-01", "LAMP", "A-01")
    answer = here.scan("WB:C:DAMAGED", "PLATE", "D-01")
    assert [each["verdict"] for each in answer["results"]] == ["accepted", "accepted", "done"]
    assert answer["state"]["complete"] is True
    with merchant(shop):
        assert Inbound.objects.get().status == "put_away"
        assert not StockBalance.objects.filter(location__kind="receiving", on_hand__gt=0).exists()
    assert here.said("PLATE")[0] == "wrong"


def test_another_bin_is_allowed_when_the_rules_permit(
    shop: Merchant, received: Inbound, floor: Client
) -> None:
    here = station(received, floor)
    here.scan("PLATE", "4")
    assert here.said("a-03") == ("accepted", "4 × PLATE lie in A-03.")
    assert lying(shop, "PLATE")[("A-03", "good")] == 4
    assert here.scan("PLATE")["results"][0]["message"].startswith("6 × PLATE to A-01.")


def test_full_bin_is_refused_with_the_room_it_has(
    shop: Merchant, house: Warehouse, received: Inbound, floor: Client
) -> None:
    Location.objects.filter(warehouse=house, code="A-02").update(capacity_units=3)
    here = station(received, floor)
    here.scan("PLATE")
    result = here.scan("A-02")["results"][0]
    assert result["message"] == "A-02 has room for 3 of them: type 3, or scan another bin."
    assert result["expected"] == ["A-01"]
    assert here.scan("3")["results"][0]["verdict"] == "accepted"
    assert here.said("A-02")[0] == "accepted"
    here.scan("PLATE", "1")
    assert here.said("A-02") == ("wrong", "A-02 is full.")


def test_owners_are_not_mixed(
    shop: Merchant, house: Warehouse, received: Inbound, floor: Client
) -> None:
    rival = a_merchant("rival")
    a_product(rival, stock=0)
    with merchant(rival):
        transfer(
            goods=[Goods(Product.objects.get().pk, 1)],
            from_location=counterpart(warehouse_id=house.pk, kind="supplier"),
            to_location=Location.objects.get(warehouse=house, code="A-02"),
            reason="test", reference="1", actor=ACTOR, now=NOW,
        )  # fmt: skip
    here = station(received, floor)
    here.scan("PLATE")
    assert here.said("A-02") == (
        "wrong", "A-02 holds another merchant's goods; owners are not mixed.",
    )  # fmt: skip


def test_lots_are_not_mixed_and_the_lot_in_hand_is_asked_for(
    shop: Merchant, house: Warehouse, floor: Client
) -> None:
    inbound = an_inbound(shop, house, SaidLine("PLATE", 2))
    Dock(floor, f"/stations/receive/{inbound.pk}/scans/").scan(
        "(01)04006381333931(10)A", "(01)04006381333931(10)B", "WB:C:CLOSE"
    )
    here = station(inbound, floor)
    result = here.scan("PLATE")["results"][0]
    assert result["verdict"] == "wrong"
    assert result["expected"] == ["LOT A", "LOT B"]
    assert here.said("LOT B")[1].startswith("1 × PLATE to A-02.")
    verdict, message = here.said("A-01")
    assert (verdict, "another lot" in message) == ("wrong", True)
    assert here.said("A-02")[0] == "accepted"
    assert here.said("(01)04006381333931(10)A")[1].startswith("1 × PLATE to A-03.")


def test_repeated_scans_move_once(shop: Merchant, received: Inbound, floor: Client) -> None:
    path = f"/stations/put-away/{received.pk}/scans/"
    scans = [a_scan(1, "PLATE", "r"), a_scan(2, "A-01", "r")]
    first: dict[str, Any] = ask(floor, path, {"scans": scans}).json()
    again = ask(floor, path, {"scans": scans}).json()
    assert again["results"] == first["results"]
    assert lying(shop, "PLATE")[("A-01", "good")] == 15


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (("A-01",), "Scan the product first, then the bin."),
        (("5",), "Scan the product first, then type how many."),
        (("NOPE",), "NOPE is neither goods of this inbound nor a bin of this warehouse."),
        (("PLATE", "99"), "Only 10 × PLATE lie at the dock."),
        (("OTHER",), "No OTHER of this inbound lies at the dock."),
        (("LOT Z",), "No single product of lot Z lies at the dock."),
        (("WB:C:CLOSE",), "CLOSE is no command of this station."),
    ],
)
def test_wrong_scans_explain_themselves(
    shop: Merchant, received: Inbound, floor: Client, codes: tuple[str, ...], said: str
) -> None:
    a_product(shop, "OTHER", stock=0)
    assert station(received, floor).scan(*codes)["results"][-1]["message"] == said


def test_goods_at_the_dock_are_promised_to_nobody_until_they_are_put_away(
    shop: Merchant, house: Warehouse, floor: Client
) -> None:
    a_product(shop, "NEW", stock=0)
    order = an_order(shop, lines=(ParsedLine(1, "1", "NEW", "", 2, Decimal("9.50")),))
    allocate_order(shop.pk, {"order_id": order.pk})
    inbound = an_inbound(shop, house, SaidLine("NEW", 2))
    Dock(floor, f"/stations/receive/{inbound.pk}/scans/").scan("NEW", "2", "WB:C:CLOSE")
    fill_backorders(shop.pk, {})
    with merchant(shop):
        assert Order.objects.get(pk=order.pk).status == "backordered"
    station(inbound, floor).scan("NEW", "A-02")
    fill_backorders(shop.pk, {})
    with merchant(shop):
        assert Order.objects.get(pk=order.pk).status == "allocated"
