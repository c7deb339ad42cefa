"""Orders leave their waves until packed; nothing booked, charged or picked stays behind."""

from __future__ import annotations

import pytest

from billing.models import LedgerEntry
from core.jobs import drain_queue
from core.models import Job, Merchant
from core.tenancy import merchant
from flows.booking import book_parcel
from flows.cancelling import TooLate, cancel_by_channel, cancel_order
from flows.changes import correct_recipient
from flows.fulfilment import pick, plan_next_wave, release
from flows.leaving import By, CannotLeave, leave_waves, take_out
from orders.models import ChannelNotice, Order
from shipping.models import Booking
from tests.factories import (
    ACTOR,
    NOW,
    a_connection,
    a_merchant,
    a_product,
    a_refused_notice,
    a_warehouse,
)
from tests.floor import a_released_wave, allocated_orders, label_for, parcels_of
from warehouse.models import (
    Allocation,
    Location,
    Parcel,
    ParcelItem,
    PickTask,
    PutBack,
    Reservation,
    StockBalance,
    Warehouse,
    Wave,
)
from warehouse.services.differences import find_differences
from warehouse.services.put_backs import NotOpen, bring_back


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)


@pytest.fixture
def house(db: None) -> Warehouse:
    return a_warehouse()


@pytest.fixture
def acme(house: Warehouse) -> Merchant:
    owner = a_merchant("acme")
    a_product(owner)
    return owner


def the_parcel(owner: Merchant, house: Warehouse) -> Parcel:
    """The only parcel of a released wave: two mugs."""
    return parcels_of(owner, a_released_wave(owner, house))[0]


def out(owner: Merchant, parcel: Parcel, *, keeps_stock: bool = True) -> bool:
    return take_out(
        merchant_id=owner.pk, wave_id=parcel.wave_id or 0, parcel_id=parcel.pk,
        keeps_stock=keeps_stock, reason="test",
        actor=ACTOR, now=NOW,
    )  # fmt: skip


def picked(owner: Merchant, parcel: Parcel) -> None:
    pick(merchant_id=owner.pk, wave_id=parcel.wave_id or 0, task_ids=None, actor=ACTOR, now=NOW)


def at(owner: Merchant, kind: str) -> tuple[int, int]:
    """Pieces and promised pieces of the mug in places of a kind."""
    with merchant(owner):
        rows = StockBalance.objects.filter(location__kind=kind)
        return sum(row.on_hand for row in rows), sum(row.reserved for row in rows)


def status(owner: Merchant, parcel: Parcel) -> str:
    with merchant(owner):
        return str(Order.objects.values_list("status", flat=True).get(pk=parcel.order_id))


def assert_stock_is_true(owner: Merchant) -> None:
    with merchant(owner):
        assert find_differences().rows == ()


def test_an_order_waits_for_another_wave_with_its_stock(acme: Merchant, house: Warehouse) -> None:
    parcel = the_parcel(acme, house)
    assert out(acme, parcel)
    assert not out(acme, parcel)
    with merchant(acme):
        assert Parcel.objects.get(pk=parcel.pk).status == "cancelled"
        assert not ParcelItem.objects.exists()
        assert not PickTask.objects.exists()
        assert Wave.objects.get().status == "closed"
        assert Allocation.objects.get().planned_at is None
    assert (status(acme, parcel), at(acme, "bin")) == ("allocated", (100, 2))
    wave = plan_next_wave(merchant_id=acme.pk, warehouse=house, actor=ACTOR, now=NOW)
    assert wave is not None
    assert [each.reference[-2:] for each in parcels_of(acme, wave)] == ["-2"]


def test_without_its_stock_it_is_allocated_anew(acme: Merchant, house: Warehouse) -> None:
    parcel = the_parcel(acme, house)
    assert out(acme, parcel, keeps_stock=False)
    assert (status(acme, parcel), at(acme, "bin")) == ("accepted", (100, 0))
    drain_queue(merchant_id=acme.pk, queue="flow")
    assert (status(acme, parcel), at(acme, "bin")) == ("allocated", (100, 2))


def test_the_queued_booking_of_a_parcel_that_left_books_nothing(
    acme: Merchant, house: Warehouse
) -> None:
    parcel = the_parcel(acme, house)
    out(acme, parcel)
    book_parcel(acme.pk, {"parcel_id": parcel.pk})
    with merchant(acme):
        assert not Booking.objects.exists()


def test_a_booked_label_is_withdrawn_with_its_charge(acme: Merchant, house: Warehouse) -> None:
    parcel = the_parcel(acme, house)
    booking = label_for(acme, parcel)
    assert out(acme, parcel)
    with merchant(acme):
        booking.refresh_from_db()
        assert (booking.status, booking.void_outcome) == ("voided", "abandoned")
        assert not LedgerEntry.objects.exists()


def test_a_shop_that_was_told_the_number_is_a_persons_task(
    acme: Merchant, house: Warehouse
) -> None:
    parcel = the_parcel(acme, house)
    label_for(acme, parcel)
    shop = a_connection(acme)
    with merchant(acme):
        notice = a_refused_notice(shop.pk, Order.objects.get(pk=parcel.order_id), parcel.reference)
        ChannelNotice.objects.filter(pk=notice.pk).update(status="told")
    assert out(acme, parcel)
    assert not out(acme, parcel)
    drain_queue(merchant_id=acme.pk, queue="flow")
    with merchant(acme):
        job = Job.objects.get(kind="channels.number_unused")
        assert job.status == "failed"
        assert "LX1CN" in str(job.said)


def test_a_shop_that_was_told_nothing_is_nobodys_task(acme: Merchant, house: Warehouse) -> None:
    parcel = the_parcel(acme, house)
    label_for(acme, parcel)
    shop = a_connection(acme)
    with merchant(acme):
        a_refused_notice(shop.pk, Order.objects.get(pk=parcel.order_id), parcel.reference)
    assert out(acme, parcel)
    with merchant(acme):
        assert not Job.objects.filter(kind="channels.number_unused").exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": "sending", "send_attempts": 1}, "booking_sending"),
        ({"status": "planned", "send_attempts": 2}, "booking_sending"),
        ({"status": "unclear", "send_attempts": 1}, "booking_unclear"),
    ],
)
def test_it_stays_while_nobody_knows_what_the_carrier_does(
    acme: Merchant, house: Warehouse, changes: dict[str, object], code: str
) -> None:
    parcel = the_parcel(acme, house)
    booking = label_for(acme, parcel)
    with merchant(acme):
        Booking.objects.filter(pk=booking.pk).update(**changes)
    with pytest.raises(CannotLeave) as stays:
        out(acme, parcel)
    assert stays.value.why.code == code
    with merchant(acme):
        assert Parcel.objects.get().status == "planned"


def test_a_booking_nobody_was_asked_for_ends(acme: Merchant, house: Warehouse) -> None:
    parcel = the_parcel(acme, house)
    booking = label_for(acme, parcel)
    with merchant(acme):
        Booking.objects.filter(pk=booking.pk).update(status="planned", send_attempts=0)
    assert out(acme, parcel)
    with merchant(acme):
        assert Booking.objects.get().status == "voided"


def test_picked_goods_that_stay_promised_go_back_to_their_bin_first(
    acme: Merchant, house: Warehouse
) -> None:
    parcel = the_parcel(acme, house)
    picked(acme, parcel)
    out(acme, parcel)
    assert at(acme, "bin") == (100, 2)
    assert plan_next_wave(merchant_id=acme.pk, warehouse=house, actor=ACTOR, now=NOW) is None
    with merchant(acme):
        back = PutBack.objects.get()
        assert (back.quantity, back.staging_id) == (2, back.location_id)
        bring_back(put_back_id=back.pk, actor=ACTOR, now=NOW)
        with pytest.raises(NotOpen):
            bring_back(put_back_id=back.pk, actor=ACTOR, now=NOW)
        assert set(Reservation.objects.values_list("status", flat=True)) == {"reserved"}
    assert plan_next_wave(merchant_id=acme.pk, warehouse=house, actor=ACTOR, now=NOW)
    assert_stock_is_true(acme)


def test_picked_goods_nobody_is_promised_wait_at_staging(acme: Merchant, house: Warehouse) -> None:
    parcel = the_parcel(acme, house)
    picked(acme, parcel)
    out(acme, parcel, keeps_stock=False)
    assert (at(acme, "bin"), at(acme, "staging")) == ((98, 0), (2, 0))
    assert_stock_is_true(acme)
    with merchant(acme):
        back = PutBack.objects.get()
        bins = Location.objects.filter(kind="bin").exclude(pk=back.location_id)
        other = bins.order_by("code")[0]
        bring_back(put_back_id=back.pk, to=other, actor=ACTOR, now=NOW)
        assert StockBalance.objects.get(location=other).on_hand == 2
    assert (at(acme, "bin"), at(acme, "staging")) == ((100, 0), (0, 0))
    assert_stock_is_true(acme)


def test_pieces_in_the_carton_go_back_too(acme: Merchant, house: Warehouse) -> None:
    parcel = the_parcel(acme, house)
    with merchant(acme):
        ParcelItem.objects.filter(parcel=parcel).update(scanned=1)
    out(acme, parcel, keeps_stock=False)
    with merchant(acme):
        assert PutBack.objects.get().quantity == 1
    assert at(acme, "staging") == (1, 0)


def test_a_wave_whose_last_open_task_left_is_picked(acme: Merchant, house: Warehouse) -> None:
    wave = a_released_wave(acme, house, orders=2)
    first, second = parcels_of(acme, wave)
    with merchant(acme):
        tasks = PickTask.objects.filter(parcel=first).values_list("pk", flat=True)
        ids = list(tasks)
    pick(merchant_id=acme.pk, wave_id=wave.pk, task_ids=ids, actor=ACTOR, now=NOW)
    out(acme, second)
    with merchant(acme):
        assert Wave.objects.get().status == "picked"


def test_a_packed_parcel_stays(acme: Merchant, house: Warehouse) -> None:
    parcel = the_parcel(acme, house)
    with merchant(acme):
        Parcel.objects.update(status="packed")
    with pytest.raises(CannotLeave) as stays:
        out(acme, parcel)
    assert stays.value.why.code == "is_packed"


def test_a_merchant_cancels_until_somebody_packs(acme: Merchant, house: Warehouse) -> None:
    parcel = the_parcel(acme, house)
    picked(acme, parcel)
    label_for(acme, parcel)
    with merchant(acme):
        ParcelItem.objects.update(scanned=1)
        with pytest.raises(TooLate) as late:
            cancel_order(order_id=parcel.order_id, reason="test", actor=ACTOR, now=NOW)
        assert late.value.why is not None
        assert late.value.why.code == "is_on_table"
        ParcelItem.objects.update(scanned=0)
        assert cancel_order(order_id=parcel.order_id, reason="test", actor=ACTOR, now=NOW)
        assert Booking.objects.get().status == "voided"
    assert status(acme, parcel) == "cancelled"
    assert (at(acme, "bin"), at(acme, "staging")) == ((98, 0), (2, 0))
    assert_stock_is_true(acme)


def test_a_recipient_is_corrected_in_a_released_wave(acme: Merchant, house: Warehouse) -> None:
    parcel = the_parcel(acme, house)
    with merchant(acme):
        correct_recipient(
            order_id=parcel.order_id, corrections={"company": "New Ltd"}, actor=ACTOR, now=NOW
        )
        order = Order.objects.get(pk=parcel.order_id)
        assert (order.company, order.status) == ("New Ltd", "allocated")
        assert Parcel.objects.get().status == "cancelled"


def test_a_channel_cancels_in_a_planned_wave_only(acme: Merchant, house: Warehouse) -> None:
    orders = allocated_orders(acme, 2)
    waves = [
        plan_next_wave(merchant_id=acme.pk, warehouse=house, cap=1, actor=ACTOR, now=NOW)
        for _order in orders
    ]
    assert waves[1] is not None
    release(merchant_id=acme.pk, wave_id=waves[1].pk, actor=ACTOR, now=NOW)
    with merchant(acme):
        done = cancel_by_channel(
            channel_id=orders[0].channel_id,
            numbers=[order.external_order for order in orders],
            actor=ACTOR,
            now=NOW,
        )
        assert done == 1
        found = Order.objects.order_by("pk").values_list("status", flat=True)
        assert list(found) == ["cancelled", "allocated"]
        # Nobody had heard of the planned one.
        assert Parcel.objects.get().order_id == orders[1].pk


def test_one_that_may_not_leave_keeps_all_where_they_are(acme: Merchant, house: Warehouse) -> None:
    wave = a_released_wave(acme, house, orders=2)
    first, second = parcels_of(acme, wave)
    with merchant(acme):
        Parcel.objects.filter(pk=second.pk).update(status="packed")
        with pytest.raises(CannotLeave):
            leave_waves(
                order_ids=[first.order_id, second.order_id], by=By.STAFF, keeps_stock=True,
                reason="test", actor=ACTOR, now=NOW,
            )  # fmt: skip
        assert Parcel.objects.get(pk=first.pk).status == "planned"
        assert PickTask.objects.filter(parcel=first).exists()
