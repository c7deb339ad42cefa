"""Stage 5, fulfilment: an order leaves its wave, until it is packed.

What was booked for it is withdrawn with its charge and declarations, picked goods are to be brought
back, its channel is not told of the parcel. The order keeps its stock and waits for another wave,
or gives it back. Waves and parcels are locked before orders, as the stations do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any

from core.jobs import ForAPerson, Work, enqueue, handler
from core.sentences import Sentence, gettext_noop
from core.tenancy import merchant
from flows.rebooking import withdraw
from flows.recheck import allocation_work
from orders.models import Order
from orders.services import drop_notices, move_orders
from orders.services.notices import told_numbers
from shipping.models import Booking
from shipping.services import drop_booking
from warehouse.models import Parcel, Wave
from warehouse.services.leaving import (
    is_on_table,
    lock_parcels,
    take_out_parcels,
)
from warehouse.services.printing import withdraw_labels

ENDED = (Booking.Status.VOIDED, Booking.Status.REFUSED)


class By(IntEnum):
    """Who wants an order out of its wave, and so how far it may have come."""

    CHANNEL = 1
    """Nobody looks on: only while the wave is planned."""
    MERCHANT = 2
    """Until somebody packs it."""
    STAFF = 3
    """Until it is packed."""


class CannotLeave(Exception):
    """An order stays in its wave; nothing was changed. `why` says so in words."""

    def __init__(self, why: Sentence) -> None:
        super().__init__(why.text)
        self.why = why


def leave_waves(
    *,
    order_ids: Collection[int],
    by: By,
    keeps_stock: bool,
    reason: str,
    actor: str,
    now: datetime,
) -> set[int]:
    """Take orders out of their waves in the active block; return the ids of those that were in one.

    Raises `CannotLeave` when one of them may not, before anything is changed. Orders that do not
    keep their stock stand accepted afterwards; what becomes of them is the caller's.
    """
    parcels = lock_parcels(order_ids=order_ids)
    if not parcels:
        return set()
    bookings = _bookings(parcels)
    on_table = is_on_table(parcels)
    for parcel in parcels:
        booking = bookings.get(parcel.pk)
        why = _why_not(parcel, booking, by, is_on_table=parcel.pk in on_table)
        if why is not None:
            raise CannotLeave(why)
    ids = [parcel.order_id for parcel in parcels]
    list(Order.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True))
    for parcel in parcels:
        booking = bookings.get(parcel.pk)
        if booking is not None:
            _withdraw(parcel, booking, actor, now)
        withdraw_labels(parcel_id=parcel.pk, now=now)
        drop_notices(parcel_reference=parcel.reference, actor=actor, now=now)
        if booking is not None:
            _take_back_number(parcel, booking, now)
    take_out_parcels(
        parcels=parcels, keeps_stock=keeps_stock, reason=reason, actor=actor, now=now
    )  # fmt: skip
    if not keeps_stock:
        move_orders(order_ids=ids, to=Order.Status.ACCEPTED, actor=actor, now=now)
    return set(ids)


def leave_or_stay(
    *, order_ids: Collection[int], by: By, reason: str, actor: str, now: datetime
) -> dict[int, CannotLeave]:
    """Take those orders out of their waves that may leave, in the active block; they keep their
    stock. Return why the others stay, by order id; an order in no wave is not among them."""
    live = Parcel.objects.filter(order_id__in=list(order_ids)).exclude(
        status=Parcel.Status.CANCELLED
    )
    stay = {}
    for order_id in live.order_by("order_id").values_list("order_id", flat=True):
        try:
            leave_waves(
                order_ids=[order_id], by=by, keeps_stock=True, reason=reason, actor=actor, now=now
            )
        except CannotLeave as why:
            stay[order_id] = why
    return stay


def take_out(
    *,
    merchant_id: int,
    wave_id: int,
    parcel_id: int,
    keeps_stock: bool,
    reason: str,
    actor: str,
    now: datetime,
) -> bool:
    """Take one parcel's order out of its wave, on a staff member's word; False when it was out.

    It waits for another wave, or, without its stock, is allocated anew. Raises `CannotLeave`,
    `Parcel.DoesNotExist`.
    """
    with merchant(merchant_id):
        parcel = Parcel.objects.get(pk=parcel_id, wave=wave_id)
        if parcel.status == Parcel.Status.CANCELLED:
            return False
        left = leave_waves(
            order_ids=[parcel.order_id], by=By.STAFF, keeps_stock=keeps_stock, reason=reason,
            actor=actor, now=now,
        )  # fmt: skip
        if left and not keeps_stock:
            enqueue([allocation_work(order_id) for order_id in left], now=now, again=True)
        return bool(left)


def _bookings(parcels: Sequence[Parcel]) -> dict[int, Booking]:
    """The live bookings of parcels, locked."""
    rows = Booking.objects.filter(parcel__in=parcels).exclude(status__in=ENDED)
    return {row.parcel_id: row for row in rows.order_by("pk").select_for_update(of=("self",))}


def _why_not(
    parcel: Parcel, booking: Booking | None, by: By, *, is_on_table: bool
) -> Sentence | None:
    """Why a parcel must stay; None when it may go."""
    name = {"parcel": parcel.reference, "wave": parcel.wave.number if parcel.wave else ""}
    if parcel.status != Parcel.Status.PLANNED:
        return Sentence(
            "is_packed",
            gettext_noop("{parcel} is packed: it can no longer be taken out of its wave."),
            name,
        )
    if by == By.CHANNEL and (parcel.wave is None or parcel.wave.status != Wave.Status.PLANNED):
        return Sentence(
            "is_released",
            gettext_noop("{parcel} is in wave {wave}, which is released: a person decides."),
            name,
        )
    if by < By.STAFF and is_on_table:
        return Sentence(
            "is_on_table",
            gettext_noop(
                "{parcel} is being packed at this moment. Ask the operator's warehouse to stop it."
            ),
            name,
        )
    if booking is None:
        return None
    if booking.status == Booking.Status.UNCLEAR:
        return Sentence(
            "booking_unclear",
            gettext_noop(
                "Nobody knows yet whether the carrier has booked {parcel}: the operator finds out"
                " first."
            ),
            name,
        )
    is_asked = booking.status == Booking.Status.SENDING or (
        booking.status == Booking.Status.PLANNED and booking.send_attempts > 0
    )
    if is_asked:
        return Sentence(
            "booking_sending",
            gettext_noop(
                "The carrier is being asked for {parcel} just now: try again in a minute."
            ),
            name,
        )
    return None


def _take_back_number(parcel: Parcel, booking: Booking, now: datetime) -> None:
    """A shop that was told the number at the booking waits for a parcel that does not leave."""
    numbers = told_numbers(parcel_reference=parcel.reference)
    if numbers:
        payload = {"booking_id": booking.pk, "old": ", ".join(numbers)}
        enqueue([Work("channels.number_unused", str(booking.pk), payload)], now=now)


@handler("channels.number_unused", queue="flow")
def number_unused(_merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Ask for a person: no marketplace takes a number back by machine."""
    text = gettext_noop(
        "The shop was told {old}; that parcel does not leave. Take the number back there."
    )
    raise ForAPerson(Sentence("number_unused", text, {"old": payload["old"]}))


def _withdraw(parcel: Parcel, booking: Booking, actor: str, now: datetime) -> None:
    if booking.status == Booking.Status.PLANNED:
        drop_booking(booking_id=booking.pk, actor=actor, now=now)
        return
    why = Sentence(
        "taken_out", gettext_noop("{parcel} was taken out of its wave."),
        {"parcel": parcel.reference},
    )  # fmt: skip
    step = Sentence(
        "not_shipped",
        gettext_noop("Taken back: {number} is not used, the parcel does not leave."),
        {"number": booking.tracking_number},
    )
    withdraw(parcel=parcel, booking=booking, why=[why], step=step, actor=actor, now=now)
