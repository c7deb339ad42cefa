"""What no warehouse holds is asked of suppliers: bought, or shipped straight to the buyer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core import mail
from django.utils import timezone

from core.jobs import drain_queue
from core.models import Document, Merchant
from core.tenancy import merchant
from flows import supply
from flows.allocation import allocate_many, fill_backorders
from flows.cancelling import TooLate, cancel_order
from flows.supply import OrderMovedOn
from orders.files.orders import ParsedLine
from orders.models import ChannelNotice, Order
from tests.factories import (
    ACTOR,
    a_connection,
    a_merchant,
    a_product,
    a_warehouse,
    an_offer,
    an_order,
)
from warehouse.models import StockBalance, StockMove, SupplierRequest, SupplierRequestLine
from warehouse.services import WrongStep

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> Merchant:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    a_warehouse()
    found = a_merchant("acme")
    a_product(found, stock=1)
    a_product(found, "CAP", stock=9)
    return found


def an_order_of(owner: Merchant, sku: str, units: int) -> Order:
    order = an_order(owner, lines=(ParsedLine(1, "1", sku, "", units, Decimal("9.50")),))
    with merchant(owner):
        allocate_many(order_ids=[order.pk], now=timezone.now())
    return order


def the_request(owner: Merchant) -> SupplierRequest:
    with merchant(owner):
        return SupplierRequest.objects.select_related("supplier").get()


def the_line(owner: Merchant) -> SupplierRequestLine:
    with merchant(owner):
        return SupplierRequestLine.objects.get()


def status(owner: Merchant, order: Order) -> str:
    with merchant(owner):
        return str(Order.objects.values_list("status", flat=True).get(pk=order.pk))


def step(owner: Merchant, name: str, **said: object) -> None:
    with merchant(owner):
        request_id = SupplierRequest.objects.get().pk
        getattr(supply, name)(request_id=request_id, actor=ACTOR, now=timezone.now(), **said)


def test_missing_pieces_of_several_orders_go_onto_one_draft(owner: Merchant) -> None:
    with merchant(owner):
        an_offer(min_quantity=5)
    for units in (2, 3):
        an_order_of(owner, "MUG-BLUE", units)
    asked = the_request(owner)
    assert (asked.kind, asked.status, asked.supplier.name) == ("purchase", "draft", "Mill & Sons")
    line = the_line(owner)
    # One mug lies there: it is kept for the first order, and the second lacks all of its three.
    assert (line.needed, line.quantity) == (4, 5)


def test_what_nobody_holds_is_asked_of_nobody(owner: Merchant) -> None:
    with merchant(owner):
        an_offer("CAP")
    an_order_of(owner, "MUG-BLUE", 2)
    with merchant(owner):
        assert not SupplierRequest.objects.exists()


def test_a_purchase_is_written_accepted_and_received_through_the_ledger(owner: Merchant) -> None:
    with merchant(owner):
        an_offer()
    order = an_order_of(owner, "MUG-BLUE", 3)
    step(owner, "send")
    drain_queue(merchant_id=owner.pk, queue="documents")
    drain_queue(merchant_id=owner.pk, queue="documents")
    (letter,) = mail.outbox
    assert letter.to == ["desk@mill.example"]
    assert [each[0] for each in letter.attachments] == ["SR00001.pdf", "SR00001.csv"]
    assert "M-7,MUG-BLUE" in str(letter.attachments[1][1])
    with merchant(owner):
        assert Document.objects.get(kind="supplier_request").number == "SR00001"
    step(owner, "accept", expected_on=date(2026, 12, 4))
    line = the_line(owner)
    step(owner, "receive", received={line.pk: 2})
    fill_backorders(owner.pk, {})
    assert status(owner, order) == "allocated"
    with merchant(owner):
        assert StockMove.objects.get(reason="purchased").quantity == 2
        assert StockBalance.objects.get(product__sku="MUG-BLUE").on_hand == 3
    with pytest.raises(WrongStep):
        step(owner, "receive", received={line.pk: 2})


def test_a_drop_shipment_ships_the_order_and_tells_its_channel(owner: Merchant) -> None:
    with merchant(owner):
        an_offer(is_drop_ship=True)
    order = an_order_of(owner, "MUG-BLUE", 3)
    assert the_request(owner).order_id == order.pk
    step(owner, "send")
    # Goods that come in now are not for it: the supplier ships it.
    a_product(owner, "LATE", stock=1)
    with merchant(owner):
        StockBalance.objects.filter(product__sku="MUG-BLUE").update(on_hand=50)
    fill_backorders(owner.pk, {})
    assert status(owner, order) == "backordered"
    step(owner, "ship", carrier="SF Express", tracking_number="SF123")
    assert status(owner, order) == "shipped"
    with pytest.raises(WrongStep):
        step(owner, "refuse", why="no")
    step(owner, "close", why="")
    assert status(owner, order) == "delivered"


def test_a_connected_channel_hears_of_the_suppliers_parcel(owner: Merchant) -> None:
    connection = a_connection(owner)
    with merchant(owner):
        an_offer(is_drop_ship=True)
    order = an_order_of(owner, "MUG-BLUE", 3)
    with merchant(owner):
        Order.objects.filter(pk=order.pk).update(channel=connection.channel)
    step(owner, "send")
    step(owner, "ship", carrier="SF Express", tracking_number="SF123")
    with merchant(owner):
        told = ChannelNotice.objects.get()
        assert (told.said["carrier"], told.said["lines"]) == ("SF Express", [["1", 3]])


def test_what_a_supplier_was_asked_to_ship_is_not_cancelled_behind_its_back(
    owner: Merchant,
) -> None:
    with merchant(owner):
        an_offer(is_drop_ship=True)
    order = an_order_of(owner, "MUG-BLUE", 3)
    step(owner, "send")
    with merchant(owner), pytest.raises(TooLate):
        cancel_order(order_id=order.pk, reason="buyer asked", actor=ACTOR, now=timezone.now())
    assert status(owner, order) == "backordered"
    step(owner, "refuse", why="Sold out")
    with merchant(owner):
        cancel_order(order_id=order.pk, reason="buyer asked", actor=ACTOR, now=timezone.now())
    assert status(owner, order) == "cancelled"


def test_a_refused_drop_shipment_waits_for_stock_with_its_date(owner: Merchant) -> None:
    with merchant(owner):
        an_offer(is_drop_ship=True)
    order = an_order_of(owner, "MUG-BLUE", 3)
    step(owner, "send")
    step(owner, "refuse", why="Sold out")
    with merchant(owner):
        StockBalance.objects.filter(product__sku="MUG-BLUE").update(on_hand=50)
    fill_backorders(owner.pk, {})
    assert status(owner, order) == "allocated"


def test_stock_that_comes_first_withdraws_the_draft(owner: Merchant) -> None:
    with merchant(owner):
        an_offer(is_drop_ship=True)
    order = an_order_of(owner, "MUG-BLUE", 3)
    with merchant(owner):
        StockBalance.objects.filter(product__sku="MUG-BLUE").update(on_hand=50)
    fill_backorders(owner.pk, {})
    assert status(owner, order) == "allocated"
    assert the_request(owner).status == "closed"
    with pytest.raises((OrderMovedOn, WrongStep)):
        step(owner, "send")
