"""An order that is not to be shipped after all: by a person here, or by its channel."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime

from core.jobs import Work, enqueue
from flows.recheck import changeable_orders
from orders.models import Order, OrderConflict
from orders.services import NewConflict, cancel_orders, raise_conflicts
from warehouse.services import release_reservations

ENDED = (Order.Status.CANCELLED,)
BY_CHANNEL = "cancelled by the channel"


class TooLate(Exception):
    """The order is being packed or has left: nothing was changed. `status` is where it stands."""

    def __init__(self, status: str) -> None:
        super().__init__(f"The order is {status} and its parcel is planned or packed.")
        self.status = status


def cancel_order(*, order_id: int, reason: str, actor: str, now: datetime) -> bool:
    """Cancel an order in the active block and give its stock back; False when it was cancelled.

    Raises `TooLate` from the moment a parcel is planned for it, and `Order.DoesNotExist`.
    """
    orders = changeable_orders([order_id])
    if orders:
        return bool(_cancel(orders, reason, actor, now))
    status = Order.objects.values_list("status", flat=True).get(pk=order_id)
    if status == Order.Status.CANCELLED:
        return False
    raise TooLate(status)


def cancel_by_channel(
    *, channel_id: int, numbers: Collection[str], actor: str, now: datetime
) -> int:
    """Cancel the orders of these external numbers in the active block; return how many were.

    One that is too far on its way becomes a conflict for a person to decide. Numbers that never
    came in, and orders that are cancelled, are passed over.
    """
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


def _cancel(orders: Sequence[Order], reason: str, actor: str, now: datetime) -> int:
    promised = [order.pk for order in orders if order.status == Order.Status.ALLOCATED]
    if promised and release_reservations(order_ids=promised, actor=actor, now=now):
        enqueue([Work("allocation.fill_backorders", now.isoformat(), {})], now=now, again=True)
    return cancel_orders(orders=orders, reason=reason, actor=actor, now=now)
