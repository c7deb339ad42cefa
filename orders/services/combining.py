"""Orders split into parts, merged into one, and both taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from core.events import Change, record_many
from core.states import Moves, move
from orders.models import Hold, Order, OrderLine
from orders.services.cancelling import cancel_orders
from orders.services.holds import CHECK
from orders.services.orders import NewOrder, insert_orders
from orders.states import MOVES

UNDONE = "undone"
COPIED_OF_HOLD = (
    "code", "field", "reason_code", "params", "suggestion", "reason", "remedy", "released_by_role",
    "facts_sha256", "raised_at", "released_at", "released_by",
)  # fmt: skip


class SomebodyWasFirst(Exception):
    """The order has moved on meanwhile; nothing was changed."""


def hold_families(order_ids: Sequence[int]) -> None:
    """Wait until nobody else tells channels of these orders; held to the transaction's end.

    A lock beside the rows: whoever tells holds rows of parts already, and must not wait for those
    of the whole.
    """
    with connection.cursor() as cursor:
        for order_id in sorted(order_ids):
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended('orders.family', %s))", [order_id]
            )


def split_order(
    *,
    order: Order,
    parts: Sequence[NewOrder],
    told: Mapping[str, Any],
    actor: str,
    now: datetime,
) -> list[Order]:
    """Turn an order the caller holds locked, and has taken the stock from, into its parts.

    Raises `SomebodyWasFirst`. The order's holds end with it; what people released goes along.
    """
    for new in parts:
        new.order.parent, new.order.made_by = order, Order.MadeBy.SPLIT
    _leave([order], Order.Status.SPLIT, now)
    made = insert_orders(orders=parts, actor=actor, now=now)
    _hand_on([order], made)
    names = [each.reference for each in made]
    _record([order], "order.split", {"parts": names, **told}, actor, now)
    _record(made, "order.made_by_split", {"of": order.reference}, actor, now)
    return made


def merge_orders(
    *, orders: Sequence[Order], combined: NewOrder, actor: str, now: datetime
) -> Order:
    """Turn orders the caller holds locked, and has taken the stock from, into one.

    Raises `SomebodyWasFirst`.
    """
    combined.order.made_by = Order.MadeBy.MERGE
    _leave(orders, Order.Status.MERGED, now)
    (made,) = insert_orders(orders=[combined], actor=actor, now=now)
    Order.objects.filter(pk__in=[each.pk for each in orders]).update(merged_into=made)
    _hand_on(orders, [made])
    _record(orders, "order.merged", {"into": made.reference}, actor, now)
    names = [each.reference for each in orders]
    _record([made], "order.made_by_merge", {"of": names}, actor, now)
    return made


def take_back(
    *, sources: Sequence[Order], made: Sequence[Order], actor: str, now: datetime
) -> None:
    """Cancel what a split or a merge made and let its sources stand for themselves again.

    The caller holds all of them locked and has taken the stock from the made ones. Raises
    `SomebodyWasFirst`. The sources are accepted: the caller checks them anew.
    """
    ids = [each.pk for each in made]
    if cancel_orders(orders=made, reason=UNDONE, actor=actor, now=now) != len(ids):
        raise SomebodyWasFirst("One of the orders has moved on.")
    Order.objects.filter(pk__in=ids).update(undone_at=now)
    # A source's lines may be written anew from now on; what was made keeps what it was.
    OrderLine.objects.filter(order_id__in=ids).update(source_line=None)
    rows = Order.objects.filter(pk__in=[each.pk for each in sources])
    if move(rows, moves=BACK, to=Order.Status.ACCEPTED, merged_into=None) != len(sources):
        raise SomebodyWasFirst("One of the orders has moved on.")
    names = [each.reference for each in made]
    _record(sources, "order.undone", {"orders": names}, actor, now)


BACK: Moves = {status: MOVES[status] for status in (Order.Status.SPLIT, Order.Status.MERGED)}


def _leave(orders: Sequence[Order], to: str, now: datetime) -> None:
    ids = [order.pk for order in orders]
    if move(Order.objects.filter(pk__in=ids), moves=MOVES, to=to) != len(ids):
        raise SomebodyWasFirst("One of the orders has moved on.")
    Hold.objects.filter(order_id__in=ids, released_at__isnull=True).update(
        released_at=now, released_by=CHECK
    )


def _hand_on(sources: Sequence[Order], made: Sequence[Order]) -> None:
    """Copy the holds that people released: the same finding is not asked again."""
    ids = [order.pk for order in sources]
    released = Hold.objects.filter(order_id__in=ids, released_at__isnull=False)
    rows = list(released.exclude(released_by=CHECK).order_by("pk").values(*COPIED_OF_HOLD))
    Hold.objects.bulk_create(Hold(order=order, **row) for order in made for row in rows)


def _record(
    orders: Sequence[Order], kind: str, data: Mapping[str, Any], actor: str, now: datetime
) -> None:
    record_many([Change(kind, "order", order.pk, data) for order in orders], actor=actor, now=now)
