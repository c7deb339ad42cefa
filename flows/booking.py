"""Stage 4, booking: a service chosen with a stored reason, the carrier booked exactly once.

Three steps, two of them committed: plan and "sending" in a first transaction; the call outside of
any; the answer in a second. A worker that dies in between leaves "sending" behind, and whoever
takes the job next looks our reference up before it asks again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from core.documents import put_bytes
from core.jobs import ForAPerson, Later, Work, enqueue, handler
from core.models import Merchant
from core.money import NoExchangeRate
from core.numbers import next_numbers
from core.sentences import Sentence, gettext_noop
from core.tenancy import merchant
from customs.rules.schemes import Scheme, choose_scheme
from flows.addresses import recipient_address, sender_address
from flows.booked import register_label, settle_booked
from flows.faults import sentences_of
from flows.partners import assert_not_stopped, carrier, later
from integrations.carriers.base import BookingAnswer, BookingRequest, ContentLine
from integrations.errors import AnswerLost, PartnerError, Refused
from orders.models import Order
from shipping.models import Booking
from shipping.rules.catalogue import service as service_of
from shipping.rules.choice import NoServiceFits, choose_service, price_services
from shipping.rules.services import ParcelFacts
from shipping.services import (
    agreement_in_force,
    begin_sending,
    mark_not_sent,
    mark_refused,
    mark_unclear,
    plan_booking,
    send_again,
    take_s10_number,
)
from shipping.services.bookings import NoNumbersLeft
from shipping.services.terms import NoAgreement, rate_rows
from warehouse.models import Parcel, ParcelItem
from warehouse.services import set_parcel_service

LOOK_UPS_BEFORE_A_PERSON = 8
FIRST_AFTER_A_PERSON = 2
"""The attempt after a person found no booking: it is counted on from one, so that the carrier is
looked up once more all the same."""

UNCLEAR = Sentence(
    "booking_unclear",
    gettext_noop("Staff find out at the carrier whether it is booked, under Unclear bookings."),
)


@dataclass(frozen=True, slots=True)
class Ready:
    """A booking whose "sending" is committed, what to send, and whether an answer is owed."""

    booking: Booking
    request: BookingRequest
    owed_since: datetime | None


def booking_work(parcel_id: int) -> Work:
    """The job that books one parcel."""
    return Work("booking.book", str(parcel_id), {"parcel_id": parcel_id})


@handler("booking.book", queue="calls", waits_while_suspended=True)
def book_parcel(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Book one parcel with a carrier; safe to run again after a kill at any point."""
    parcel_id = payload["parcel_id"]
    ready = _prepare(merchant_id, parcel_id)
    if ready is None:
        return
    answer = _look_up(ready) or _ask(ready)
    is_label_missing = answer.label is None and not ready.booking.tracking_number
    if is_label_missing and ready.booking.send_attempts < LOOK_UPS_BEFORE_A_PERSON:
        raise Later(settings.LOOK_UP_AFTER_SECONDS, "Booked, but the label has not come yet.")
    _keep(merchant_id, ready, answer)
    if is_label_missing:
        text = gettext_noop("{number} is booked, but its label never came.")
        raise ForAPerson(Sentence("label_missing", text, {"number": answer.tracking_number}))


def _prepare(merchant_id: int, parcel_id: int) -> Ready | None:
    """Plan the booking if there is none, and commit that it is being sent."""
    now = timezone.now()
    with merchant(merchant_id):
        parcel = Parcel.objects.select_for_update().get(pk=parcel_id)
        if parcel.status == Parcel.Status.CANCELLED:
            return None  # taken out of its wave meanwhile
        live = Booking.objects.filter(parcel=parcel).exclude(
            status__in=[Booking.Status.VOIDED, Booking.Status.REFUSED]
        )
        booking = live.first() or _plan(parcel, now)
        # Before "sending" is written: a look at a shut door is no attempt. What was planned is
        # taken back with it and planned anew, by the rules of the day the door opens.
        if booking.status in (Booking.Status.PLANNED, Booking.Status.SENDING):
            assert_not_stopped(booking.carrier_code, "book")
        sending = begin_sending(booking_id=booking.pk, now=now)
        if sending is None and booking.status == Booking.Status.UNCLEAR:
            raise ForAPerson(UNCLEAR)
        if sending is None:
            return None
        return Ready(sending.booking, _request(sending.booking, parcel, now), sending.owed_since)


def _plan(parcel: Parcel, now: datetime) -> Booking:
    order = Order.objects.get(pk=parcel.order_id)
    facts = facts_of(parcel, order, now)
    try:
        agreement = agreement_in_force(on=now.date())
        prices = price_services(facts, rate_rows(agreement))
        choice = choose_service(facts, prices, wanted=order.wanted_service)
        service = service_of(choice.service_code, now.date())
        number = ""
        if service.s10_indicator:
            number = take_s10_number(
                service_indicator=service.s10_indicator, country=parcel.warehouse.country
            )
    except (NoServiceFits, NoAgreement, NoExchangeRate, NoNumbersLeft) as error:
        raise ForAPerson(*sentences_of(error)) from error
    set_parcel_service(parcel_id=parcel.pk, service_code=service.code)
    return plan_booking(
        parcel=parcel,
        carrier_code=service.carrier,
        service_code=service.code,
        choice=choice.as_dict(),
        invoice_number=f"INV-{next_numbers(kind='invoice')[0]:06d}",
        tracking_number=number,
        now=now,
    )


def facts_of(
    parcel: Parcel, order: Order, now: datetime, items: Iterable[ParcelItem] | None = None
) -> ParcelFacts:
    """What services need to know of a parcel: its true weight once it was weighed.

    `items` with their products, where they are at hand.
    """
    if items is None:
        items = ParcelItem.objects.filter(parcel=parcel).select_related("product")
    return ParcelFacts(
        destination=order.country,
        origin=parcel.warehouse.country,
        weight_g=parcel.weight_g or parcel.expected_weight_g,
        length_mm=parcel.length_mm,
        width_mm=parcel.width_mm,
        height_mm=parcel.height_mm,
        value=order.goods_value,
        currency=order.currency,
        battery=frozenset(item.product.battery for item in items),
        has_phone=bool(order.phone),
        ship_level=order.service_level,
        on=now.date(),
    )


def _request(booking: Booking, parcel: Parcel, now: datetime) -> BookingRequest:
    order = Order.objects.get(pk=parcel.order_id)
    owner = Merchant.objects.get(pk=booking.merchant_id)
    items = list(
        ParcelItem.objects.filter(parcel=parcel)
        .select_related("product", "order_line")
        .order_by("id")
    )
    batteries = {item.product.battery for item in items} - {"none"}
    scheme = scheme_of(order, owner, now)
    return BookingRequest(
        reference=booking.reference,
        service_code=booking.service_code,
        sender=sender_address(owner, parcel.warehouse),
        recipient=recipient_address(order),
        # As planned: a parcel weighed anew meanwhile must not make the same asking another one.
        weight_g=booking.weight_g or parcel.weight_g or parcel.expected_weight_g,
        length_mm=booking.length_mm or parcel.length_mm,
        width_mm=booking.width_mm or parcel.width_mm,
        height_mm=booking.height_mm or parcel.height_mm,
        contents=tuple(content_line(item) for item in items),
        declared_value=order.goods_value,
        currency=order.currency,
        incoterm=scheme.incoterm,
        tax_scheme_id=scheme.number,
        invoice_number=booking.invoice_number,
        ship_date=now.date(),
        battery=min(batteries) if batteries else "none",
        number=booking.tracking_number,
    )


def scheme_of(order: Order, owner: Merchant, now: datetime) -> Scheme:
    """The prepaid tax scheme an order goes under today, by the merchant's registrations."""
    return choose_scheme(
        destination=order.country,
        goods_value=order.goods_value,
        currency=order.currency,
        numbers={
            "IOSS": owner.ioss_number,
            "GB_VAT": owner.gb_vat_number,
            "AU_GST": owner.au_gst_number,
        },
        on=now.date(),
    )


def content_line(item: ParcelItem) -> ContentLine:
    """One kind of goods in a parcel, as partners are told."""
    product = item.product
    return ContentLine(
        sku=product.sku,
        description=product.customs_description or product.title,
        quantity=item.quantity,
        unit_value=item.unit_price,
        currency=item.order_line.currency,
        net_weight_g=product.weight_g,
        hs_code=product.hs_code,
        origin_country=product.origin_country,
    )


def _look_up(ready: Ready) -> BookingAnswer | None:
    """Return what an earlier asking got, or None when the carrier may be asked (again).

    The carrier's "I do not know this reference" counts only when nothing can be on its way any
    more: another worker's call, or a call whose worker died while the carrier went on with it.
    """
    booking = ready.booking
    if booking.send_attempts == 1:
        return None
    try:
        # The post knows an item by the number we gave it, the others by our reference.
        known_by = booking.tracking_number or booking.reference
        found = carrier(booking.carrier_code).find_by_reference(known_by)
    except Refused as refused:
        if booking.absent_since is not None and booking.send_attempts == FIRST_AFTER_A_PERSON:
            return None  # a person looked, and it was not there
        # Nobody can say whether it is booked: to call it refused would invite a second booking.
        raise _unclear(booking, refused) from refused
    except PartnerError as away:
        raise _later(booking, away) from away
    if found is not None or ready.owed_since is None:
        return found
    now = timezone.now()
    wait = settings.LOOK_UP_AFTER_SECONDS - (now - ready.owed_since).total_seconds()
    if wait > 0:
        raise Later(wait, "The carrier may still be working on what it was asked.")
    with merchant(booking.merchant_id):
        is_ours = send_again(booking_id=booking.pk, owed_since=ready.owed_since, now=now)
    if not is_ours:
        raise Later(settings.LOOK_UP_AFTER_SECONDS, "Another worker is asking the carrier.")
    booking.sending_since = now
    return None


def _ask(ready: Ready) -> BookingAnswer:
    """Ask the carrier to book. What the asking came to is written down before it is tried again."""
    booking = ready.booking
    try:
        return carrier(booking.carrier_code).book(ready.request)
    except Refused as refused:
        why = sentences_of(refused, partner=booking.carrier_code)
        with merchant(booking.merchant_id):
            mark_refused(
                booking_id=booking.pk,
                sent_at=booking.sending_since,
                why=why,
                now=timezone.now(),
            )
        raise ForAPerson(*why) from refused
    except AnswerLost as lost:
        if booking.send_attempts >= LOOK_UPS_BEFORE_A_PERSON:
            raise _unclear(booking, lost) from lost
        raise Later(settings.LOOK_UP_AFTER_SECONDS, str(lost)) from lost
    except PartnerError as away:
        if booking.sending_since is not None:
            with merchant(booking.merchant_id):
                mark_not_sent(booking_id=booking.pk, sent_at=booking.sending_since)
        raise _later(booking, away) from away


def _later(booking: Booking, away: PartnerError) -> Later:
    """Return when to try again what had no effect."""
    return later(away, again_after_s=min(2 ** min(booking.send_attempts, 8), 300))


def _unclear(booking: Booking, error: PartnerError) -> ForAPerson:
    why = sentences_of(error, partner=booking.carrier_code)
    with merchant(booking.merchant_id):
        mark_unclear(
            booking_id=booking.pk, sent_at=booking.sending_since, why=why, now=timezone.now()
        )
    return ForAPerson(*why)


def _keep(merchant_id: int, ready: Ready, answer: BookingAnswer) -> None:
    """Store the label's bytes, then the answer with all that follows from it."""
    booking, now = ready.booking, timezone.now()
    stored_as = None
    if answer.label is not None:
        stored_as = put_bytes(
            merchant_id=merchant_id, content=answer.label, content_type=answer.label_content_type
        )
    with merchant(merchant_id):
        label = None
        if stored_as is not None and answer.label is not None:
            label = register_label(
                booking=booking,
                content=answer.label,
                content_type=answer.label_content_type,
                stored_as=stored_as,
                now=now,
            )
        tracking_number = answer.tracking_number
        if not settle_booked(
            booking_id=booking.pk,
            tracking_number=tracking_number,
            label=label,
            actor="booking",
            now=now,
        ):
            kept = Booking.objects.values_list("tracking_number", flat=True).get(pk=booking.pk)
            if kept != tracking_number:
                # A job of its own: this one may be another worker's by now, and not be heard.
                told = {"booking_id": booking.pk, "kept": kept, "also": tracking_number}
                key = f"{booking.pk}:{tracking_number}"
                enqueue([Work("booking.booked_twice", key[:80], told)], now=now)


@handler("booking.booked_twice", queue="flow")
def booked_twice(_merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Ask for a person: a carrier holds two promises for one parcel."""
    text = gettext_noop("Booked as {one} and as {other}: void one of them.")
    numbers = {"one": payload["kept"], "other": payload["also"]}
    raise ForAPerson(Sentence("booked_twice", text, numbers))
