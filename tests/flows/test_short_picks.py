"""A picker finds less than the stock says: elsewhere, backorder or hold; the books stay true."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.jobs import drain_queue
from core.models import Merchant
from core.tenancy import merchant
from flows.leaving import CannotLeave
from flows.short_picks import ShortHelped, help_short
from orders.models import Hold, Order
from shipping.models import Booking
from tests.factories import ACTOR, NOW, a_merchant, a_product, a_warehouse
from tests.floor import a_released_wave, label_for, parcels_of
from warehouse.models import (
    Allocation,
    Backorder,
    BackorderClaim,
    Location,
    Parcel,
    PickTask,
    PutBack,
    Reservation,
    ShortPick,
    StockBalance,
    StockMove,
    Warehouse,
    Wave,
)
from warehouse.services import Goods, transfer
from warehouse.services.differences import find_differences
from warehouse.services.shorts import NotShort, set_on_short

PROMISED_AT = NOW - timedelta(days=3)


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)


@pytest.fixture
def house(db: None) -> Warehouse:
    return a_warehouse()


@pytest.fixture
def acme(house: Warehouse) -> Merchant:
    owner = a_merchant("acme")
    a_product(owner, stock=5)
    return owner


@pytest.fixture
def wave(acme: Merchant, house: Warehouse) -> Wave:
    """One order of two mugs; the bin has five by the books."""
    return a_released_wave(acme, house)


def short(owner: Merchant, wave: Wave, found: int) -> ShortHelped:
    with merchant(owner):
        held = Wave.objects.select_for_update().get(pk=wave.pk)
        task_id = PickTask.objects.filter(picked_at=None).values_list("pk", flat=True).first()
        return help_short(wave=held, task_id=task_id or 0, found=found, actor=ACTOR, now=NOW)


def bring_elsewhere(owner: Merchant, pieces: int) -> Location:
    """Lay free pieces into another bin."""
    with merchant(owner):
        balance = StockBalance.objects.get()
        bins = Location.objects.filter(kind="bin").exclude(pk=balance.location_id)
        other = bins.order_by("code")[0]
        transfer(
            goods=[Goods(balance.product_id, pieces)], from_location=balance.location,
            to_location=other, reason="test", reference="1", actor=ACTOR, now=NOW,
        )  # fmt: skip
        return other


def assert_books_are_true(owner: Merchant) -> None:
    with merchant(owner):
        assert find_differences().rows == ()


def on_shelves(owner: Merchant) -> tuple[int, int]:
    with merchant(owner):
        rows = StockBalance.objects.filter(location__kind="bin")
        return sum(row.on_hand for row in rows), sum(row.reserved for row in rows)


def test_the_rest_is_taken_from_another_place(acme: Merchant, wave: Wave) -> None:
    other = bring_elsewhere(acme, 2)
    helped = short(acme, wave, 1)
    assert (helped.has_left, helped.sentence.code) == (False, "short_elsewhere")
    assert f"{other.code}: 1" in helped.sentence.text
    with merchant(acme):
        tasks = PickTask.objects.order_by("position").values_list("location__code", "quantity")
        assert list(tasks)[1] == (other.code, 1)
        assert PickTask.objects.filter(picked_at=None).get().location == other
        kept = ShortPick.objects.get()
        assert (kept.expected, kept.found, kept.answer) == (2, 1, "other_place")
        assert kept.counted_at is None
        # The piece that is missing, and the one that nobody was promised: the picker saw neither.
        gone = StockMove.objects.get(reason="short_pick")
        assert (gone.quantity, gone.to_location.kind) == (2, "count")
        assert Wave.objects.get().status == "released"
    assert on_shelves(acme) == (3, 2)
    assert_books_are_true(acme)


def test_nothing_found_leaves_no_task_behind(acme: Merchant, wave: Wave) -> None:
    other = bring_elsewhere(acme, 3)
    short(acme, wave, 0)
    with merchant(acme):
        task = PickTask.objects.get()
        assert (task.location, task.quantity) == (other, 2)
        assert Reservation.objects.get().quantity == 2
    assert on_shelves(acme) == (3, 2)
    assert_books_are_true(acme)


def test_without_another_place_the_order_waits_with_its_date(acme: Merchant, wave: Wave) -> None:
    with merchant(acme):
        Allocation.objects.update(created_at=PROMISED_AT)
    helped = short(acme, wave, 1)
    assert (helped.has_left, helped.sentence.code) == (True, "short_waits_put_back")
    with merchant(acme):
        assert Parcel.objects.get().status == "cancelled"
        assert PutBack.objects.get().quantity == 1
        assert Wave.objects.get().status == "closed"
    assert on_shelves(acme) == (0, 0)
    assert_books_are_true(acme)
    drain_queue(merchant_id=acme.pk, queue="flow")
    with merchant(acme):
        assert Order.objects.get().status == "backordered"
        assert Backorder.objects.get().since == PROMISED_AT
        assert BackorderClaim.objects.get().quantity == 2


def test_it_is_held_where_the_merchant_wishes_so(acme: Merchant, wave: Wave) -> None:
    with merchant(acme):
        set_on_short(wish="hold", actor=ACTOR, now=NOW)
        set_on_short(wish="hold", actor=ACTOR, now=NOW)
    assert short(acme, wave, 0).sentence.code == "short_held"
    with merchant(acme):
        hold = Hold.objects.get()
        assert (hold.code, hold.released_by_role) == ("stock", "member:operations")
        assert "found 0 of 2 MUG-BLUE" in hold.reason
        assert Order.objects.get().status == "held"
        assert ShortPick.objects.get().answer == "hold"
    assert_books_are_true(acme)


def test_while_the_carrier_is_asked_nothing_changes(acme: Merchant, wave: Wave) -> None:
    booking = label_for(acme, parcels_of(acme, wave)[0])
    with merchant(acme):
        Booking.objects.filter(pk=booking.pk).update(status="sending")
    with pytest.raises(CannotLeave):
        short(acme, wave, 0)
    with merchant(acme):
        assert not ShortPick.objects.exists()
        assert PickTask.objects.get().quantity == 2
    assert on_shelves(acme) == (5, 2)


def test_what_is_all_there_is_not_short(acme: Merchant, wave: Wave) -> None:
    with pytest.raises(NotShort):
        short(acme, wave, 2)
    assert on_shelves(acme) == (5, 2)


def test_other_orders_promises_in_the_bin_stay(acme: Merchant, house: Warehouse) -> None:
    wave = a_released_wave(acme, house, orders=2)
    short(acme, wave, 0)
    with merchant(acme):
        # The second order's picker says for herself what she finds.
        assert Reservation.objects.get().quantity == 2
        assert PickTask.objects.get().quantity == 2
    assert on_shelves(acme) == (2, 2)
    assert_books_are_true(acme)
