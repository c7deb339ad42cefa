"""Stage 5, fulfilment: a parcel that is not what it was booked as is booked anew.

One transaction withdraws the booking and everything that hangs on it (charge, declarations,
papers) and queues the new one; the carrier is told by a job of its own. So a kill at any point
leaves one live booking or the job that makes it, and never a live label of a withdrawn one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from billing.services import reverse_charge
from core.jobs import ForAPerson, Later, Work, enqueue, handler
from core.money import NoExchangeRate
from core.sentences import Sentence, gettext_noop
from core.tenancy import merchant
from flows.amending import withdraw_declarations
from flows.booking import booking_work, facts_of
from flows.faults import sentences_of
from flows.partners import carrier, later
from flows.printing import queue_label
from integrations.carriers.base import Voids
from integrations.errors import AnswerLost, PartnerError, Refused
from shipping.models import Booking
from shipping.rules.catalogue import Service
from shipping.rules.catalogue import service as service_of
from shipping.rules.choice import price_services
from shipping.rules.pricing import Price
from shipping.rules.reweighing import Booked, why_rebook
from shipping.services import agreement_in_force, note_void, withdraw_booking
from shipping.services.terms import NoAgreement, rate_rows
from warehouse.models import Parcel, ParcelItem, PrintJob
from warehouse.services import detach_packing_list
from warehouse.services.printing import withdraw_labels

AGAIN_AFTER_S = 30.0


def judge_booking(
    *,
    parcel: Parcel,
    booking: Booking,
    is_other: bool,
    now: datetime,
    items: Sequence[ParcelItem] | None = None,
) -> tuple[Sentence, ...]:
    """Return what speaks against a booking now that the parcel's weight and size are known.

    Empty when it stands. `is_other`: weight or carton are another than was planned. The order is
    read with the parcel where that was done, its `items` where they are not at hand.
    """
    facts = facts_of(parcel, parcel.order, now, items)
    service = service_of(booking.service_code, booking.created_at.date())
    booked = _booked(booking, parcel, service)
    prices: Mapping[str, Price] = {}
    if is_other:
        try:
            prices = price_services(facts, rate_rows(agreement_in_force(on=now.date())))
        except (NoAgreement, NoExchangeRate):
            # Without terms no new booking could be priced either: only what the service takes
            # counts.
            is_other = False
    return why_rebook(booked, facts, prices, is_other=is_other)


def _booked(booking: Booking, parcel: Parcel, service: Service) -> Booked:
    length, width, height = sorted(
        (
            booking.length_mm or parcel.length_mm,
            booking.width_mm or parcel.width_mm,
            booking.height_mm or parcel.height_mm,
        ),
        reverse=True,
    )
    return Booked(
        service=service,
        weight_g=booking.weight_g or parcel.expected_weight_g,
        sides_mm=(length, width, height),
        amount=Decimal(booking.choice.get("amount", "0")),
        currency=booking.choice.get("currency", ""),
    )


def rebook(
    *, parcel: Parcel, booking: Booking, why: Sequence[Sentence], actor: str, now: datetime
) -> None:
    """Withdraw a booking and queue a new one, in the active block; the parcel's row is held.

    Raises `NotWithdrawable` when the parcel has been handed over meanwhile.
    """
    step = Sentence(
        "reversed",
        gettext_noop("Taken back: {number} is not used, the parcel is booked anew."),
        {"number": booking.tracking_number},
    )
    withdraw(parcel=parcel, booking=booking, why=why, step=step, actor=actor, now=now)
    _print_the_next_one(parcel, actor, now)
    enqueue([booking_work(parcel.pk)], now=now, again=True)


def withdraw(
    *,
    parcel: Parcel,
    booking: Booking,
    why: Sequence[Sentence],
    step: Sentence,
    actor: str,
    now: datetime,
) -> None:
    """Withdraw a booking with its charge (`step` says why), declarations and papers, in the active
    block; the parcel's row is held. Where the carrier has a void, it is told by a job.

    Raises `NotWithdrawable` when the parcel has been handed over meanwhile.
    """
    service = service_of(booking.service_code, booking.created_at.date())
    is_called = service.void == "call"
    withdrawn = withdraw_booking(
        booking_id=booking.pk, why=why, is_called=is_called, actor=actor, now=now
    )
    reverse_charge(booking=withdrawn, step=step, now=now)
    withdraw_declarations(booking=withdrawn, now=now)
    detach_packing_list(parcel_id=parcel.pk)
    if is_called:
        told = {"booking_id": withdrawn.pk}
        enqueue([Work("booking.void", str(withdrawn.pk), told)], now=now)


def _print_the_next_one(parcel: Parcel, actor: str, now: datetime) -> None:
    """Take the old label back from every printer; where one was asked for, the new one follows."""
    last = PrintJob.objects.filter(parcel=parcel).order_by("-pk").first()
    withdraw_labels(parcel_id=parcel.pk, now=now)
    if last is not None:
        queue_label(
            parcel=parcel, printer_id=last.printer_id, station=last.station, actor=actor, now=now
        )


@handler("booking.void", queue="calls")
def void(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Have the carrier take a withdrawn booking back; safe to repeat."""
    with merchant(merchant_id):
        booking = Booking.objects.get(pk=payload["booking_id"])
    if booking.void_outcome != Booking.VoidOutcome.ASKED:
        return
    client = carrier(booking.carrier_code)
    outcome = Booking.VoidOutcome.VOIDED
    why: tuple[Sentence, ...] = ()
    if not isinstance(client, Voids):
        raise TypeError(f"{booking.carrier_code} is said to have a void and has none.")
    try:
        client.void(booking.tracking_number)
    except Refused as refused:
        outcome = Booking.VoidOutcome.REFUSED
        why = tuple(sentences_of(refused, partner=booking.carrier_code))
    except AnswerLost as lost:
        raise Later(settings.LOOK_UP_AFTER_SECONDS, str(lost)) from lost
    except PartnerError as away:
        raise later(away, again_after_s=AGAIN_AFTER_S) from away
    with merchant(merchant_id):
        note_void(booking_id=booking.pk, outcome=outcome, now=timezone.now())
    if why:
        raise ForAPerson(*why)
