"""Bookings: "sending" is committed before the carrier is asked, the answer is a second step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from core.events import record
from core.models import Document
from core.sentences import Sentence, stored
from core.states import move
from shipping.models import Booking, S10Range
from shipping.rules.s10 import build
from shipping.states import BOOKING_MOVES
from warehouse.models import Parcel

S = Booking.Status


class NoNumbersLeft(Exception):
    """The postal operator's number range is used up; ask for a new one."""


def plan_booking(
    *,
    parcel: Parcel,
    carrier_code: str,
    service_code: str,
    choice: Mapping[str, Any],
    invoice_number: str,
    tracking_number: str,
    now: datetime,
) -> Booking:
    """Plan the booking of a parcel with the stored reason of its service.

    `tracking_number` is the S10 number we give a postal item, "" where the carrier numbers.
    The caller holds the parcel's row, so that two workers cannot plan two.
    """
    attempt = Booking.objects.filter(parcel=parcel).count() + 1
    booking = Booking.objects.create(
        parcel=parcel,
        reference=f"{parcel.reference}-B{attempt}",
        carrier_code=carrier_code,
        service_code=service_code,
        choice=dict(choice),
        weight_g=parcel.weight_g or parcel.expected_weight_g,
        length_mm=parcel.length_mm,
        width_mm=parcel.width_mm,
        height_mm=parcel.height_mm,
        invoice_number=invoice_number,
        tracking_number=tracking_number,
        created_at=now,
    )
    record(
        kind="booking.planned",
        subject_kind="order",
        subject_id=parcel.order_id,
        actor="booking",
        now=now,
        data={
            "service": service_code,
            "reason": choice["reason"]["text"],
            "sentence": choice["reason"],
        },
    )
    return booking


def drop_booking(*, booking_id: int, actor: str, now: datetime) -> bool:
    """End a booking that no carrier was asked for; False when one was, or it ended before."""
    unasked = Booking.objects.filter(pk=booking_id, status=S.PLANNED, send_attempts=0)
    if not unasked.update(status=S.VOIDED, voided_at=now):
        return False
    booking = Booking.objects.select_related("parcel").get(pk=booking_id)
    record(
        kind="booking.dropped",
        subject_kind="order",
        subject_id=booking.parcel.order_id,
        actor=actor,
        now=now,
        data={"reference": booking.reference},
    )
    return True


def take_s10_number(*, service_indicator: str, country: str) -> str:
    """Take the next number of the operator's range; a number is never given twice."""
    numbers = S10Range.objects.filter(
        service_indicator=service_indicator, country=country, next_serial__lte=F("last_serial")
    )
    found = numbers.select_for_update().first()
    if found is None:
        raise NoNumbersLeft(f"No {service_indicator}…{country} numbers are left.")
    S10Range.objects.filter(pk=found.pk).update(next_serial=F("next_serial") + 1)
    number = build(service_indicator=service_indicator, serial=found.next_serial, country=country)
    return str(number)


class NotUnclear(Exception):
    """The booking's outcome is known: a worker, or another person, was first."""


class TooEarly(Exception):
    """The carrier may still be working on what it was asked; look again in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Look again in {seconds:.0f} seconds.")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Sending:
    """A booking whose "sending" is committed.

    `owed_since` is when an earlier asking left whose answer never came, None where there is none:
    then nobody else can be asking, and the carrier may be asked at once.
    """

    booking: Booking
    owed_since: datetime | None


def begin_sending(*, booking_id: int, now: datetime) -> Sending | None:
    """Commit the intent before the call; None when the booking is past being sent.

    A booking that is already `sending` comes back too: a worker died between call and answer, and
    the caller must look our reference up before it may ask again (`send_attempts` > 1 says so).
    """
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    if booking.status not in (S.PLANNED, S.SENDING):
        return None
    owed_since = booking.sending_since
    booking.status = S.SENDING
    booking.sending_since = owed_since or now
    booking.send_attempts += 1
    booking.save(update_fields=["status", "sending_since", "send_attempts"])
    return Sending(booking, owed_since)


def send_again(*, booking_id: int, owed_since: datetime, now: datetime) -> bool:
    """Begin anew after the carrier said it knows nothing; False when somebody else was first."""
    owed = Booking.objects.filter(pk=booking_id, status=S.SENDING, sending_since=owed_since)
    return bool(owed.update(sending_since=now))


def mark_not_sent(*, booking_id: int, sent_at: datetime) -> None:
    """The asking of `sent_at` had no effect, or repeating it is harmless: no answer is owed."""
    sent = Booking.objects.filter(pk=booking_id, status=S.SENDING, sending_since=sent_at)
    sent.update(sending_since=None)


def mark_booked(
    *,
    booking_id: int,
    tracking_number: str,
    label: Document | None,
    now: datetime,
    actor: str = "booking",
) -> bool:
    """Store the carrier's answer; False when another worker stored it first."""
    rows = Booking.objects.filter(pk=booking_id)
    moved = move(
        rows,
        moves=BOOKING_MOVES,
        to=S.BOOKED,
        tracking_number=tracking_number,
        label=label,
        booked_at=now,
    )
    if moved:
        booking = rows.select_related("parcel").get()
        record(
            kind="booking.booked",
            subject_kind="order",
            subject_id=booking.parcel.order_id,
            actor=actor,
            now=now,
            data={"tracking_number": tracking_number, "service": booking.service_code},
        )
    return bool(moved)


def mark_refused(
    *, booking_id: int, sent_at: datetime | None, why: Sequence[Sentence], now: datetime
) -> None:
    """The carrier will not take the parcel: a person decides what now.

    `sent_at` is the asking it answers: one that a person's word has ended since changes nothing.
    """
    _end(booking_id=booking_id, sent_at=sent_at, to=S.REFUSED, why=why, now=now)


def mark_unclear(
    *, booking_id: int, sent_at: datetime | None, why: Sequence[Sentence], now: datetime
) -> None:
    """Nobody knows whether the carrier booked: a person decides, never a blind retry."""
    _end(booking_id=booking_id, sent_at=sent_at, to=S.UNCLEAR, why=why, now=now)


def _end(
    *,
    booking_id: int,
    sent_at: datetime | None,
    to: str,
    why: Sequence[Sentence],
    now: datetime,
) -> None:
    rows = Booking.objects.filter(pk=booking_id, sending_since=sent_at)
    refusal = " ".join(sentence.text for sentence in why)[:500]
    # The carrier's words stay with the booking: they may repeat the buyer's address.
    if move(rows, moves=BOOKING_MOVES, to=to, refusal=refusal, refusal_said=stored(why)):
        booking = Booking.objects.filter(pk=booking_id).select_related("parcel").get()
        record(
            kind=f"booking.{to}",
            subject_kind="order",
            subject_id=booking.parcel.order_id,
            actor="booking",
            now=now,
        )


def lock_unclear(*, booking_id: int) -> Booking:
    """Lock a booking whose outcome is unclear; raise `NotUnclear` for any other."""
    rows = Booking.objects.select_for_update(of=("self",)).select_related("parcel")
    booking = rows.get(pk=booking_id)
    if booking.status != S.UNCLEAR:
        raise NotUnclear(f"{booking.reference} stands {booking.status}.")
    return booking


def plan_again(*, booking_id: int, look_up_after_s: float, actor: str, now: datetime) -> Booking:
    """Take a person's word that the carrier knows nothing of a booking: it is asked for again.

    Under the same reference, and looked up once more before; an asking by an earlier worker ends
    with it. Raises `NotUnclear`, or `TooEarly` while the carrier may still be working on it.
    """
    booking = lock_unclear(booking_id=booking_id)
    if booking.sending_since is not None:
        wait_s = look_up_after_s - (now - booking.sending_since).total_seconds()
        if wait_s > 0:
            raise TooEarly(wait_s)
    booking.status, booking.sending_since, booking.send_attempts = S.PLANNED, None, 1
    booking.absent_since, booking.refusal, booking.refusal_said = now, "", []
    booking.save(
        update_fields=[
            "status",
            "sending_since",
            "send_attempts",
            "absent_since",
            "refusal",
            "refusal_said",
        ]
    )
    record(
        kind="booking.absent",
        subject_kind="order",
        subject_id=booking.parcel.order_id,
        actor=actor,
        now=now,
        data={"reference": booking.reference},
    )
    return booking


def attach_invoice(*, booking_id: int, invoice: Document) -> None:
    """Attach the commercial invoice."""
    Booking.objects.filter(pk=booking_id, invoice__isnull=True).update(invoice=invoice)


def attach_label(
    *, booking_id: int, label: Document, actor: str = "", now: datetime | None = None
) -> None:
    """Attach a label that came after the booking; the first one stands.

    With `actor` and `now` it was a person who brought it, and the order's history says so.
    """
    rows = Booking.objects.filter(pk=booking_id, label__isnull=True)
    if rows.update(label=label) and now is not None:
        booking = Booking.objects.select_related("parcel").get(pk=booking_id)
        record(
            kind="booking.label_brought",
            subject_kind="order",
            subject_id=booking.parcel.order_id,
            actor=actor,
            now=now,
        )
