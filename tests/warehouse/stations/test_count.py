"""Cycle counts: blind, again when goods moved, twice where they differ, never below what is
promised."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.models import Event, Job, Merchant
from core.tenancy import merchant
from flows.allocation import allocate_order
from flows.fulfilment import plan_next_wave
from orders.files.orders import ParsedLine
from orders.models import Order, Product
from tests.factories import ACTOR, NOW, a_merchant, a_product, an_order
from tests.floor import a_scan, a_staff_member, ask, logged_in
from tests.inbounds import Dock
from warehouse.models import (
    CountList,
    CountTask,
    Location,
    ShortPick,
    StockBalance,
    StockMove,
    Warehouse,
)
from warehouse.rules.counts import count_rules
from warehouse.services import Goods, counterpart, transfer
from warehouse.services.counts import bins_to_count

pytestmark = pytest.mark.django_db


def lay(owner: Merchant, house: Warehouse, sku: str, pieces: int, place: str, **kept: Any) -> None:
    """Put pieces into a bin."""
    with merchant(owner):
        transfer(
            goods=[Goods(Product.objects.get(sku=sku).pk, pieces, **kept)],
            from_location=counterpart(warehouse_id=house.pk, kind="supplier"),
            to_location=Location.objects.get(warehouse=house, code=place),
            reason="test", reference=f"{sku}{place}{pieces}{kept}", actor=ACTOR, now=NOW,
        )  # fmt: skip


@pytest.fixture
def shop(house: Warehouse) -> Merchant:
    """Ten plates and three lamps in A-01, one hundred and fifty plates in A-02."""
    owner = a_merchant("shop")
    a_product(owner, "PLATE", stock=0, gtin="4006381333931")
    a_product(owner, "LAMP", stock=0)
    lay(owner, house, "PLATE", 10, "A-01")
    lay(owner, house, "LAMP", 3, "A-01")
    lay(owner, house, "PLATE", 150, "A-02")
    return owner


@pytest.fixture
def second(house: Warehouse) -> Client:
    return logged_in(a_staff_member("floor", house, email="second@operator.example"))


def a_list(client: Client, **fields: str) -> int:
    body = {"merchant": "shop", "warehouse": "szx1", "basis": "bin", "chosen": "A-01", **fields}
    answer = ask(client, "/stations/counts/make/", body)
    assert answer.status_code == 201, answer.content
    found: int = answer.json()["id"]
    return found


def station(list_id: int, client: Client, prefix: str = "count") -> Dock:
    return Dock(client, f"/stations/count/{list_id}/scans/", prefix)


def lying(owner: Merchant, place: str) -> dict[str, int]:
    with merchant(owner):
        rows = StockBalance.objects.filter(location__code=place, on_hand__gt=0)
        return {row.product.sku: row.on_hand for row in rows.select_related("product")}


def status(owner: Merchant) -> str:
    with merchant(owner):
        return CountTask.objects.get().status


def decide(client: Client, list_id: int, owner: Merchant, decision: str) -> Any:
    with merchant(owner):
        task = CountTask.objects.get()
    path = f"/stations/counts/{list_id}/bins/{task.pk}/decide/"
    return ask(client, path, {"decision": decision})


def test_bin_that_is_right_is_done_at_once(shop: Merchant, house: Warehouse, floor: Client) -> None:
    list_id = a_list(floor)
    here = station(list_id, floor)
    here.scan("A-01", "4006381333931", "10", "LAMP", "3")
    answer = here.scan("a-01")
    assert answer["results"][0] == {
        "client_id": "count-6", "verdict": "done", "message": "A-01 is right.", "expected": [],
    }  # fmt: skip
    assert answer["state"]["complete"] is True
    with merchant(shop):
        assert CountList.objects.get().status == "done"
        assert not StockMove.objects.filter(reason="cycle_count").exists()
    found = ask(floor, f"/stations/counts/{list_id}/").json()["count"]
    assert found["accuracy"] == {"bins_percent": 100.0, "pieces_percent": 100.0}


def test_counter_is_not_told_what_the_ledger_has(
    shop: Merchant, house: Warehouse, floor: Client
) -> None:
    lay(shop, house, "LAMP", 4321, "A-03")
    list_id = a_list(floor, chosen="A-03")
    answer = station(list_id, floor).scan("A-03", "LAMP")
    page = floor.get(f"/stations/count/{list_id}/").content.decode()
    assert "4321" not in str(answer) + page
    assert answer["state"]["lines"][0]["expected"] is None


def test_small_difference_of_a_large_bin_goes_into_the_ledger_at_once(
    shop: Merchant, house: Warehouse, floor: Client
) -> None:
    here = station(a_list(floor, chosen="A-02"), floor)
    here.scan("A-02", "PLATE", "149")
    assert "small difference" in here.said("WB:C:DONE")[1]
    assert lying(shop, "A-02") == {"PLATE": 149}
    with merchant(shop):
        move = StockMove.objects.get(reason="cycle_count")
        assert (move.quantity, move.from_location.code, move.to_location.kind) == (
            1, "A-02", "count",
        )  # fmt: skip


def test_large_difference_is_counted_by_somebody_else_and_decided_by_a_third_look(
    shop: Merchant, house: Warehouse, floor: Client, second: Client
) -> None:
    list_id = a_list(floor)
    first = station(list_id, floor, "one")
    first.scan("A-01", "PLATE", "7", "LAMP", "3")
    assert first.scan("A-01")["results"][0]["verdict"] == "noted"
    assert status(shop) == "second"
    assert "first time" in first.said("A-01")[1]
    other = station(list_id, second, "two")
    other.scan("A-01", "PLATE", "7", "LAMP", "4")
    assert "A person decides" in other.said("A-01")[1]
    assert status(shop) == "decide"
    assert lying(shop, "A-01") == {"PLATE": 10, "LAMP": 3}
    page = floor.get(f"/stations/counts/{list_id}/").content.decode()
    assert "ledger 10, counted 7" in page
    assert decide(second, list_id, shop, "approve").status_code == 409
    done = decide(floor, list_id, shop, "approve").json()["count"]
    assert done["status"] == "done"
    assert done["accuracy"] == {"bins_percent": 0.0, "pieces_percent": 76.9}
    assert lying(shop, "A-01") == {"PLATE": 7, "LAMP": 4}
    assert decide(floor, list_id, shop, "approve").status_code == 200
    assert lying(shop, "A-01") == {"PLATE": 7, "LAMP": 4}
    with merchant(shop):
        moves = StockMove.objects.filter(reason="cycle_count").order_by("id")
        assert [(m.product.sku, m.quantity, m.to_location.kind) for m in moves] == [
            ("LAMP", 1, "bin"), ("PLATE", 3, "count"),
        ]  # fmt: skip
        assert Event.objects.filter(kind="stock.counted").count() == 1


def test_second_count_that_agrees_with_the_ledger_ends_it(
    shop: Merchant, house: Warehouse, floor: Client, second: Client
) -> None:
    list_id = a_list(floor)
    station(list_id, floor, "one").scan("A-01", "PLATE", "7", "LAMP", "3", "A-01")
    result = station(list_id, second, "two").scan("A-01", "PLATE", "10", "LAMP", "3", "A-01")
    assert result["results"][-1]["message"] == "A-01 is right."
    assert lying(shop, "A-01") == {"PLATE": 10, "LAMP": 3}


def test_move_during_the_count_forces_a_recount(
    shop: Merchant, house: Warehouse, floor: Client
) -> None:
    here = station(a_list(floor), floor)
    here.scan("A-01", "PLATE", "10", "LAMP", "3")
    lay(shop, house, "LAMP", 1, "A-01")
    assert here.said("A-01") == (
        "wrong", "Goods moved in A-01 while you counted. Count it again.",
    )  # fmt: skip
    assert status(shop) == "open"
    here.scan("A-01", "PLATE", "10", "LAMP", "4")
    assert here.said("A-01") == ("done", "A-01 is right.")


def test_move_after_the_count_forces_a_recount_when_it_is_approved(
    shop: Merchant, house: Warehouse, floor: Client, second: Client
) -> None:
    list_id = a_list(floor)
    for client, prefix in ((floor, "one"), (second, "two")):
        station(list_id, client, prefix).scan("A-01", "PLATE", "7", "LAMP", "3", "A-01")
    lay(shop, house, "LAMP", 1, "A-01")
    assert decide(floor, list_id, shop, "approve").status_code == 409
    assert status(shop) == "open"
    assert lying(shop, "A-01") == {"PLATE": 10, "LAMP": 4}


def test_not_believed_is_counted_again(
    shop: Merchant, house: Warehouse, floor: Client, second: Client
) -> None:
    list_id = a_list(floor)
    for client, prefix in ((floor, "one"), (second, "two")):
        station(list_id, client, prefix).scan("A-01", "PLATE", "7", "LAMP", "3", "A-01")
    assert decide(second, list_id, shop, "again").status_code == 200
    assert status(shop) == "open"
    assert station(list_id, floor, "three").said("A-01")[0] == "accepted"


def test_empty_bin_is_asked_for_twice_and_loses_all(
    shop: Merchant, house: Warehouse, floor: Client
) -> None:
    here = station(a_list(floor), floor)
    here.scan("A-01")
    assert here.said("WB:C:DONE")[0] == "duplicate"
    assert here.said("WB:C:DONE")[0] == "noted"
    assert status(shop) == "second"


def orders_of(shop: Merchant, count: int, quantity: int) -> list[Order]:
    made = []
    for number in range(count):
        line = ParsedLine(1, "1", "LAMP", "", quantity, Decimal("9.50"))
        order = an_order(shop, lines=(line,))
        allocate_order(shop.pk, {"order_id": order.pk})
        made.append(order)
        assert number >= 0
    return made


def test_promises_on_pieces_that_are_not_there_are_given_up_and_allocated_anew(
    shop: Merchant, house: Warehouse, floor: Client, second: Client
) -> None:
    older, newer = orders_of(shop, 2, 1)
    list_id = a_list(floor)
    for client, prefix in ((floor, "one"), (second, "two")):
        station(list_id, client, prefix).scan("A-01", "PLATE", "10", "LAMP", "1", "A-01")
    assert decide(floor, list_id, shop, "approve").status_code == 200
    assert lying(shop, "A-01") == {"PLATE": 10, "LAMP": 1}
    with merchant(shop):
        balance = StockBalance.objects.get(product__sku="LAMP", location__code="A-01")
        assert (balance.on_hand, balance.reserved) == (1, 1)
        assert Order.objects.get(pk=older.pk).status == "allocated"
        assert Order.objects.get(pk=newer.pk).status == "accepted"
        assert Job.objects.filter(
            kind="allocation.allocate", key=str(newer.pk), status="queued"
        ).exists()
    allocate_order(shop.pk, {"order_id": newer.pk})
    with merchant(shop):
        assert Order.objects.get(pk=newer.pk).status == "backordered"


def test_orders_being_picked_keep_their_promise_and_it_is_said_whose(
    shop: Merchant, house: Warehouse, floor: Client, second: Client
) -> None:
    orders = orders_of(shop, 2, 1)
    plan_next_wave(merchant_id=shop.pk, warehouse=house, actor=ACTOR, now=NOW)
    list_id = a_list(floor)
    for client, prefix in ((floor, "one"), (second, "two")):
        station(list_id, client, prefix).scan("A-01", "PLATE", "10", "LAMP", "1", "A-01")
    answer = decide(floor, list_id, shop, "approve")
    assert answer.status_code == 409
    assert all(order.reference in answer.content.decode() for order in orders)
    assert lying(shop, "A-01") == {"PLATE": 10, "LAMP": 3}
    assert status(shop) == "decide"


def test_repeated_requests_count_once(shop: Merchant, house: Warehouse, floor: Client) -> None:
    list_id = a_list(floor)
    path = f"/stations/count/{list_id}/scans/"
    scans = [a_scan(1, "A-01"), a_scan(2, "PLATE"), a_scan(3, "PLATE")]
    first = ask(floor, path, {"scans": scans}).json()
    again = ask(floor, path, {"scans": scans}).json()
    assert first == again
    assert again["state"]["lines"][0]["scanned"] == 2


def test_two_people_do_not_count_one_bin(
    shop: Merchant, house: Warehouse, floor: Client, second: Client
) -> None:
    list_id = a_list(floor)
    station(list_id, floor, "one").scan("A-01")
    verdict, message = station(list_id, second, "two").said("A-01")
    assert (verdict, message) == ("wrong", "Somebody else is counting A-01. Take another bin.")


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (("PLATE",), "Scan the bin first."),
        (("12",), "Scan the bin first."),
        (("A-01", "A-02"), "A-02 is neither a product nor a bin of this list."),
        (("A-01", "5"), "Scan the product first, then type how many."),
        (("A-01", "PLATE", "WB:C:UNDO"), "Taken back: 1 × PLATE."),
        (("A-01", "WB:C:UNDO"), "There is no scan of yours to take back."),
        (("A-01", "PLATE", "WB:C:AGAIN"), "A-01 is forgotten. Scan it to count from the start."),
        (("A-01", "WB:C:CLOSE"), "CLOSE is no command of this station."),
    ],
)
def test_scans_out_of_turn_explain_themselves(
    shop: Merchant, house: Warehouse, floor: Client, codes: tuple[str, ...], message: str
) -> None:
    assert station(a_list(floor), floor).scan(*codes)["results"][-1]["message"] == message


def test_lot_is_asked_for_where_the_bin_has_several(
    shop: Merchant, house: Warehouse, floor: Client
) -> None:
    lay(shop, house, "PLATE", 2, "A-03", lot="A")
    lay(shop, house, "PLATE", 3, "A-03", lot="B")
    here = station(a_list(floor, chosen="A-03"), floor)
    here.scan("A-03")
    assert here.said("PLATE")[0] == "wrong"
    here.scan("LOT A", "PLATE", "2", "LOT B", "PLATE", "3")
    assert here.said("A-03") == ("done", "A-03 is right.")


def test_lists_by_class_zone_and_short_pick(
    shop: Merchant, house: Warehouse, floor: Client
) -> None:
    lay(shop, house, "LAMP", 1, "A-03")
    Location.objects.filter(warehouse=house, code="A-03").update(zone="Z")
    places = dict(Location.objects.filter(warehouse=house, kind="bin").values_list("id", "code"))
    rules = count_rules(NOW.date())

    def found(basis: str, chosen: str) -> list[str]:
        with merchant(shop):
            ids = bins_to_count(warehouse=house, basis=basis, chosen=chosen, rules=rules, now=NOW)
            return sorted(places[pk] for pk in ids)

    with merchant(shop):
        transfer(
            goods=[Goods(Product.objects.get(sku="PLATE").pk, 50)],
            from_location=Location.objects.get(warehouse=house, code="A-02"),
            to_location=counterpart(warehouse_id=house.pk, kind="packed"),
            reason="packed", reference="1", actor=ACTOR, now=NOW,
        )  # fmt: skip
    assert found("abc", "A") == ["A-01", "A-02"]
    assert found("abc", "B") == []
    assert found("abc", "C") == ["A-01", "A-03"]
    assert found("zone", "Z") == ["A-03"]
    assert found("bin", "A-02") == ["A-02"]
    assert found("short_pick", "") == []
    a_list(floor, basis="abc", chosen="c")
    assert found("abc", "A") == ["A-02"]
    page = floor.get("/stations/counts/").content.decode()
    assert "CC00001" in page
    assert ShortPick is not None


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"basis": "moon"}, 400), ({"basis": "abc", "chosen": "D"}, 400),
        ({"basis": "zone", "chosen": "NOWHERE"}, 409), ({"merchant": "nobody"}, 404),
        ({"warehouse": "nowhere"}, 404), ({"chosen": ""}, 400),
    ],
)  # fmt: skip
def test_lists_that_cannot_be_made(
    shop: Merchant, house: Warehouse, floor: Client, fields: dict[str, str], code: int
) -> None:
    body = {"merchant": "shop", "warehouse": "szx1", "basis": "bin", "chosen": "A-01", **fields}
    assert ask(floor, "/stations/counts/make/", body).status_code == code


def test_counts_of_another_warehouse_are_not_found(
    shop: Merchant, house: Warehouse, floor: Client, elsewhere: Client
) -> None:
    list_id = a_list(floor)
    for path in (f"/stations/counts/{list_id}/", f"/stations/count/{list_id}/"):
        assert elsewhere.get(path).status_code == 404
