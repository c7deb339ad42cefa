"""Two do the same thing at once: it happens once, and nothing is sold that is not there."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from django.db.models import F, Sum
from django.utils import timezone

from billing.models import LedgerEntry
from claims.models import Claim
from core.documents import store
from core.jobs import Later, drain_queue
from core.models import Event, Merchant
from core.tenancy import merchant
from flows.aftersales import AlreadyDecided, decide_claim, file_claim
from flows.allocation import allocate_order
from flows.closing import close_parcel
from flows.files import read_file
from flows.fulfilment import pick, plan_next_wave, release, scan_parcel
from flows.intake import receive_orders, receive_products, submit_file
from flows.transit import tell
from orders.files.orders import ParsedLine
from orders.models import Channel, Import, Order, OrderLine, Product
from orders.services import ensure_channel
from shipping.models import Booking
from shipping.services import begin_sending, mark_booked, plan_booking
from tests.factories import (
    ACTOR,
    a_handed_over_parcel,
    a_merchant,
    a_parsed_order,
    a_product,
    a_warehouse,
    an_order,
    product_facts,
)
from tests.flows.racing import at_once
from tracking.models import TrackingEvent
from tracking.services import NewEvent
from warehouse.models import Parcel, Reservation, Scan, StockBalance, StockMove, Warehouse
from warehouse.rules.presses import Press


@pytest.fixture
def owner(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Merchant:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    a_warehouse()
    found = a_merchant("acme")
    a_product(found, stock=100)
    return found


def assert_stock_is_sound(owner: Merchant) -> None:
    """Balances are the sum of their moves; what is reserved is the sum of what is promised."""
    with merchant(owner):
        for balance in StockBalance.objects.all():
            moves = StockMove.objects.filter(product_id=balance.product_id)
            place = balance.location_id
            came = moves.filter(to_location=place).aggregate(n=Sum("quantity"))["n"] or 0
            went = moves.filter(from_location=place).aggregate(n=Sum("quantity"))["n"] or 0
            assert balance.on_hand == came - went
            promised = Reservation.objects.filter(
                balance=balance, status__in=["reserved", "picked"]
            ).aggregate(n=Sum("quantity"))
            assert balance.reserved == (promised["n"] or 0)
            assert 0 <= balance.reserved <= balance.on_hand


def test_sixteen_workers_never_promise_what_is_not_there(owner: Merchant) -> None:
    chance = random.Random(3)
    skus = [f"SCARCE-{number:02d}" for number in range(20)]
    for sku in skus:
        a_product(owner, sku, stock=3)
    with merchant(owner):
        channel = ensure_channel(kind=Channel.Kind.UPLOAD, name="upload", now=timezone.now())
        parsed = [
            a_parsed_order(
                lines=tuple(
                    ParsedLine(place, str(place), sku, "", 1, Decimal("9.50"))
                    for place, sku in enumerate(chance.sample(skus, 3), start=1)
                )
            )
            for _ in range(64)
        ]
        received = receive_orders(orders=parsed, channel=channel, actor=ACTOR, now=timezone.now())
    order_ids = [order.pk for order in received.created]

    def allocate(own: list[int]) -> None:
        for order_id in own:
            while True:
                try:
                    allocate_order(owner.pk, {"order_id": order_id})
                except Later:
                    continue
                break

    results = at_once([partial(allocate, order_ids[worker::16]) for worker in range(16)])
    assert results == [None] * 16
    assert_stock_is_sound(owner)
    with merchant(owner):
        statuses = dict.fromkeys(Order.objects.values_list("status", flat=True))
        assert set(statuses) == {"allocated", "backordered"}
        allocated = Order.objects.filter(status="allocated")
        lines = OrderLine.objects.filter(order__in=allocated).aggregate(n=Sum("quantity"))["n"]
        assert lines == Reservation.objects.aggregate(n=Sum("quantity"))["n"]
        backordered = Order.objects.filter(status="backordered").values_list("id", flat=True)
        assert not Reservation.objects.filter(order_line__order__in=backordered).exists()
        # None waits for goods that lie there: one of its products is used up.
        free = set(
            StockBalance.objects.filter(on_hand__gt=F("reserved")).values_list(
                "product__sku", flat=True
            )
        )
        for order_id in backordered:
            wanted = OrderLine.objects.filter(order_id=order_id).values_list("sku", flat=True)
            assert not set(wanted) <= free


def test_the_same_orders_by_two_receivers_are_created_once(owner: Merchant) -> None:
    parsed = [a_parsed_order() for _ in range(60)]

    def receive(orders: list[Any]) -> int:
        with merchant(owner):
            channel = ensure_channel(kind=Channel.Kind.API, name="api", now=timezone.now())
            received = receive_orders(
                orders=orders, channel=channel, actor=ACTOR, now=timezone.now()
            )
            return len(received.created)

    results = at_once([partial(receive, parsed), partial(receive, parsed[::-1])] * 2)
    assert sorted(results) == [0, 0, 0, 60]
    with merchant(owner):
        assert Order.objects.count() == 60
        assert Event.objects.filter(kind="order.accepted").count() == 60


def test_the_same_products_by_two_receivers_are_stocked_once(owner: Merchant) -> None:
    facts = [product_facts(f"NEW-{number}") for number in range(30)]
    stock = {fact.sku: 10 for fact in facts}

    def receive(products: list[Any]) -> int:
        with merchant(owner):
            now = timezone.now()
            return receive_products(products=products, stock=stock, actor=ACTOR, now=now).created

    results = at_once([partial(receive, facts), partial(receive, facts[::-1])] * 2)
    assert sorted(results) == [0, 0, 0, 30]
    with merchant(owner):
        assert Product.objects.filter(sku__startswith="NEW").count() == 30
    assert_stock_is_sound(owner)


def test_one_file_read_by_two_workers_is_counted_once(owner: Merchant) -> None:
    header = "order-id\torder-item-id\tpurchase-date\tpayments-date\tbuyer-email\tbuyer-name\t"
    header += "buyer-phone-number\tsku\tproduct-name\tquantity-purchased\tcurrency\titem-price\t"
    header += "recipient-name\tship-address-1\tship-city\tship-postal-code\tship-country"
    rows = [
        f"111-{number:07d}-0000001\t{number}\t2026-11-19T08:00:00+00:00\t2026-11-19T08:05:00+00:00"
        f"\tb{number}@example.com\tBuyer\t+49 30 901820\tMUG-BLUE\tMug\t1\tEUR\t9.50"
        f"\tErika Muster\tHeidestraße {number}\tBerlin\t10557\tDE"
        for number in range(450)
    ]
    upload = submit_file(
        merchant_id=owner.pk,
        kind="orders",
        file=BytesIO("\n".join([header, *rows]).encode()),
        filename="orders.txt",
        actor=ACTOR,
        now=timezone.now(),
    )

    def read() -> None:
        while True:
            try:
                read_file(owner.pk, {"import_id": upload.pk})
            except Later:
                continue
            return

    assert at_once([read, read, read]) == [None] * 3
    with merchant(owner):
        done = Import.objects.get(pk=upload.pk)
        assert done.status == "done", done.refusal
        assert (done.rows_read, done.entries_in_file, done.entries_created) == (450, 450, 450)
        assert Order.objects.count() == 450
        assert Event.objects.filter(kind="import.done").count() == 1


def a_planned_parcel(owner: Merchant, quantity: int = 2) -> Parcel:
    """Plan the parcel of one order and give it a booking with a label."""
    order = an_order(owner, lines=(ParsedLine(1, "1", "MUG-BLUE", "", quantity, Decimal("9.50")),))
    allocate_order(owner.pk, {"order_id": order.pk})
    house = Warehouse.objects.get(priority=10)
    now = timezone.now()
    wave = plan_next_wave(merchant_id=owner.pk, warehouse=house, actor=ACTOR, now=now)
    assert wave is not None
    release(merchant_id=owner.pk, wave_id=wave.pk, actor=ACTOR, now=now)
    with merchant(owner):
        return Parcel.objects.get(order=order)


def test_two_planners_put_an_order_into_one_wave(owner: Merchant) -> None:
    for _ in range(30):
        allocate_order(owner.pk, {"order_id": an_order(owner).pk})
    house = Warehouse.objects.get(priority=10)

    def plan() -> Any:
        return plan_next_wave(
            merchant_id=owner.pk, warehouse=house, cap=20, actor=ACTOR, now=timezone.now()
        )

    waves = [wave for wave in at_once([plan] * 4) if wave is not None]
    assert all(not isinstance(wave, Exception) for wave in waves), waves
    with merchant(owner):
        assert Parcel.objects.count() == 30
        assert Parcel.objects.values("order").distinct().count() == 30


def test_two_tablets_scanning_one_parcel_count_each_piece_once(owner: Merchant) -> None:
    parcel = a_planned_parcel(owner, quantity=4)
    pieces = [Press(client_id=f"s-{n}", sequence=n, raw="MUG-BLUE") for n in range(1, 5)]

    def scan(scans: list[Press]) -> Any:
        return scan_parcel(
            merchant_id=owner.pk,
            parcel_reference=parcel.reference,
            scans=scans,
            actor=ACTOR,
            now=timezone.now(),
        )[0]

    results = at_once([partial(scan, pieces), partial(scan, pieces[::-1])] * 3)
    assert all(isinstance(answers, list) for answers in results), results
    with merchant(owner):
        assert Scan.objects.filter(parcel=parcel).count() == 4
        assert parcel.items.get().scanned == 4


def test_a_parcel_closed_twice_leaves_stock_once(
    owner: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    parcel = a_planned_parcel(owner)
    scans = [Press(client_id=f"s-{n}", sequence=n, raw="MUG-BLUE") for n in (1, 2)]
    who: dict[str, Any] = {"merchant_id": owner.pk, "actor": ACTOR, "now": timezone.now()}
    scan_parcel(parcel_reference=parcel.reference, scans=scans, **who)
    a_label(owner, parcel)
    close = partial(close_parcel, parcel_reference=parcel.reference, weight_g=900, **who)
    states = at_once([close] * 4)
    assert all(closing.is_closed for closing in states), states
    # The picker confirms only now: what is packed stays packed.
    assert pick(wave_id=parcel.wave_id or 0, task_ids=None, **who) == 1
    assert_stock_is_sound(owner)
    with merchant(owner):
        assert StockMove.objects.filter(reason="packed").count() == 1
        assert Reservation.objects.get().status == "consumed"
        assert Event.objects.filter(kind="parcel.packed").count() == 1


def a_label(owner: Merchant, parcel: Parcel) -> None:
    """Give a parcel a booking with a label, as the carrier would have."""
    now = timezone.now()
    label = store(
        merchant_id=owner.pk, kind="label", number=parcel.reference, subject_kind="order",
        subject_id=parcel.order_id, content=b"%PDF-1.7", content_type="application/pdf", now=now,
    )  # fmt: skip
    with merchant(owner):
        booking = plan_booking(
            parcel=parcel, carrier_code="line", service_code="EASTLINE_STANDARD",
            choice={"reason": {"text": "only"}}, invoice_number="INV-1", tracking_number="",
            now=now,
        )  # fmt: skip
        begin_sending(booking_id=booking.pk, now=now)
        mark_booked(booking_id=booking.pk, tracking_number="EL1", label=label, now=now)


def test_a_push_and_a_poll_of_one_event_are_one_event(owner: Merchant) -> None:
    tracked = a_handed_over_parcel(owner, an_order(owner))
    with merchant(owner):
        Order.objects.update(status="shipped")
    scanned = NewEvent(
        source="push", vendor="17TRACK", code="Delivered_Other",
        happened_at=timezone.now() - timedelta(minutes=1), vendor_event_id="e-1",
    )  # fmt: skip
    polled = replace(scanned, source="poll")
    results = at_once([
        partial(tell, merchant_id=owner.pk, parcel_id=tracked.pk, events=[event])
        for event in (scanned, polled, scanned, polled)
    ])  # fmt: skip
    assert sorted(results) == [0, 0, 0, 1]
    with merchant(owner):
        assert TrackingEvent.objects.count() == 1
        assert Event.objects.filter(kind="order.delivered").count() == 1


def a_claim(owner: Merchant) -> Claim:
    tracked = a_handed_over_parcel(owner, an_order(owner))
    lost = NewEvent(
        source="silence", vendor="WAYBRIDGE", code="lost", happened_at=timezone.now(),
        vendor_event_id="lost",
    )  # fmt: skip
    tell(merchant_id=owner.pk, parcel_id=tracked.pk, events=[lost])
    invoice = store(
        merchant_id=owner.pk, kind="commercial_invoice", number="INV-1", subject_kind="order",
        subject_id=1, content=b"%PDF-1.7", content_type="application/pdf", now=timezone.now(),
    )  # fmt: skip
    with merchant(owner):
        Booking.objects.update(invoice=invoice)
    return file_claim(
        merchant_id=owner.pk,
        tracking_number=tracked.tracking_number,
        kind="loss",
        amount=None,
        statement="It never came.",
        actor=ACTOR,
        now=timezone.now(),
    )


def test_two_of_the_staff_deciding_one_claim_pay_once(owner: Merchant) -> None:
    claim = a_claim(owner)
    decide = partial(
        decide_claim,
        merchant_id=owner.pk,
        claim_number=claim.number,
        actor=ACTOR,
        now=timezone.now(),
    )
    results = at_once([decide] * 4)
    assert sum(isinstance(result, Claim) for result in results) == 1, results
    assert sum(isinstance(result, AlreadyDecided) for result in results) == 3
    with merchant(owner):
        decided = Claim.objects.get()
        assert decided.status == "paid", decided.reasons
        [payout] = LedgerEntry.objects.filter(reason="claim_payout")
        assert payout.amount == decided.amount_approved == Decimal("19.00")
        assert Event.objects.filter(kind="claim.paid").count() == 1


def test_two_drains_allocate_every_order_once(owner: Merchant) -> None:
    for _ in range(40):
        an_order(owner)

    def drain() -> None:
        while drain_queue(merchant_id=owner.pk, queue="flow"):
            continue

    assert at_once([drain] * 4) == [None] * 4
    assert_stock_is_sound(owner)
    with merchant(owner):
        assert Order.objects.filter(status="allocated").count() == 40
        assert Event.objects.filter(kind="order.allocated").count() == 40
