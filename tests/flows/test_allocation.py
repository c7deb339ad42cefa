"""Orders get their pieces by the merchant's rules, those that wait longest first."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from core.jobs import drain_queue
from core.models import Job, Merchant
from core.tenancy import merchant
from flows.allocation import allocate_many, allocate_order, fill_backorders
from orders.files.orders import ParsedLine
from orders.models import Order, Product
from tests.factories import ACTOR, a_merchant, a_product, a_warehouse, an_order
from tests.flows.racing import at_once
from warehouse.models import Allocation, Backorder, Location, Reservation, StockBalance, Warehouse
from warehouse.services import Policy, StockLine, move_stock, publish_policy


@pytest.fixture
def owner(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Merchant:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    a_warehouse()
    return a_merchant("acme")


def another_house(code: str, country: str, priority: int = 20) -> Warehouse:
    house = a_warehouse(code)
    Warehouse.objects.filter(pk=house.pk).update(country=country, priority=priority)
    house.refresh_from_db()
    return house


def came_in(
    owner: Merchant, sku: str, units: int, house: str = "szx1", reference: str = "x"
) -> None:
    """Goods arrive, without anybody being told."""
    with merchant(owner):
        places = Location.objects.filter(warehouse__code=house)
        move_stock(
            lines=[StockLine(Product.objects.get(sku=sku).pk, units, reference)],
            from_location=places.get(kind="supplier"), to_location=places.get(code="A-01"),
            reason="received", actor=ACTOR, now=timezone.now(),
        )  # fmt: skip


def order_of(owner: Merchant, **units: int) -> Order:
    lines = tuple(
        ParsedLine(place, str(place), sku.replace("_", "-"), "", number, Decimal("9.50"))
        for place, (sku, number) in enumerate(units.items(), start=1)
    )
    return an_order(owner, lines=lines)


def allocate(owner: Merchant, *orders: Order) -> list[str]:
    """Allocate in one batch and return what became of each."""
    with merchant(owner):
        allocate_many(order_ids=[order.pk for order in orders], now=timezone.now())
    return [status(owner, order) for order in orders]


def status(owner: Merchant, order: Order) -> str:
    with merchant(owner):
        return str(Order.objects.values_list("status", flat=True).get(pk=order.pk))


def house_of(owner: Merchant, order: Order) -> str:
    with merchant(owner):
        return Allocation.objects.get(order=order).warehouse.code


def publish(owner: Merchant, **values: Any) -> None:
    now = timezone.now()
    with merchant(owner):
        publish_policy(policy=Policy(**values), effective_from=now, actor=ACTOR, now=now)


def test_a_batch_reserves_every_line_and_stores_why(owner: Merchant) -> None:
    a_product(owner, stock=9)
    a_product(owner, "CAP", stock=9)
    orders = [order_of(owner, MUG_BLUE=2, CAP=1) for _ in range(4)]
    assert allocate(owner, *orders) == ["allocated"] * 4
    with merchant(owner):
        assert Reservation.objects.count() == 8
        told = Allocation.objects.get(order=orders[0])
        assert (told.strategy, told.explanation["policy"]) == ("nearest", 0)
        assert told.explanation["considered"][0]["inputs"]["from"] == "CN"
        balance = StockBalance.objects.get(product__sku="MUG-BLUE")
        assert (balance.reserved, balance.received_at is not None) == (8, True)


def test_the_rules_of_the_day_choose_the_warehouse(owner: Merchant) -> None:
    a_product(owner, stock=9)
    another_house("lej1", "DE")
    came_in(owner, "MUG-BLUE", 5, "lej1")
    assert allocate(owner, near := an_order(owner)) == ["allocated"]
    assert house_of(owner, near) == "lej1"
    publish(owner, strategy="nearest", warehouses=("szx1",))
    allocate(owner, only := an_order(owner))
    assert house_of(owner, only) == "szx1"
    publish(owner, strategy="cheapest")
    allocate(owner, cheap := an_order(owner))
    with merchant(owner):
        told = Allocation.objects.get(order=cheap).explanation
    assert told["warehouse"] == "szx1"
    first, second = told["considered"]
    assert Decimal(first["inputs"]["amount"]) < Decimal(second["inputs"]["amount"])
    assert second["verdict"]["code"] == "dearer"


def test_the_oldest_stock_goes_first_between_and_within_warehouses(owner: Merchant) -> None:
    a_product(owner, stock=2)
    another_house("lej1", "DE")
    came_in(owner, "MUG-BLUE", 5, "lej1")
    with merchant(owner):
        old = StockBalance.objects.filter(location__warehouse__code="szx1")
        old.update(received_at=timezone.now() - timedelta(days=40))
    publish(owner, strategy="stock_age")
    allocate(owner, order := an_order(owner))
    assert house_of(owner, order) == "szx1"
    allocate(owner, order := an_order(owner))
    assert house_of(owner, order) == "lej1"


def test_who_waits_longest_is_filled_first_and_keeps_its_date(owner: Merchant) -> None:
    a_product(owner, stock=0)
    first, second = an_order(owner), an_order(owner)
    # The later order waited first: the date counts, not the number.
    assert allocate(owner, second) == ["backordered"]
    assert allocate(owner, first) == ["backordered"]
    with merchant(owner):
        since = Backorder.objects.get(order=second).since
    came_in(owner, "MUG-BLUE", 1)
    fill_backorders(owner.pk, {})
    assert [status(owner, each) for each in (first, second)] == ["backordered"] * 2
    with merchant(owner):
        assert Backorder.objects.get(order=second).since == since
    came_in(owner, "MUG-BLUE", 2, reference="y")
    fill_backorders(owner.pk, {})
    assert [status(owner, each) for each in (first, second)] == ["backordered", "allocated"]


def test_a_new_order_leaves_what_an_older_one_waits_for(owner: Merchant) -> None:
    a_product(owner, stock=0)
    old = an_order(owner)
    allocate(owner, old)
    came_in(owner, "MUG-BLUE", 3)
    # The worker that fills has not come yet: two of three are spoken for.
    assert allocate(owner, new := an_order(owner)) == ["backordered"]
    assert allocate(owner, order_of(owner, MUG_BLUE=1)) == ["backordered"]
    fill_backorders(owner.pk, {})
    assert (status(owner, old), status(owner, new)) == ("allocated", "backordered")


def test_what_only_lies_in_another_house_keeps_nobody_else_waiting(owner: Merchant) -> None:
    a_product(owner, stock=0)
    a_product(owner, "CAP", stock=1)
    another_house("lej1", "DE")
    came_in(owner, "MUG-BLUE", 2, "lej1")
    both = order_of(owner, MUG_BLUE=2, CAP=1)
    assert allocate(owner, both) == ["backordered"]
    with merchant(owner):
        told = Backorder.objects.get(order=both).explanation
    assert told["reason"]["code"] == "pair_would_do"
    assert sorted(told["pair"]["warehouses"]) == ["lej1", "szx1"]
    assert allocate(owner, order_of(owner, MUG_BLUE=1)) == ["allocated"]


def test_a_pair_ships_two_orders_where_the_rules_allow_it(owner: Merchant) -> None:
    a_product(owner, stock=0)
    a_product(owner, "CAP", stock=1)
    another_house("lej1", "DE")
    came_in(owner, "MUG-BLUE", 2, "lej1")
    publish(owner, strategy="nearest", may_split=True)
    whole = order_of(owner, MUG_BLUE=2, CAP=1)
    assert allocate(owner, whole) == ["split"]
    with merchant(owner):
        parts = list(Order.objects.filter(parent=whole).order_by("external_order"))
        pieces = [
            list(Reservation.objects.filter(order_line__order=part).values_list(
                "order_line__sku", "quantity"
            ))
            for part in parts
        ]  # fmt: skip
    assert [house_of(owner, part) for part in parts] == ["lej1", "szx1"]
    assert [status(owner, part) for part in parts] == ["allocated"] * 2
    assert pieces == [[("MUG-BLUE", 2)], [("CAP", 1)]]


def test_a_warehouse_that_a_rule_names_is_the_only_one(owner: Merchant) -> None:
    a_product(owner, stock=5)
    another_house("lej1", "DE")
    came_in(owner, "MUG-BLUE", 5, "lej1")
    named, short = an_order(owner), an_order(owner)
    with merchant(owner):
        Order.objects.filter(pk=named.pk).update(wanted_warehouse="szx1")
        Order.objects.filter(pk=short.pk).update(wanted_warehouse="none")
    assert allocate(owner, named, short) == ["allocated", "backordered"]
    assert house_of(owner, named) == "szx1"


def test_many_due_jobs_are_done_together_and_one_fault_stops_none(
    owner: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_product(owner, stock=100)
    orders = [an_order(owner) for _ in range(12)]
    batches: list[int] = []

    def counted(*, order_ids: list[int], **more: Any) -> Any:
        batches.append(len(order_ids))
        return allocate_many(order_ids=order_ids, **more)

    monkeypatch.setattr("flows.allocation.allocate_many", counted)
    drain_queue(merchant_id=owner.pk, queue="flow")
    assert max(batches) >= 8
    assert {status(owner, order) for order in orders} == {"allocated"}
    with merchant(owner):
        assert not Job.objects.filter(kind="allocation.allocate").exclude(status="done").exists()

    def breaks(*, order_ids: list[int], **more: Any) -> Any:
        if len(order_ids) > 1:
            raise RuntimeError("a batch breaks")
        return allocate_many(order_ids=order_ids, **more)

    monkeypatch.setattr("flows.allocation.allocate_many", breaks)
    more = [an_order(owner) for _ in range(10)]
    while drain_queue(merchant_id=owner.pk, queue="flow"):
        continue
    assert {status(owner, order) for order in more} == {"allocated"}


def test_new_orders_never_overtake_while_goods_come_in(owner: Merchant) -> None:
    """Eight workers allocate new orders while stock arrives: it goes to who waited."""
    a_product(owner, stock=0)
    waiting = [order_of(owner, MUG_BLUE=1) for _ in range(6)]
    allocate(owner, *waiting)
    new = [order_of(owner, MUG_BLUE=1) for _ in range(24)]

    def arrive() -> None:
        for number in range(6):
            came_in(owner, "MUG-BLUE", 1, reference=f"r{number}")

    def one_by_one(own: list[Order]) -> None:
        for order in own:
            allocate_order(owner.pk, {"order_id": order.pk})

    calls: list[Any] = [arrive, *(partial(one_by_one, new[lane::7]) for lane in range(7))]
    assert at_once(calls) == [None] * 8
    assert {status(owner, order) for order in new} == {"backordered"}
    fill_backorders(owner.pk, {})
    assert {status(owner, order) for order in waiting} == {"allocated"}
    assert {status(owner, order) for order in new} == {"backordered"}
