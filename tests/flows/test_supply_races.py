"""Two people press the same button of a supplier's request at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.core import mail
from django.utils import timezone

from core.jobs import drain_queue
from core.models import Job, Merchant
from core.tenancy import merchant
from flows import supply
from flows.allocation import allocate_many
from flows.supply import OrderMovedOn
from orders.models import Order
from tests.factories import ACTOR, a_merchant, a_product, a_warehouse, an_offer
from tests.flows.racing import at_once
from tests.flows.test_supply import an_order_of
from warehouse.models import StockBalance, SupplierRequest, SupplierRequestLine
from warehouse.services import WrongStep

TOGETHER = 4


@pytest.fixture
def owner(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Merchant:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    a_warehouse()
    found = a_merchant("acme")
    a_product(found, stock=1)
    return found


def press(owner: Merchant, step: Callable[..., object], **said: object) -> object:
    with merchant(owner):
        request_id = SupplierRequest.objects.get().pk
        return step(request_id=request_id, actor=ACTOR, now=timezone.now(), **said)


def test_a_request_is_sent_received_and_put_into_stock_once(owner: Merchant) -> None:
    with merchant(owner):
        an_offer()
    order = an_order_of(owner, "MUG-BLUE", 3)
    sent = at_once([partial(press, owner, supply.send)] * TOGETHER)
    assert sorted(type(each).__name__ for each in sent) == ["NoneType"] + ["WrongStep"] * 3
    with merchant(owner):
        assert Job.objects.filter(kind="suppliers.send").count() == 1
        line = SupplierRequestLine.objects.get()
    drain_queue(merchant_id=owner.pk, queue="documents")
    assert len(mail.outbox) == 1
    press(owner, supply.accept, expected_on=None)
    receive = partial(press, owner, supply.receive, received={line.pk: 2})
    came = at_once([receive] * TOGETHER)
    assert [each for each in came if not isinstance(each, WrongStep)] == [2]
    with merchant(owner):
        bins = StockBalance.objects.filter(location__kind="bin")
        assert sum(bins.values_list("on_hand", flat=True)) == 1 + 2
    drain_queue(merchant_id=owner.pk, queue="flow")
    with merchant(owner):
        assert Order.objects.get(pk=order.pk).status == "allocated"


def test_an_order_is_shipped_by_the_supplier_or_from_stock_never_by_both(owner: Merchant) -> None:
    """Goods come in in the moment in which its drop shipment is sent."""
    with merchant(owner):
        an_offer(is_drop_ship=True, min_quantity=1)
    order = an_order_of(owner, "MUG-BLUE", 3)
    with merchant(owner):
        StockBalance.objects.filter(location__kind="bin").update(on_hand=9)

    def fill() -> None:
        with merchant(owner):
            allocate_many(order_ids=[order.pk], now=timezone.now())

    results = at_once([partial(press, owner, supply.send), fill])
    assert all(each is None or isinstance(each, OrderMovedOn | WrongStep) for each in results)
    with merchant(owner):
        status = Order.objects.get(pk=order.pk).status
        request = SupplierRequest.objects.get()
        reserved = sum(StockBalance.objects.values_list("reserved", flat=True))
    assert (status, request.status, reserved) in (
        ("allocated", "closed", 3), ("backordered", "sent", 0),
    )  # fmt: skip
