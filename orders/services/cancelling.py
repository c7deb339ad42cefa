"""The end of an order that nobody ships."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from orders.models import Hold, Order, OrderConflict
from orders.services.conflicts import close_conflicts
from orders.services.orders import move_orders

LONGEST_REASON = 200


def cancel_orders(*, orders: Sequence[Order], reason: str, actor: str, now: datetime) -> int:
    """Cancel orders the caller holds locked and has taken out of the warehouse's hands.

    Their holds and conflicts end with them. Returns how many were cancelled.
    """
    ids = [order.pk for order in orders]
    Hold.objects.filter(order_id__in=ids, released_at__isnull=True).update(
        released_at=now, released_by=actor
    )
    close_conflicts(order_ids=ids, outcome=OrderConflict.Outcome.CANCELLED, actor=actor, now=now)
    return move_orders(
        order_ids=ids,
        to=Order.Status.CANCELLED,
        actor=actor,
        now=now,
        data={"reason": reason[:LONGEST_REASON]},
    )
