"""Orders written anew by a later check: their lines, what they are worth, and their holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.events import Change, record_many
from orders.models import Hold, Order, OrderLine
from orders.services.holds import CHECK
from orders.services.orders import move_orders

LINE_FACTS = (
    "external_line", "sku", "title", "product_id", "quantity", "unit_price", "currency",
    "channel_line", "channel_code", "channel_quantity", "listing_id",
)  # fmt: skip
ORDER_FACTS = (
    "currency", "goods_value", "shipping_price", "weight_g", "sorting", "recipient_name",
    "company", "street_1", "street_2", "street_3", "city", "region", "postal_code", "country",
    "phone", "email", "recipient_id", "note", "placed_at", "paid_at", "ship_by", "service_level",
    "content_sha256", "said", "buyer_digest", "address_digest", "tags", "wanted_service",
    "wanted_warehouse", "priority", "ruled",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What an order is to be now. `order` is the stored row, locked by the caller; `facts` the
    columns that changed; `lines` None where they stay as they are; `holds` are to be raised,
    `settled` (ids) no longer apply; `told` goes into the event."""

    order: Order
    facts: Mapping[str, Any]
    lines: Sequence[OrderLine] | None
    holds: Sequence[Hold]
    settled: Sequence[Hold]
    told: Mapping[str, Any] = field(default_factory=dict)


def same_line(one: OrderLine, other: OrderLine) -> bool:
    """Tell whether two rows say the same of an order."""
    return all(getattr(one, name) == getattr(other, name) for name in LINE_FACTS)


def rewrite_orders(
    *, orders: Sequence[Rewritten], kind: str, actor: str, now: datetime
) -> dict[int, str]:
    """Write orders anew in a handful of statements; return each one's status after.

    An order with open holds is held; a held one without is accepted; an allocated one whose lines
    changed is accepted, to be allocated again: its promised stock was given back by the caller.
    `kind` names the event where anything changed, e.g. `order.rechecked`.
    """
    for each in orders:
        for name, value in each.facts.items():
            setattr(each.order, name, value)
    columns = sorted({name for each in orders for name in each.facts})
    if columns:
        changed = [each.order for each in orders if each.facts]
        Order.objects.bulk_update(changed, columns, batch_size=500)
    replaced = [each for each in orders if each.lines is not None]
    if replaced:
        OrderLine.objects.filter(order_id__in=[each.order.pk for each in replaced]).delete()
        for each in replaced:
            for line in each.lines or ():
                line.order = each.order
        OrderLine.objects.bulk_create([line for each in replaced for line in each.lines or ()])
    settled = [hold.pk for each in orders for hold in each.settled]
    if settled:
        Hold.objects.filter(pk__in=settled, released_at__isnull=True).update(
            released_at=now, released_by=CHECK
        )
    for each in orders:
        for hold in each.holds:
            hold.order = each.order
    Hold.objects.bulk_create([hold for each in orders for hold in each.holds])
    record_many(
        [Change(kind, "order", each.order.pk, told) for each in orders if (told := _told(each))],
        actor=actor,
        now=now,
    )
    return _move(orders, actor, now)


def _told(each: Rewritten) -> dict[str, Any]:
    told: dict[str, Any] = dict(each.told)
    if each.lines is not None:
        told["lines"] = [line.sku for line in each.lines][:50]
    if each.holds:
        told["holds"] = sorted({hold.code for hold in each.holds})
    if each.settled:
        told["settled"] = sorted({hold.code for hold in each.settled})
    return told


def _move(orders: Sequence[Rewritten], actor: str, now: datetime) -> dict[int, str]:
    ids = [each.order.pk for each in orders]
    held = set(
        Hold.objects.filter(order_id__in=ids, released_at__isnull=True).values_list(
            "order_id", flat=True
        )
    )
    status = Order.Status
    to_hold = [
        each.order.pk
        for each in orders
        if each.order.pk in held and each.order.status != status.HELD
    ]
    to_accept = [
        each.order.pk
        for each in orders
        if each.order.pk not in held
        and (
            each.order.status in (status.RECEIVED, status.HELD)
            or (each.order.status == status.ALLOCATED and each.lines is not None)
        )
    ]
    if to_hold:
        move_orders(order_ids=to_hold, to=status.HELD, actor=actor, now=now)
    if to_accept:
        move_orders(order_ids=to_accept, to=status.ACCEPTED, actor=actor, now=now)
    after = {each.order.pk: each.order.status for each in orders}
    return after | dict.fromkeys(to_hold, status.HELD) | dict.fromkeys(to_accept, status.ACCEPTED)
