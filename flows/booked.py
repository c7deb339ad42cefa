"""Stage 4, booking: what follows from a carrier's promise, whoever brought its number."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

from billing.services import charge_booking
from core.documents import register
from core.jobs import Work, enqueue
from core.models import Document
from flows.channels.telling import tell_channels
from flows.printing import lock_for_label, print_waiting
from shipping.models import Booking
from shipping.services import agreement_in_force, mark_booked
from tracking.services import start_tracking
from warehouse.models import Parcel


def settle_booked(
    *, booking_id: int, tracking_number: str, label: Document | None, actor: str, now: datetime
) -> bool:
    """Write the promise down with its charge, its tracking and the papers, in the active block.

    False when somebody else wrote one down first: nothing follows then.
    """
    lock_for_label(booking_id=booking_id)
    if not mark_booked(
        booking_id=booking_id, tracking_number=tracking_number, label=label, actor=actor, now=now
    ):
        return False
    booking = Booking.objects.select_related("parcel__order").get(pk=booking_id)
    print_waiting(booking_id=booking_id, now=now)
    _charge(booking, now)
    start_tracking(booking=booking, now=now)
    tell_channels(bookings=[booking], at="booking", now=now)
    key, told = str(booking_id), {"booking_id": booking_id}
    works = [Work("papers.order", key, told), Work("clearance.prepare", key, told)]
    if booking.parcel.status == Parcel.Status.PACKED:
        # Booked anew after it was closed: nobody else begins its export.
        works.append(Work("clearance.lodge_export", key, told))
    enqueue(works, now=now)
    return True


def register_label(
    *,
    booking: Booking,
    content: bytes,
    content_type: str,
    stored_as: tuple[str, str],
    now: datetime,
) -> Document:
    """Write the row of a label whose bytes are stored, in the active block."""
    return register(
        kind="label",
        number=booking.reference,
        subject_kind="order",
        subject_id=booking.parcel.order_id,
        content=content,
        content_type=content_type,
        stored_as=stored_as,
        now=now,
        replaces=withdrawn_paper(booking, "label"),
    )


def withdrawn_paper(booking: Booking, which: Literal["label", "invoice"]) -> Document | None:
    """Return the paper of the parcel's booking before this one, which the new one replaces."""
    before = (
        Booking.objects.filter(parcel=booking.parcel_id, pk__lt=booking.pk)
        .exclude(**{which: None})
        .select_related(which)
        .order_by("-pk")
        .first()
    )
    paper: Document | None = getattr(before, which) if before else None
    return paper


def _charge(booking: Booking, now: datetime) -> None:
    """Charge what the terms say for the service that was booked, by the choice's own steps."""
    choice = booking.choice
    agreement = agreement_in_force(on=booking.created_at.date())
    charge_booking(
        booking=booking,
        agreement=agreement,
        amount=Decimal(choice["amount"]),
        currency=choice["currency"],
        inputs={
            "rate_card": str(agreement.rate_card),
            "service": choice["service_code"],
            "chargeable_weight_g": choice["chargeable_weight_g"],
        },
        steps=choice["steps"],
        now=now,
    )
