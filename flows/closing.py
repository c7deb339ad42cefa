"""Stage 5, fulfilment: a parcel goes on the scale, closes, and follows what the scale said.

A weight outside of what was expected is believed when a second reading agrees. Then the true weight
stands, and a booking that does not hold for it is withdrawn and made anew (`flows/rebooking.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.events import record
from core.jobs import Work, enqueue
from core.prepared import Prepared
from core.sentences import Sentence
from core.tenancy import merchant
from flows.amending import amend_export
from flows.fulfilment import PackState, pack_state
from flows.rebooking import judge_booking, rebook
from orders.models import Order
from orders.services import move_orders
from shipping.models import Booking
from shipping.services import NotWithdrawable
from warehouse.models import Parcel, UnitParcel
from warehouse.rules.tolerances import is_same_reading, weight_rules_on
from warehouse.services import (
    NotPackable,
    TooLight,
    Weighed,
    WeighingIdUsed,
    assert_packable,
    pack_parcel,
    set_weight,
    weigh,
)
from warehouse.services.walls import free_slot

IN_UNIT = "in_unit"
CLOSED = (Parcel.Status.PACKED, Parcel.Status.HANDED_OVER)


class LabelNotReady(Exception):
    """The carrier's label has not come yet; the station says so and asks again."""


class NotReweighable(Exception):
    """Only a closed parcel that is still in the house is weighed again; `status` is what it is."""

    def __init__(self, status: str) -> None:
        self.status = status
        super().__init__(f"The parcel stands {status}.")


@dataclass(frozen=True, slots=True)
class Closing:
    """What came of a reading.

    `weighed` is None for a parcel that was closed before; `why` says why its booking was withdrawn
    and a new label is coming, empty where it stands.
    """

    state: PackState
    weighed: Weighed | None = None
    why: tuple[Sentence, ...] = ()
    is_amended: bool = False

    @property
    def is_closed(self) -> bool:
        """Whether the parcel is closed now."""
        return self.state.parcel.status in CLOSED


def close_parcel(
    *,
    merchant_id: int,
    parcel_reference: str,
    weight_g: int | None,
    client_id: str = "",
    actor: str,
    now: datetime,
    held: PackState | None = None,
) -> Closing:
    """Close a fully scanned parcel: goods leave stock, the export declaration is lodged.

    Without a `weight_g` it was on no scale: the planned weight stands, and nothing is learnt of it.
    `held` is what `lock_state` returned in the same block, where that was called.

    A weight outside of the tolerance leaves it open until a second reading, under another
    `client_id`, agrees. The same id again says the same; so does closing a closed parcel.
    Raises `NotPackable` (`TooLight` among them), `LabelNotReady`, `WeighingIdUsed`, or
    `Parcel.DoesNotExist`.
    """
    with merchant(merchant_id):
        state = held or lock_state(parcel_reference)
        parcel, items = state.parcel, state.items
        if parcel.status in CLOSED:
            return Closing(state)
        booking = state.booking
        if booking is None or booking.label_id is None:
            raise LabelNotReady("The label is coming; scan the parcel again in a moment.")
        grams = parcel.expected_weight_g if weight_g is None else weight_g
        assert_packable(parcel, items, grams)
        if not state.is_complete:
            raise NotPackable("Something besides the goods is still to be put in.")
        weighed = None
        if weight_g is not None:
            weighed = weigh(
                parcel=parcel,
                items=items,
                weight_g=grams,
                client_id=client_id or _unnamed(parcel, grams),
                actor=actor,
                now=now,
            )
            if weighed.asks_again:
                return Closing(state, weighed)
        pack_parcel(parcel=parcel, items=items, weight_g=grams, actor=actor, now=now)
        free_slot(parcel_id=parcel.pk, now=now)
        move_orders(order_ids=[parcel.order_id], to=Order.Status.PACKED, actor=actor, now=now)
        is_other = (weighed is not None and weighed.is_outside) or _is_other_carton(parcel, booking)
        why = _follow(state, booking, is_other=is_other, actor=actor, now=now)
        if why:
            return Closing(pack_state(parcel, items, state.extras), weighed, why)
        told = {"booking_id": booking.pk}
        work = Work("clearance.lodge_export", str(booking.pk), told)
        # Where nobody weighs, nobody waits for papers: the parcel goes on without them.
        enqueue([work], now=now, wakes_workers=weight_g is not None)
        return Closing(pack_state(parcel, items, state.extras, booking), weighed)


def lock_state(parcel_reference: str) -> PackState:
    """Lock a parcel's row and return where it stands, with its order and warehouse at hand.

    In the caller's block. Raises `Parcel.DoesNotExist`.
    """
    parcel = LOCKED.first(reference=parcel_reference)
    if parcel is None:
        raise Parcel.DoesNotExist(parcel_reference)
    return pack_state(parcel)


LOCKED = Prepared(
    Parcel,
    lambda rows, reference: (
        rows.filter(reference=reference)
        .select_for_update(of=("self",))
        .select_related("order", "warehouse")
    ),
    "reference",
)


def _unnamed(parcel: Parcel, weight_g: int) -> str:
    """The id of a reading that came without one: the same weight again is the same reading."""
    return f"{parcel.reference}:{weight_g}"


def reweigh_parcel(
    *,
    merchant_id: int,
    parcel_reference: str,
    weight_g: int,
    client_id: str,
    actor: str,
    now: datetime,
) -> Closing:
    """Weigh a closed parcel again before it is handed over; what follows is as when it closed.

    An export declaration that was lodged with another weight is withdrawn and lodged anew. Raises
    `NotReweighable`, `TooLight`, `LabelNotReady` while a new label is on its way, `WeighingIdUsed`,
    `Parcel.DoesNotExist`.
    """
    with merchant(merchant_id):
        state = lock_state(parcel_reference)
        parcel, items = state.parcel, state.items
        if parcel.status != Parcel.Status.PACKED:
            raise NotReweighable(parcel.status)
        if UnitParcel.objects.filter(parcel=parcel).exists():
            raise NotReweighable(IN_UNIT)
        booking = state.booking
        if booking is None or booking.status != Booking.Status.BOOKED:
            raise LabelNotReady("The new label is coming; weigh it again when it is there.")
        assert_packable(parcel, items, weight_g)
        weighed = weigh(
            parcel=parcel, items=items, weight_g=weight_g, client_id=client_id, actor=actor, now=now
        )
        if weighed.asks_again or not weighed.is_new:
            return Closing(state, weighed)
        before_g = parcel.weight_g or parcel.expected_weight_g
        if weight_g == before_g:
            return Closing(state, weighed)
        set_weight(parcel_id=parcel.pk, weight_g=weight_g)
        parcel.weight_g = weight_g
        record(
            kind="parcel.reweighed",
            subject_kind="order",
            subject_id=parcel.order_id,
            actor=actor,
            now=now,
            data={"weight_g": weight_g, "before_g": before_g},
        )
        is_other = not is_same_reading(weight_g, before_g, weight_rules_on(now.date()))
        why = _follow(state, booking, is_other=is_other, actor=actor, now=now)
        is_amended = False
        if is_other and not why:
            is_amended = amend_export(booking=booking, actor=actor, now=now)
        return Closing(pack_state(parcel, items, state.extras), weighed, why, is_amended)


def _is_other_carton(parcel: Parcel, booking: Booking) -> bool:
    """Tell whether the packer took another carton than the one that was booked."""
    booked = (booking.length_mm, booking.width_mm, booking.height_mm)
    taken = (parcel.length_mm, parcel.width_mm, parcel.height_mm)
    return booking.length_mm is not None and booked != taken


def _follow(
    state: PackState, booking: Booking, *, is_other: bool, actor: str, now: datetime
) -> tuple[Sentence, ...]:
    """Book the parcel anew where its booking does not hold; return why."""
    parcel = state.parcel
    why = judge_booking(
        parcel=parcel, booking=booking, is_other=is_other, now=now, items=state.items
    )
    if why:
        rebook(parcel=parcel, booking=booking, why=why, actor=actor, now=now)
    return why


__all__ = [
    "Closing", "LabelNotReady", "NotPackable", "NotReweighable", "NotWithdrawable", "TooLight",
    "WeighingIdUsed", "close_parcel", "lock_state", "reweigh_parcel",
]  # fmt: skip
