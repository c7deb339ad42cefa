"""Orders: inserted whole, with lines, holds and history; moved by conditional updates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from core.bulk import insert_rows
from core.events import Change, record_many
from core.states import sources
from core.tenancy import active_merchant_id
from orders.models import Channel, Hold, Order, OrderLine
from orders.states import MOVES


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order that passed its checks, or did not: with holds it is held, else accepted."""

    order: Order
    lines: Sequence[OrderLine]
    holds: Sequence[Hold]
    changes: Sequence[str] = field(default_factory=tuple)
    left_out: Sequence[str] = field(default_factory=tuple)


def ensure_channel(*, kind: str, name: str, now: datetime) -> Channel:
    """Return the active merchant's channel of that kind and name, made when it is the first use."""
    channel, _ = Channel.objects.get_or_create(
        merchant_id=active_merchant_id(), kind=kind, name=name, defaults={"created_at": now}
    )
    return channel


def insert_orders(*, orders: Sequence[NewOrder], actor: str, now: datetime) -> list[Order]:
    """Insert orders with their lines, holds and events in a handful of statements.

    Raises `IntegrityError` when another request inserted one of them first: the caller reads
    again and repeats.
    """
    for new in orders:
        new.order.status = Order.Status.HELD if new.holds else Order.Status.ACCEPTED
    inserted = insert_rows([new.order for new in orders])
    for new in orders:
        for line in new.lines:
            line.order = new.order
        for hold in new.holds:
            hold.order = new.order
    insert_rows([line for new in orders for line in new.lines])
    insert_rows([hold for new in orders for hold in new.holds])
    record_many([_received(new) for new in orders], actor=actor, now=now)
    return inserted


def _received(new: NewOrder) -> Change:
    codes = sorted({hold.code for hold in new.holds})
    data: dict[str, Any] = {"lines": len(new.lines)}
    if codes:
        data["holds"] = codes
    if new.changes:
        data["address_changes"] = list(new.changes)
    if new.left_out:
        data["left_out"] = list(new.left_out)
    return Change(f"order.{new.order.status}", "order", new.order.pk, data)


def move_orders(
    *,
    order_ids: Sequence[int],
    to: str,
    actor: str,
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> int:
    """Move orders to a status where the table of moves allows it; return how many moved."""
    with connection.cursor() as cursor:
        cursor.execute(MOVE, [to, active_merchant_id(), list(order_ids), sources(MOVES, to)])
        moved = [row[0] for row in cursor.fetchall()]
    changes = [Change(f"order.{to}", "order", each, dict(data or {})) for each in sorted(moved)]
    record_many(changes, actor=actor, now=now)
    return len(moved)


# Written out: every parcel that is packed passes here while a person waits.
MOVE = (
    "UPDATE orders_order SET status = %s"
    " WHERE merchant_id = %s AND id = ANY(%s) AND status = ANY(%s) RETURNING id"
)


def keep_channels_word(*, said: Mapping[int, Mapping[str, Any]]) -> None:
    """Keep with new orders what their channel's client needs again, by order id."""
    rows = [Order(pk=order_id, channel_said=dict(words)) for order_id, words in said.items()]
    for row in rows:
        row.merchant_id = active_merchant_id()
    Order.objects.bulk_update(rows, ["channel_said"])
