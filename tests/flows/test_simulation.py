"""Past orders replayed under draft rules: counted, priced, and nothing else touched."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core.jobs import drain_queue
from core.models import Merchant
from core.tenancy import merchant
from flows.allocation import allocate_many
from flows.simulation import simulate
from orders.models import Order, Product
from tests.factories import ACTOR, a_merchant, a_product, a_warehouse, an_order
from warehouse.models import (
    Allocation,
    Location,
    Simulation,
    SimulationRow,
    StockBalance,
    Warehouse,
)
from warehouse.services import Policy, StockLine, move_stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> Merchant:
    """Five mugs in Shenzhen, four in Leipzig; three orders of two mugs, from Germany."""
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    a_warehouse()
    near = a_warehouse("lej1")
    Warehouse.objects.filter(pk=near.pk).update(country="DE", priority=20)
    found = a_merchant("acme")
    a_product(found, stock=5)
    early = timezone.now() - timedelta(days=90)
    with merchant(found):
        places = Location.objects.filter(warehouse=near)
        move_stock(
            lines=[StockLine(Product.objects.get().pk, 4, "r")],
            from_location=places.get(kind="supplier"), to_location=places.get(code="A-01"),
            reason="received", actor=ACTOR, now=early,
        )  # fmt: skip
    return found


def replayed(owner: Merchant, policy: Policy) -> Simulation:
    now = timezone.now()
    with merchant(owner):
        made = simulate(
            policy=policy, first_day=now.date() - timedelta(days=60), last_day=now.date(),
            actor=ACTOR, now=now,
        )  # fmt: skip
    while drain_queue(merchant_id=owner.pk, queue="flow"):
        continue
    with merchant(owner):
        return Simulation.objects.get(pk=made.pk)


def allocated(owner: Merchant, many: int) -> list[Order]:
    orders = [an_order(owner) for _ in range(many)]
    with merchant(owner):
        allocate_many(order_ids=[order.pk for order in orders], now=timezone.now())
        # Orders come after the goods, as they do in life.
        Order.objects.update(created_at=timezone.now())
    return orders


def test_a_draft_is_compared_with_what_was(owner: Merchant) -> None:
    allocated(owner, 3)
    with merchant(owner):
        was = sorted(Allocation.objects.values_list("warehouse__code", flat=True))
        before = list(StockBalance.objects.order_by("id").values())
    assert was == ["lej1", "lej1", "szx1"]
    done = replayed(owner, Policy(strategy="nearest", warehouses=("szx1",)))
    assert (done.status, done.orders_total, done.orders_done) == ("done", 3, 3)
    assert done.result["houses"] == {"lej1": [2, 0], "szx1": [1, 2]}
    assert done.result["backorders"] == [0, 1]
    assert done.result["changed"] == 3
    with merchant(owner):
        assert list(StockBalance.objects.order_by("id").values()) == before
        rows = list(SimulationRow.objects.order_by("id"))
    assert [row.would_be for row in rows] == ["szx1", "szx1", ""]
    assert rows[2].cost_would_be is None
    assert rows[0].cost_was is not None
    assert rows[0].cost_would_be is not None
    assert rows[0].cost_would_be < rows[0].cost_was
    assert rows[2].why["code"] == "backorder"
    ((was_cost, would_cost),) = done.result["costs"].values()
    assert Decimal(would_cost) < Decimal(was_cost)


def test_goods_promised_before_the_period_are_not_promised_again(owner: Merchant) -> None:
    orders = allocated(owner, 4)
    with merchant(owner):
        # All of Leipzig's mugs and two of Shenzhen's went to orders of last year.
        old = [order.pk for order in orders[:3]]
        Order.objects.filter(pk__in=old).update(created_at=timezone.now() - timedelta(days=300))
    done = replayed(owner, Policy(strategy="nearest"))
    assert done.orders_total == 1
    assert done.result["houses"] == {"szx1": [1, 1]}


def test_a_pair_counts_as_a_split_and_a_repetition_begins_anew(owner: Merchant) -> None:
    allocated(owner, 3)
    with merchant(owner):
        StockBalance.objects.all()
    done = replayed(owner, Policy(strategy="nearest", may_split=True))
    assert done.result["splits"] == [0, 0]
    again = replayed(owner, Policy(strategy="nearest", may_split=True))
    assert again.result == done.result
