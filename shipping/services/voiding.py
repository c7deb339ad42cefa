"""Bookings withdrawn before the parcel leaves: voided at the carrier, or left unused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.events import record
from core.sentences import Sentence, stored
from core.states import move
from shipping.models import Booking
from shipping.states import BOOKING_MOVES

S, Outcome = Booking.Status, Booking.VoidOutcome


class NotWithdrawable(Exception):
    """The parcel has been handed over, or the carrier has not answered yet."""


def withdraw_booking(
    *, booking_id: int, why: Sequence[Sentence], is_called: bool, actor: str, now: datetime
) -> Booking:
    """Withdraw a booking: from now on its label is no label, and the parcel may be booked anew.

    `is_called` says that the carrier has a void, which the caller queues; any other is left unused.
    Raises `NotWithdrawable`.
    """
    rows = Booking.objects.select_for_update(of=("self",)).select_related("parcel")
    booking = rows.get(pk=booking_id)
    if booking.handover_id is not None:
        raise NotWithdrawable(f"{booking.reference} is handed over.")
    outcome = Outcome.ASKED if is_called else Outcome.ABANDONED
    moved = move(
        Booking.objects.filter(pk=booking_id, status=S.BOOKED, handover__isnull=True),
        moves=BOOKING_MOVES,
        to=S.VOIDED,
        voided_at=now,
        void_outcome=outcome,
        voided_said=stored(why),
    )
    if not moved:
        raise NotWithdrawable(f"{booking.reference} stands {booking.status}.")
    booking.status, booking.voided_at, booking.void_outcome = S.VOIDED, now, outcome
    record(
        kind="booking.withdrawn",
        subject_kind="order",
        subject_id=booking.parcel.order_id,
        actor=actor,
        now=now,
        data={
            "tracking_number": booking.tracking_number,
            "outcome": outcome,
            "reasons": stored(why),
        },
    )
    return booking


def note_void(*, booking_id: int, outcome: str, now: datetime) -> bool:
    """Write down what the carrier said to a void; False when it was known."""
    asked = Booking.objects.filter(pk=booking_id, void_outcome=Outcome.ASKED)
    if not asked.update(void_outcome=outcome):
        return False
    booking = Booking.objects.select_related("parcel").get(pk=booking_id)
    record(
        kind=f"booking.void_{outcome}",
        subject_kind="order",
        subject_id=booking.parcel.order_id,
        actor="booking",
        now=now,
        data={"tracking_number": booking.tracking_number},
    )
    return True
