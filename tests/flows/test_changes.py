"""Orders sent again, corrected and cancelled: taken over while nothing is planned, else decided."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db.models import Sum

from core.models import Event, Merchant
from core.tenancy import merchant
from flows.cancelling import TooLate, cancel_by_channel, cancel_order
from flows.changes import correct_recipient, decide
from flows.fulfilment import plan_next_wave, release
from flows.intake import Received, receive_orders
from orders.files.orders import ParsedOrder
from orders.models import Channel, Hold, Order, OrderConflict, OrderLine
from orders.services import AlreadyDecided, ensure_channel
from tests.factories import ACTOR, NOW, a_merchant, a_parsed_order, a_product, a_warehouse
from tests.flows.conftest import work
from tests.flows.racing import at_once
from warehouse.models import (
    Allocation,
    Parcel,
    ParcelItem,
    Reservation,
    StockBalance,
    Warehouse,
    Wave,
)


@pytest.fixture
def owner(db: None, monkeypatch: pytest.MonkeyPatch) -> Merchant:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    a_warehouse()
    found = a_merchant("acme")
    a_product(found, stock=10)
    a_product(found, "MUG-RED", stock=10)
    return found


def send(owner: Merchant, order: ParsedOrder) -> Received:
    with merchant(owner):
        channel = ensure_channel(kind=Channel.Kind.UPLOAD, name="upload", now=NOW)
        return receive_orders(orders=[order], channel=channel, actor=ACTOR, now=NOW)


def allocated(owner: Merchant, **fields: Any) -> tuple[int, ParsedOrder]:
    parsed = a_parsed_order(**fields)
    order_id = send(owner, parsed).created[0].pk
    work(owner)
    return order_id, parsed


def in_a_wave(owner: Merchant) -> None:
    house = Warehouse.objects.get()
    plan_next_wave(merchant_id=owner.pk, warehouse=house, actor=ACTOR, now=NOW)


def in_a_released_wave(owner: Merchant) -> None:
    in_a_wave(owner)
    with merchant(owner):
        wave_id = Wave.objects.values_list("pk", flat=True).get(status="planned")
    release(merchant_id=owner.pk, wave_id=wave_id, actor=ACTOR, now=NOW)


def on_the_table(owner: Merchant) -> None:
    """A packer has scanned the first piece."""
    with merchant(owner):
        ParcelItem.objects.update(scanned=1)


def order(owner: Merchant, order_id: int) -> Order:
    with merchant(owner):
        return Order.objects.get(pk=order_id)


def reserved(owner: Merchant) -> tuple[int, int]:
    with merchant(owner):
        balances = StockBalance.objects.aggregate(n=Sum("reserved"))["n"] or 0
        return balances, Reservation.objects.aggregate(n=Sum("quantity"))["n"] or 0


def other_lines(parsed: ParsedOrder, sku: str = "MUG-RED", quantity: int = 3) -> ParsedOrder:
    return replace(parsed, lines=(replace(parsed.lines[0], sku=sku, quantity=quantity),))


def test_other_lines_of_an_allocated_order_are_taken_over(owner: Merchant) -> None:
    order_id, parsed = allocated(owner)
    assert reserved(owner) == (2, 2)
    assert send(owner, other_lines(parsed)).updated == (order_id,)
    assert (order(owner, order_id).status, reserved(owner)) == ("accepted", (0, 0))
    work(owner)
    assert (order(owner, order_id).status, reserved(owner)) == ("allocated", (3, 3))
    with merchant(owner):
        assert Allocation.objects.count() == 1
        assert list(OrderLine.objects.values_list("sku", "quantity")) == [("MUG-RED", 3)]
        event = Event.objects.get(kind="order.updated")
        assert (event.subject_id, event.data["changed"]) == (order_id, ["lines"])
        assert Order.objects.count() == 1
    assert send(owner, other_lines(parsed)).unchanged == (order_id,)


def test_a_change_that_is_wrong_holds_the_order_and_gives_its_stock_back(owner: Merchant) -> None:
    order_id, parsed = allocated(owner)
    send(owner, replace(parsed, postal_code="1055"))
    assert (order(owner, order_id).status, reserved(owner)) == ("held", (0, 0))
    send(owner, parsed)
    work(owner)
    assert order(owner, order_id).status == "allocated"


def test_a_planned_wave_lets_a_changed_order_go(owner: Merchant) -> None:
    order_id, parsed = allocated(owner)
    in_a_wave(owner)
    assert send(owner, replace(parsed, note="new")).updated == (order_id,)
    with merchant(owner):
        assert Order.objects.get().note == "new"
        assert not Parcel.objects.exists()


def test_a_person_takes_a_change_over_until_somebody_packs(owner: Merchant) -> None:
    order_id, parsed = allocated(owner)
    in_a_released_wave(owner)
    send(owner, replace(parsed, note="new"))
    with merchant(owner):
        pk = OrderConflict.objects.get().pk
        decide(conflict_id=pk, choice="take", actor=ACTOR, now=NOW)
    assert (order(owner, order_id).note, reserved(owner)) == ("new", (2, 2))


def test_after_release_it_is_a_conflict_that_is_asked_once(owner: Merchant) -> None:
    order_id, parsed = allocated(owner)
    in_a_released_wave(owner)
    on_the_table(owner)
    changed = replace(parsed, recipient_name="Erika Anders", note="new")
    assert send(owner, changed).different == (order_id,)
    assert send(owner, changed).different == (order_id,)
    with merchant(owner):
        conflict = OrderConflict.objects.get()
        assert [each["field"] for each in conflict.differences] == ["recipient_name", "note"]
        assert Order.objects.get().note == ""
        with pytest.raises(TooLate):
            decide(conflict_id=conflict.pk, choice="take", actor=ACTOR, now=NOW)
    with merchant(owner):
        decide(conflict_id=conflict.pk, choice="keep", actor=ACTOR, now=NOW)
        with pytest.raises(AlreadyDecided):
            decide(conflict_id=conflict.pk, choice="keep", actor=ACTOR, now=NOW)
    send(owner, changed)
    with merchant(owner):
        assert OrderConflict.objects.filter(resolved_at__isnull=True).count() == 0


def test_the_newest_word_counts_and_the_old_one_ends_it(owner: Merchant) -> None:
    _, parsed = allocated(owner)
    in_a_released_wave(owner)
    send(owner, replace(parsed, note="one"))
    send(owner, replace(parsed, note="two"))
    with merchant(owner):
        outcomes = OrderConflict.objects.order_by("pk").values_list("outcome", flat=True)
        assert list(outcomes) == ["superseded", ""]
    send(owner, parsed)
    with merchant(owner):
        assert not OrderConflict.objects.filter(resolved_at__isnull=True).exists()


def test_a_corrected_recipient_stays_and_what_collides_is_asked(owner: Merchant) -> None:
    parsed = a_parsed_order(postal_code="1055")
    order_id = send(owner, parsed).created[0].pk
    with merchant(owner):
        correct_recipient(
            order_id=order_id, corrections={"postal_code": "10557"}, actor=ACTOR, now=NOW
        )
    found = order(owner, order_id)
    assert (found.status, found.postal_code) == ("accepted", "10557")
    assert '"postal_code": "1055"' in found.said
    assert send(owner, replace(parsed, note="Ring twice")).updated == (order_id,)
    assert order(owner, order_id).postal_code == "10557"
    assert send(owner, replace(parsed, note="Ring twice", city="Bremen")).different == (order_id,)
    assert order(owner, order_id).city == "Berlin"
    with merchant(owner):
        pk = OrderConflict.objects.get().pk
        decide(conflict_id=pk, choice="take", actor=ACTOR, now=NOW)
    found = order(owner, order_id)
    assert (found.status, found.city, found.postal_code) == ("held", "Bremen", "1055")


def test_a_correction_of_nothing_known_is_refused(owner: Merchant) -> None:
    order_id, _ = allocated(owner)
    with merchant(owner), pytest.raises(KeyError):
        correct_recipient(order_id=order_id, corrections={"status": "x"}, actor=ACTOR, now=NOW)
    in_a_released_wave(owner)
    on_the_table(owner)
    with merchant(owner), pytest.raises(TooLate):
        correct_recipient(order_id=order_id, corrections={"city": "X"}, actor=ACTOR, now=NOW)


def test_cancelling_gives_the_stock_back_and_ends_the_holds(owner: Merchant) -> None:
    order_id, _ = allocated(owner)
    held = send(owner, a_parsed_order(paid_at=None)).created[0].pk
    with merchant(owner):
        assert cancel_order(order_id=order_id, reason="Buyer asked", actor=ACTOR, now=NOW)
        assert cancel_order(order_id=held, reason="Never paid", actor=ACTOR, now=NOW)
        assert not cancel_order(order_id=held, reason="Never paid", actor=ACTOR, now=NOW)
        assert not Hold.objects.filter(released_at__isnull=True).exists()
        reasons = Event.objects.filter(kind="order.cancelled").values_list("data", flat=True)
        assert [data["reason"] for data in reasons.order_by("pk")] == ["Buyer asked", "Never paid"]
    assert reserved(owner) == (0, 0)
    work(owner)
    assert order(owner, order_id).status == "cancelled"


def test_what_comes_free_goes_to_who_waits_for_it(owner: Merchant) -> None:
    first, parsed = allocated(owner)
    send(owner, other_lines(parsed, "MUG-BLUE", 10))
    work(owner)
    second, _ = allocated(owner)
    assert order(owner, second).status == "backordered"
    with merchant(owner):
        cancel_order(order_id=first, reason="x", actor=ACTOR, now=NOW)
    work(owner)
    assert order(owner, second).status == "allocated"


def test_the_channel_cancels_what_it_can(owner: Merchant) -> None:
    planned, _ = allocated(owner)
    in_a_released_wave(owner)
    free, _ = allocated(owner)
    numbers = [order(owner, planned).external_order, order(owner, free).external_order, "none"]
    channel_id = order(owner, free).channel_id
    for done in (1, 0):
        with merchant(owner):
            assert done == cancel_by_channel(
                channel_id=channel_id, numbers=numbers, actor=ACTOR, now=NOW
            )
    assert order(owner, free).status == "cancelled"
    with merchant(owner):
        conflict = OrderConflict.objects.get()
        assert (conflict.order_id, conflict.kind) == (planned, "cancellation")
        with pytest.raises(ValueError, match="take"):
            decide(conflict_id=conflict.pk, choice="take", actor=ACTOR, now=NOW)


def test_a_change_and_a_wave_at_once_never_meet(transactional_db: None, owner: Merchant) -> None:
    """Either the wave has the old lines and the change is a conflict, or it came before."""
    order_id, parsed = allocated(owner)
    at_once([partial(in_a_wave, owner), partial(send, owner, other_lines(parsed))])
    work(owner)
    in_a_wave(owner)
    with merchant(owner):
        line = OrderLine.objects.get(order_id=order_id)
        items = (
            Order.objects.get(pk=order_id)
            .parcels.get()
            .items.values_list("order_line_id", "product__sku", "quantity")
        )
        assert list(items) == [(line.pk, line.sku, line.quantity)]
        assert OrderConflict.objects.exists() == (line.sku == "MUG-BLUE")
    on_shelves, promised = reserved(owner)
    assert on_shelves == promised == line.quantity
