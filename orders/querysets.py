"""Readings that every order passes on its way in.

Written out in SQL: built anew by the ORM for each order they cost more than the checks. Each names
its merchant itself; the database wall stands behind them as behind every query.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from core.tenancy import active_merchant_id
from orders.models import Order, Product

EARLIER = """
SELECT TRUE, id, external_order, content_sha256 FROM orders_order
  WHERE merchant_id = %(merchant)s AND channel_id = %(channel)s
    AND external_order = ANY(%(numbers)s)
UNION ALL
SELECT FALSE, id, external_order, buyer_digest FROM orders_order
  WHERE merchant_id = %(merchant)s AND buyer_digest = ANY(%(digests)s) AND created_at >= %(since)s
"""
PRODUCTS = "SELECT * FROM orders_product WHERE merchant_id = %s AND sku = ANY(%s)"


@dataclass(frozen=True, slots=True)
class EarlierOrders:
    """What came in before: `known` is external order → (id, content digest) in the same channel;
    `same_buyer` is buyer and content digest → external order, in any channel."""

    known: dict[str, tuple[int, str]] = field(default_factory=dict)
    same_buyer: dict[str, str] = field(default_factory=dict)


def earlier_orders(
    *, channel_id: int, numbers: Sequence[str], digests: Sequence[str], since: datetime
) -> EarlierOrders:
    """Find orders of these numbers in the channel, and of these buyers since an instant."""
    found = EarlierOrders()
    with connection.cursor() as cursor:
        cursor.execute(
            EARLIER,
            {
                "merchant": active_merchant_id(),
                "channel": channel_id,
                "numbers": list(numbers),
                "digests": list(digests),
                "since": since,
            },
        )
        for is_known, order_id, number, digest in cursor.fetchall():
            if is_known:
                found.known[number] = (order_id, digest)
            else:
                found.same_buyer[digest] = number
    return found


def products_by_sku(skus: Collection[str]) -> dict[str, Product]:
    """Return the active merchant's products of these SKUs."""
    rows = Product.objects.raw(PRODUCTS, [active_merchant_id(), list(skus)])
    return {product.sku: product for product in rows}


def known_orders(*, channel_id: int, numbers: Collection[str]) -> set[str]:
    """Return those of a channel's order numbers that we have, in the active block."""
    rows = Order.objects.filter(channel_id=channel_id, external_order__in=list(numbers))
    return set(rows.values_list("external_order", flat=True))
