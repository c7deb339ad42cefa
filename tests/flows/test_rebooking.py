"""A parcel that weighs otherwise than it was booked for is booked anew, once, and charged once."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing.models import Charge, LedgerEntry
from core.jobs import Later
from core.models import Document, Event, Merchant
from core.tenancy import merchant
from customs.models import Declaration
from flows.closing import Closing, LabelNotReady, NotReweighable, close_parcel, reweigh_parcel
from flows.export import NothingToHandOver, hand_over
from flows.fulfilment import scan_parcel
from flows.printing import queue_label
from flows.rebooking import void
from orders.models import ChannelNotice, Order
from shipping.models import Booking
from tests.factories import a_connection, a_refused_notice, an_order
from tests.floor import a_staff_member, logged_in
from tests.flows.conftest import failed, work
from tests.flows.parcels import parcels_for
from tests.sandbox.program import Program
from tracking.models import TrackedParcel, TrackingLink
from warehouse.models import ContentWeight, Parcel, ParcelItem, PrintJob, Warehouse, Weighing
from warehouse.rules.presses import Press
from warehouse.rules.tolerances import content_key

WHO: dict[str, Any] = {"actor": "test"}


def a_scanned_parcel(owner: Merchant, carrier_code: str) -> Parcel:
    """A booked parcel with everything scanned, its papers made, waiting for the scale."""
    [parcel_id] = parcels_for(owner, carrier_code)
    work(owner)
    assert failed(owner) == []
    with merchant(owner):
        parcel = Parcel.objects.get(pk=parcel_id)
        items = ParcelItem.objects.filter(parcel=parcel).select_related("product")
        skus = [item.product.sku for item in items for _ in range(item.quantity)]
    scans = [Press(client_id=f"{parcel.pk}-{n}", sequence=n, raw=sku)
             for n, sku in enumerate(skus)]  # fmt: skip
    scan_parcel(merchant_id=owner.pk, parcel_reference=parcel.reference, scans=scans,
                now=timezone.now(), **WHO)  # fmt: skip
    return parcel


def weigh(owner: Merchant, parcel: Parcel, weight_g: int, client_id: str) -> Closing:
    return close_parcel(
        merchant_id=owner.pk, parcel_reference=parcel.reference, weight_g=weight_g,
        client_id=f"{parcel.pk}-{client_id}", now=timezone.now(), **WHO,
    )  # fmt: skip


def reweigh(owner: Merchant, parcel: Parcel, weight_g: int, client_id: str) -> Closing:
    return reweigh_parcel(
        merchant_id=owner.pk, parcel_reference=parcel.reference, weight_g=weight_g,
        client_id=f"{parcel.pk}-{client_id}", now=timezone.now(), **WHO,
    )  # fmt: skip


def bookings(owner: Merchant) -> list[Booking]:
    with merchant(owner):
        return list(Booking.objects.select_related("label", "invoice").order_by("id"))


def test_a_weight_as_expected_closes_at_once_and_teaches(house: Merchant) -> None:
    parcel = a_scanned_parcel(house, "postal")
    closing = weigh(house, parcel, parcel.expected_weight_g + 8, "a")
    assert closing.is_closed
    assert closing.why == ()
    with merchant(house):
        learnt = ContentWeight.objects.get()
        assert (learnt.parcels, learnt.sum_g, learnt.sum_squares_g2) == (1, 8, 64)
        assert Parcel.objects.get().weight_g == parcel.expected_weight_g + 8
    assert weigh(house, parcel, 9999, "b").state.parcel.weight_g == parcel.expected_weight_g + 8


def test_a_weight_outside_asks_again_and_a_repeated_press_confirms_nothing(house: Merchant) -> None:
    parcel = a_scanned_parcel(house, "postal")
    heavy = parcel.expected_weight_g + 300
    for _ in range(3):
        closing = weigh(house, parcel, heavy, "a")
        assert closing.weighed is not None
        assert closing.weighed.asks_again
        assert not closing.is_closed
    # Another reading that does not agree is doubted as well.
    assert not weigh(house, parcel, heavy + 200, "b").is_closed
    assert weigh(house, parcel, parcel.expected_weight_g, "c").is_closed
    with merchant(house):
        assert Counter(Weighing.objects.values_list("verdict", flat=True)) == {
            "again": 2, "expected": 1,
        }  # fmt: skip
        assert Booking.objects.get().status == "booked"


@pytest.mark.parametrize(
    ("carrier_code", "outcome"),
    [("postal", "abandoned"), ("dhl_express", "abandoned"), ("line", "voided")],
)
def test_a_confirmed_weight_withdraws_the_booking_and_books_anew(
    house: Merchant, connected: Program, carrier_code: str, outcome: str
) -> None:
    parcel = a_scanned_parcel(house, carrier_code)
    heavy = parcel.expected_weight_g + 700
    weigh(house, parcel, heavy, "a")
    closing = weigh(house, parcel, heavy, "b")
    assert closing.is_closed
    assert closing.why
    with pytest.raises(NothingToHandOver):
        hand_over(
            merchant_id=house.pk, warehouse=Warehouse.objects.get(), carrier_code=carrier_code,
            signed_by="Driver", now=timezone.now(), **WHO,
        )  # fmt: skip
    work(house)
    assert failed(house) == []
    old, new = bookings(house)
    assert (old.status, old.void_outcome) == ("voided", outcome)
    assert (new.status, new.weight_g, new.reference) == ("booked", heavy, f"{parcel.reference}-B2")
    assert old.tracking_number != new.tracking_number
    # New papers name the ones they replace.
    assert new.label is not None
    assert new.invoice is not None
    assert (new.label.replaces_id, new.invoice.replaces_id) == (old.label_id, old.invoice_id)
    with merchant(house):
        packed = Parcel.objects.select_related("packing_list").get()
        assert packed.weight_g == heavy
        assert packed.packing_list is not None
        assert packed.packing_list.number == f"PL-{new.reference}"
        assert Document.objects.filter(kind="packing_list").count() == 2
        # Charged, taken back, charged anew.
        charges = Charge.objects.order_by("id").values_list("kind", "amount")
        (first, before), (second, back), (third, after) = charges
        assert (first, second, third) == ("freight", "freight_reversed", "freight")
        assert back == -before
        assert after == Decimal(new.choice["amount"])
        reasons = Counter(LedgerEntry.objects.values_list("reason", flat=True))
        assert reasons == {"freight": 2, "freight_reversed": 1}
        # The buyer's link leads to the new number; the old one is still known.
        followed = {row.booking_id: row for row in TrackedParcel.objects.all()}
        assert followed[old.pk].link_token == followed[new.pk].link_token
        link = TrackingLink.objects.get(merchant_id=house.pk)
        assert link.tracked_parcel_id == followed[new.pk].pk
        # Customs hears of the true weight only.
        export = Declaration.objects.get(direction="export", superseded_at=None)
        assert export.booking_id == new.pk
        assert export.status == "released" or export.lodged_at is not None
        assert Event.objects.filter(kind="booking.withdrawn").count() == 1
    # The old label is never answered again; the new one is.
    floor = logged_in(a_staff_member("floor", Warehouse.objects.get()))
    assert floor.get(f"/stations/documents/{old.label_id}/").status_code == 410
    assert floor.get(f"/stations/documents/{new.label_id}/").status_code == 200
    assert_once_at_the_carrier(connected, carrier_code, old, new)


def assert_once_at_the_carrier(
    stand_ins: Program, carrier_code: str, old: Booking, new: Booking
) -> None:
    known = stand_ins.state()["partners"][carrier_code]["bookings_by_reference"]
    for booking in (old, new):
        numbers = known.get(booking.reference) or known.get(booking.tracking_number)
        assert len(numbers) == 1


def test_a_label_that_was_printed_is_withdrawn_and_the_new_one_queued(house: Merchant) -> None:
    parcel = a_scanned_parcel(house, "line")
    with merchant(house):
        queue_label(parcel=parcel, printer_id=None, station="pack 1", now=timezone.now(), **WHO)
    for press in ("a", "b"):
        weigh(house, parcel, parcel.expected_weight_g + 600, press)
    work(house)
    old, new = bookings(house)
    with merchant(house):
        jobs = PrintJob.objects.order_by("id").values_list("status", "document_id", "station")
        assert list(jobs) == [
            ("withdrawn", old.label_id, "pack 1"), ("queued", new.label_id, "pack 1"),
        ]  # fmt: skip


def test_a_shop_is_told_the_new_number_or_a_person_corrects_it(house: Merchant) -> None:
    parcel = a_scanned_parcel(house, "line")
    shop = a_connection(house)
    with merchant(house):
        order = Order.objects.get(pk=parcel.order_id)
        other = an_order(house)
        notice = a_refused_notice(shop.pk, order, parcel.reference)
        told = a_refused_notice(shop.pk, other, parcel.reference)
        ChannelNotice.objects.filter(pk=told.pk).update(status="told")
    for press in ("a", "b"):
        weigh(house, parcel, parcel.expected_weight_g + 600, press)
    work(house)
    new = bookings(house)[1]
    with merchant(house):
        assert ChannelNotice.objects.get(pk=notice.pk).said["tracking_number"] == (
            new.tracking_number
        )
    [(kind, _why)] = failed(house)
    assert kind == "channels.renumbered"


def test_closing_or_booking_twice_withdraws_and_charges_once(house: Merchant) -> None:
    parcel = a_scanned_parcel(house, "line")
    heavy = parcel.expected_weight_g + 500
    weigh(house, parcel, heavy, "a")
    for _ in range(3):
        assert weigh(house, parcel, heavy, "b").is_closed
    work(house)
    assert weigh(house, parcel, heavy, "c").is_closed
    old, new = bookings(house)
    with merchant(house):
        Booking.objects.filter(pk=old.pk).update(void_outcome="asked")
    void(house.pk, {"booking_id": old.pk})  # a worker that died before it wrote the answer down
    old, new = bookings(house)
    assert (old.void_outcome, new.status) == ("voided", "booked")
    with merchant(house):
        assert Charge.objects.count() == 3


def test_a_carrier_that_is_away_is_told_later(house: Merchant, connected: Program) -> None:
    parcel = a_scanned_parcel(house, "line")
    heavy = parcel.expected_weight_g + 500
    weigh(house, parcel, heavy, "a")
    weigh(house, parcel, heavy, "b")
    connected.fault(partner="line", operation="void", kind="500", seconds=0.1)
    old = bookings(house)[0]
    with pytest.raises(Later):
        void(house.pk, {"booking_id": old.pk})
    assert bookings(house)[0].void_outcome == "asked"
    void(house.pk, {"booking_id": old.pk})
    assert bookings(house)[0].void_outcome == "voided"


def test_beyond_what_the_service_takes_another_is_chosen(house: Merchant) -> None:
    parcel = a_scanned_parcel(house, "postal")
    for press in ("a", "b"):
        weigh(house, parcel, 2400, press)
    work(house)
    old, new = bookings(house)
    assert (old.service_code, new.service_code) == ("POSTAL_SMALL_PACKET", "DHL_EXPRESS_WORLDWIDE")
    with merchant(house):
        assert Parcel.objects.get().service_code == new.service_code


def test_a_small_difference_that_prices_the_same_leaves_the_booking(house: Merchant) -> None:
    parcel = a_scanned_parcel(house, "dhl_express")
    with merchant(house):
        ContentWeight.objects.create(  # many alike parcels: a narrow tolerance
            content=_content(parcel), parcels=300, sum_g=0, sum_squares_g2=0,
            changed_at=timezone.now(),
        )  # fmt: skip
    for press in ("a", "b"):
        closing = weigh(house, parcel, parcel.expected_weight_g + 60, press)
    assert closing.is_closed
    assert closing.why == ()
    assert [booking.status for booking in bookings(house)] == ["booked"]


def _content(parcel: Parcel) -> str:
    items = ParcelItem.objects.filter(parcel=parcel).values_list("product_id", "quantity")
    return content_key(items, parcel.carton_code)


def test_weighed_again_before_the_handover_the_lodged_export_is_replaced(house: Merchant) -> None:
    parcel = a_scanned_parcel(house, "line")
    wrong = parcel.expected_weight_g + 900
    weigh(house, parcel, wrong, "a")
    weigh(house, parcel, wrong, "b")
    with pytest.raises(LabelNotReady):
        reweigh(house, parcel, parcel.expected_weight_g, "c")
    work(house)
    closing = reweigh(house, parcel, parcel.expected_weight_g, "d")
    assert closing.why
    work(house)
    assert failed(house) == []
    second, third = bookings(house)[1:]
    assert (second.status, third.status) == ("voided", "booked")
    with merchant(house):
        exports = Declaration.objects.filter(direction="export").order_by("id")
        told = {row.booking_id: (row.status, row.superseded_at is None) for row in exports}
        assert told[second.pk] == ("withdrawn", False)
        assert told[third.pk][1]
        learnt = ContentWeight.objects.get()
        assert (learnt.parcels, learnt.sum_g) == (1, 0)
        assert Charge.objects.count() == 5


def test_weighed_again_within_the_same_class_only_the_declaration_follows(house: Merchant) -> None:
    parcel = a_scanned_parcel(house, "dhl_express")
    weigh(house, parcel, parcel.expected_weight_g, "a")
    work(house)
    closing = reweigh(house, parcel, parcel.expected_weight_g + 25, "b")
    assert (closing.why, closing.is_amended) == ((), True)
    work(house)
    assert failed(house) == []
    with merchant(house):
        old, new = Declaration.objects.filter(direction="export").order_by("id")
        assert (old.status, old.superseded_at is None) == ("withdrawn", False)
        assert (new.corrects_id, new.lrn) == (old.pk, f"{old.lrn}-2")
        assert new.status in ("accepted", "released")
        assert f"{(parcel.expected_weight_g + 25) / 1000:.3f}".rstrip("0") in str(new.elements)


def test_a_parcel_that_has_left_is_not_weighed_again(house: Merchant) -> None:
    parcel = a_scanned_parcel(house, "postal")
    with pytest.raises(NotReweighable):
        reweigh(house, parcel, 900, "a")
    with merchant(house):
        Parcel.objects.update(status="handed_over")
    with pytest.raises(NotReweighable):
        reweigh(house, parcel, 900, "b")
