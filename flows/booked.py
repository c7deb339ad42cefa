"""Stage 4, booking: what follows from a carrier's promise, whoever brought its number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.conf import settings

from billing.services import charge_booking
from core.documents import register
from core.jobs import ForAPerson, Work, enqueue, handler
from core.models import Document
from core.sentences import Sentence, gettext_noop
from flows.channels.telling import tell_channels
from flows.printing import lock_for_label, print_waiting
from orders.services import renumber_notices
from shipping.models import Booking
from shipping.services import agreement_in_force, mark_booked
from tracking.models import TrackedParcel
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
    tracked = start_tracking(booking=booking, now=now)
    _renumber(booking, tracked, now)
    tell_channels(bookings=[booking], at="booking", now=now)
    key, told = str(booking_id), {"booking_id": booking_id}
    works = [Work("papers.order", key, told), Work("clearance.prepare", key, told)]
    if booking.parcel.status == Parcel.Status.PACKED:
        # Booked anew after it was closed: nobody else begins its export.
        works.append(Work("clearance.lodge_export", key, told))
    enqueue(works, now=now)
    return True


def _renumber(booking: Booking, tracked: TrackedParcel, now: datetime) -> None:
    """Channels that wait to be told of a parcel are told its new number; where one was told the
    old one, a person corrects it: no marketplace takes a second number for a parcel by machine."""
    said = {
        "carrier": booking.carrier_code,
        "service": booking.service_code,
        "tracking_number": booking.tracking_number,
        "link": f"{settings.PUBLIC_URL}/t/{tracked.link_token}/",
    }
    told = renumber_notices(parcel_reference=booking.parcel.reference, said=said)
    if told:
        payload = {"booking_id": booking.pk, "old": told[0], "new": booking.tracking_number}
        enqueue([Work("channels.renumbered", str(booking.pk), payload)], now=now)


@handler("channels.renumbered", queue="flow")
def renumbered(_merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Ask for a person: a channel was told a number that is not used any more."""
    text = gettext_noop("The shop was told {old}; the parcel goes as {new}: correct it there.")
    numbers = {"old": payload["old"], "new": payload["new"]}
    raise ForAPerson(Sentence("renumbered", text, numbers))


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
