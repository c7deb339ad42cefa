"""Stage 4, booking: outcomes no machine can find out, settled by a person who looked.

Workers stop at an unclear booking. A person finds it at the carrier, or does not; either word is
written down once, under the booking's row, and no worker that comes late takes it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from core.documents import put_bytes
from core.jobs import ForAPerson, Work, enqueue, handler
from core.sentences import Sentence, gettext_noop
from core.tenancy import across_merchants, merchant
from flows.booked import register_label, settle_booked
from flows.booking import booking_work
from flows.faults import sentences_of
from flows.partners import ask, carrier
from flows.printing import lock_for_label, write_label
from integrations.errors import Refused
from shipping.models import Booking
from shipping.rules.catalogue import service as service_of
from shipping.rules.tracking_numbers import BadTrackingNumber, read_tracking_number
from shipping.services import (
    NotUnclear,
    TooEarly,
    lock_unclear,
    plan_again,
)
from tracking.models import ParcelLookup

PAGE = 50
PDF, PDF_START = "application/pdf", b"%PDF-"
LARGEST_LABEL = 5 * 1024 * 1024
LABEL_LATE_AFTER = timedelta(minutes=5)
AGAIN_AFTER_S = 30.0


class BadLabel(ValueError):
    """The file is no label: not a PDF, or larger than 5 MB."""


class NumberTaken(Exception):
    """Another parcel has this tracking number."""


def unclear_bookings(*, below: int | None) -> tuple[list[Booking], int | None]:
    """Return a page of bookings to be found out, newest first, and where the next page begins."""
    with across_merchants("Staff find out at carriers what became of any merchant's booking."):
        rows = _with_all(Booking.Status.UNCLEAR)
        if below is not None:
            rows = rows.filter(pk__lt=below)
        found = list(rows[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


def label_late(*, now: datetime) -> list[Booking]:
    """Return the newest booked parcels whose label should be here by now and is not."""
    with across_merchants("Staff bring the labels that any merchant's parcels wait for."):
        rows = _with_all(Booking.Status.BOOKED).filter(
            label__isnull=True, booked_at__lt=now - LABEL_LATE_AFTER
        )
        return list(rows[:PAGE])


def _with_all(status: str) -> Any:
    rows = Booking.objects.filter(status=status).order_by("-id")
    return rows.select_related("merchant", "parcel__order", "parcel__warehouse")


def find_booking(booking_id: int) -> Booking | None:
    """Return a booking with its merchant, whoever's it is."""
    with across_merchants("A booking's number in an address does not say whose it is."):
        return Booking.objects.select_related("merchant").filter(pk=booking_id).first()


def found_at_carrier(
    *,
    merchant_id: int,
    booking_id: int,
    tracking_number: str,
    label: bytes | None,
    actor: str,
    now: datetime,
) -> Booking:
    """Take a person's word that the carrier has the booking, under this tracking number.

    Its charge, tracking and papers follow as if the carrier had answered. Without a `label` (PDF)
    the post's is printed by us, and any other fetched from the carrier.
    Raises `NotUnclear`, `BadTrackingNumber`, `NumberTaken`, `BadLabel`, `Booking.DoesNotExist`.
    """
    stored = _store(merchant_id, label)
    with merchant(merchant_id):
        lock_for_label(booking_id=booking_id)
        booking = lock_unclear(booking_id=booking_id)
        number = read_tracking_number(
            booking.carrier_code, tracking_number, on=now.date(), ours=booking.tracking_number
        )
        taken = ParcelLookup.objects.filter(
            carrier_code=booking.carrier_code, tracking_number=number
        )
        if taken.exists():
            raise NumberTaken(number)
        paper = None
        if label is not None and stored is not None:
            paper = register_label(
                booking=booking, content=label, content_type=PDF, stored_as=stored, now=now
            )
        settle_booked(
            booking_id=booking_id, tracking_number=number, label=paper, actor=actor, now=now
        )
        # The failed job finds it booked, and is done.
        enqueue([booking_work(booking.parcel_id)], now=now, again=True)
        if paper is None and not _is_printed_by_us(booking):
            told = {"booking_id": booking_id}
            enqueue([Work("booking.fetch_label", str(booking_id), told)], now=now, again=True)
        booking.refresh_from_db()
        return booking


def not_at_carrier(*, merchant_id: int, booking_id: int, actor: str, now: datetime) -> Booking:
    """Take a person's word that the carrier knows nothing: the booking is asked for again.

    Under the same rules as ever: one reference, "sending" committed first, looked up before.
    Raises `NotUnclear`, `TooEarly`, `Booking.DoesNotExist`.
    """
    with merchant(merchant_id):
        booking = plan_again(
            booking_id=booking_id,
            look_up_after_s=settings.LOOK_UP_AFTER_SECONDS,
            actor=actor,
            now=now,
        )
        enqueue([booking_work(booking.parcel_id)], now=now, again=True)
        return booking


def bring_label(
    *, merchant_id: int, booking_id: int, label: bytes, actor: str, now: datetime
) -> bool:
    """Attach the label (PDF) a person got from the carrier; False when one is there already.

    Raises `BadLabel` or `Booking.DoesNotExist`.
    """
    stored = _store(merchant_id, label)
    if stored is None:
        raise BadLabel("There is no file.")
    with merchant(merchant_id):
        lock_for_label(booking_id=booking_id)
        rows = Booking.objects.select_for_update(of=("self",)).select_related("parcel")
        booking = rows.get(pk=booking_id)
        if booking.status != Booking.Status.BOOKED or booking.label_id is not None:
            return False
        paper = register_label(
            booking=booking, content=label, content_type=PDF, stored_as=stored, now=now
        )
        write_label(booking=booking, label=paper, actor=actor, now=now, by_a_person=True)
        return True


@handler("booking.fetch_label", queue="calls")
def fetch_label(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Fetch the label of a booking a person found at the carrier."""
    booking_id = payload["booking_id"]
    with merchant(merchant_id):
        booking = Booking.objects.select_related("parcel").get(pk=booking_id)
    if booking.label_id is not None:
        return
    try:
        answer = ask(
            lambda: carrier(booking.carrier_code).find_by_reference(booking.reference),
            again_after_s=AGAIN_AFTER_S,
        )
    except Refused as refused:
        raise ForAPerson(*sentences_of(refused, partner=booking.carrier_code)) from refused
    if answer is None or answer.label is None:
        text = gettext_noop("The carrier gives no label for our reference: upload it.")
        raise ForAPerson(Sentence("no_label", text))
    if answer.tracking_number != booking.tracking_number:
        text = gettext_noop(
            "The carrier has our reference as {one}, and {other} was entered: find out which is"
            " right."
        )
        numbers = {"one": answer.tracking_number, "other": booking.tracking_number}
        raise ForAPerson(Sentence("other_number", text, numbers))
    now = timezone.now()
    stored = put_bytes(
        merchant_id=merchant_id, content=answer.label, content_type=answer.label_content_type
    )
    with merchant(merchant_id):
        paper = register_label(
            booking=booking,
            content=answer.label,
            content_type=answer.label_content_type,
            stored_as=stored,
            now=now,
        )
        write_label(booking=booking, label=paper, now=now)


def _store(merchant_id: int, label: bytes | None) -> tuple[str, str] | None:
    if label is None:
        return None
    if len(label) > LARGEST_LABEL or not label.startswith(PDF_START):
        raise BadLabel("It is not a PDF of at most 5 MB.")
    return put_bytes(merchant_id=merchant_id, content=label, content_type=PDF)


def _is_printed_by_us(booking: Booking) -> bool:
    return service_of(booking.service_code, booking.created_at.date()).mode == "postal"


__all__ = [
    "BadLabel", "BadTrackingNumber", "NotUnclear", "NumberTaken", "TooEarly", "bring_label",
    "find_booking", "found_at_carrier", "label_late", "not_at_carrier", "unclear_bookings",
]  # fmt: skip
