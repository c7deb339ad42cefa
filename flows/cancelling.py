"""An order that is not to be shipped after all: by a person here, or by its channel."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from core.jobs import Work, enqueue
from core.sentences import Sentence
from flows.channels.deciding import tell_cancelled
from flows.leaving import By, CannotLeave, leave_or_stay
from flows.recheck import changeable_orders
from orders.models import Order, OrderConflict
from orders.services import NewConflict, cancel_orders, raise_conflicts
from warehouse.services import release_reservations

ENDED = (Order.Status.CANCELLED,)
HERE = (
    Order.Status.HELD, Order.Status.ACCEPTED, Order.Status.BACKORDERED, Order.Status.ALLOCATED,
    Order.Status.PACKED,
)  # fmt: skip
BY_CHANNEL = "cancelled by the channel"


class TooLate(Exception):
    """The order is being packed or has left: nothing was changed. `status` is where it stands,
    `why` says more where its parcel stays in its wave."""

    def __init__(self, status: str, why: Sentence | None = None) -> None:
        super().__init__(why.text if why else f"The order is {status} and its parcel is packed.")
        self.status = status
        self.why = why


def cancel_order(
    *, order_id: int, reason: str, actor: str, now: datetime, channel_knows: bool = False
) -> bool:
    """Cancel an order in the active block and give its stock back; False when it was cancelled.

    One in a wave is taken out of it. Its channel is told, where it asks for that, unless
    `channel_knows`.

    Raises `TooLate` from the moment it is being packed, and `Order.DoesNotExist`.
    """
    stay = leave_or_stay(
        order_ids=[order_id], by=By.MERCHANT, reason=reason, actor=actor, now=now
    )  # fmt: skip
    orders = changeable_orders([order_id])
    if orders:
        done = _cancel(orders, reason, actor, now)
        # The channel knows no part of a split order, and none that merges two: a person tells it.
        if not channel_knows and not orders[0].made_by:
            tell_cancelled(channel_id=orders[0].channel_id, order_ids=[order_id], now=now)
        return bool(done)
    status = Order.objects.values_list("status", flat=True).get(pk=order_id)
    if status == Order.Status.CANCELLED:
        return False
    raise too_late(order_id, status, stay)


def too_late(order_id: int, status: str, stay: Mapping[int, CannotLeave]) -> TooLate:
    """What to raise for an order that is too far on its way; `stay` is what kept it in its wave."""
    return TooLate(status, stay[order_id].why if order_id in stay else None)


def cancel_by_channel(
    *, channel_id: int, numbers: Collection[str], actor: str, now: datetime
) -> int:
    """Cancel the orders of these external numbers in the active block; return how many were.

    One in a wave that is only planned is taken out of it; one that is further on its way becomes a
    conflict for a person to decide. Numbers that never came in, and orders that are cancelled, are
    passed over.
    """
    named = Order.objects.filter(channel_id=channel_id, external_order__in=list(numbers))
    leave_or_stay(
        order_ids=list(named.exclude(status__in=ENDED).values_list("pk", flat=True)),
        by=By.CHANNEL, reason=BY_CHANNEL, actor=actor, now=now,
    )  # fmt: skip
    ids = list(
        Order.objects.filter(channel_id=channel_id, external_order__in=list(numbers))
        .exclude(status__in=ENDED)
        .order_by("pk")
        .select_for_update()
        .values_list("pk", flat=True)
    )
    free = changeable_orders(ids)
    done = _cancel(free, BY_CHANNEL, actor, now) if free else 0
    cancelled = {order.pk for order in free}
    word = hashlib.sha256(BY_CHANNEL.encode()).hexdigest()
    raise_conflicts(
        conflicts=[
            NewConflict(order_id, OrderConflict.Kind.CANCELLATION, word)
            for order_id in ids
            if order_id not in cancelled
        ],
        actor=actor,
        now=now,
    )
    return done


def note_shipped_elsewhere(
    *, channel_id: int, numbers: Collection[str], actor: str, now: datetime
) -> None:
    """Raise a conflict, in the active block, for orders the channel shows as sent and we have here.

    Where it was us who told the channel of a parcel there is none.
    """
    orders = (
        Order.objects.filter(channel_id=channel_id, external_order__in=list(numbers))
        .filter(status__in=HERE, notices__isnull=True)
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    raise_conflicts(
        conflicts=[
            NewConflict(
                order.pk,
                OrderConflict.Kind.SHIPPED,
                hashlib.sha256(b"shipped elsewhere").hexdigest(),
                [{"field": "status", "ours": order.status, "theirs": "shipped"}],
            )
            for order in orders
        ],
        actor=actor,
        now=now,
    )


def _cancel(orders: Sequence[Order], reason: str, actor: str, now: datetime) -> int:
    promised = [order.pk for order in orders if order.status == Order.Status.ALLOCATED]
    if promised and release_reservations(order_ids=promised, actor=actor, now=now):
        enqueue([Work("allocation.fill_backorders", now.isoformat(), {})], now=now, again=True)
    return cancel_orders(orders=orders, reason=reason, actor=actor, now=now)
