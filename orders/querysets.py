"""Readings that every order passes on its way in.

Written out in SQL: built anew by the ORM for each order they cost more than the checks. Each names
its merchant itself; the database wall stands behind them as behind every query.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from core.money import NoExchangeRate, convert
from core.tenancy import active_merchant_id
from orders.models import KitPart, Order, Product
from orders.rules.kits import Component

# Each order is asked for by itself (LATERAL, OFFSET 0): asked for all at once, a table that grew
# since it was last analyzed was read whole for every batch of its first large file.
EARLIER = """
SELECT 'known', found.id, found.external_order, found.content_sha256
  FROM unnest(%(numbers)s::text[]) AS asked(number)
  CROSS JOIN LATERAL (SELECT id, external_order, content_sha256 FROM orders_order
    WHERE merchant_id = %(merchant)s AND channel_id = %(channel)s
      AND external_order = asked.number OFFSET 0) AS found
UNION ALL
SELECT 'buyer', found.id, found.external_order, found.buyer_digest
  FROM unnest(%(digests)s::text[]) AS asked(digest)
  CROSS JOIN LATERAL (SELECT id, external_order, buyer_digest FROM orders_order
    WHERE merchant_id = %(merchant)s AND buyer_digest = asked.digest AND created_at >= %(since)s
      AND status <> 'cancelled' OFFSET 0) AS found
UNION ALL
SELECT 'listing', id, code, status FROM orders_channellisting
  WHERE merchant_id = %(merchant)s AND channel_id = %(channel)s AND code = ANY(%(codes)s)
UNION ALL
SELECT 'block', id, kind, digest FROM orders_buyerblock
  WHERE merchant_id = %(merchant)s AND digest = ANY(%(buyers)s)
UNION ALL
SELECT 'rule', id, name, json_build_object('position', position, 'version', version,
    'stops', stops, 'definition', definition::text)::text FROM orders_automationrule
  WHERE merchant_id = %(merchant)s AND is_active
"""
PARTS = """
SELECT product.*, part.listing_id AS of_listing, part.quantity AS pieces
FROM orders_listingpart part
JOIN orders_product product ON product.merchant_id = part.merchant_id
  AND product.id = part.product_id
WHERE part.merchant_id = %s AND part.listing_id = ANY(%s) ORDER BY part.id
"""
PRODUCTS = "SELECT * FROM orders_product WHERE merchant_id = %s AND sku = ANY(%s)"


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule of the merchant's that is switched on; `definition` is JSON as it is stored."""

    id: int
    name: str
    position: int
    version: int
    stops: bool
    definition: str


@dataclass(frozen=True, slots=True)
class Known:
    """What was there before: `orders` is external order → (id, content digest) in the same channel;
    `same_buyer` is buyer and content digest → external order, in any channel; `listings` is code →
    (id, status) in the same channel; `blocks` is digest → kind of the merchant's blocked buyers;
    `rules` are the merchant's own that are switched on, in their order."""

    orders: dict[str, tuple[int, str]] = field(default_factory=dict)
    same_buyer: dict[str, str] = field(default_factory=dict)
    listings: dict[str, tuple[int, str]] = field(default_factory=dict)
    blocks: dict[str, str] = field(default_factory=dict)
    rules: list[StoredRule] = field(default_factory=list)


def known_before(
    *,
    channel_id: int,
    numbers: Sequence[str],
    digests: Sequence[str],
    codes: Collection[str],
    buyers: Sequence[str],
    since: datetime,
) -> Known:
    """Find in one statement what the checks of these orders must know of earlier ones.

    `digests` are compared with orders since an instant, `buyers` with the block list.
    """
    found = Known()
    with connection.cursor() as cursor:
        cursor.execute(
            EARLIER,
            {
                "merchant": active_merchant_id(),
                "channel": channel_id,
                "numbers": list(numbers),
                "digests": list(digests),
                "codes": list(codes),
                "buyers": list(buyers),
                "since": since,
            },
        )
        for what, row_id, name, value in cursor.fetchall():
            if what == "known":
                found.orders[name] = (row_id, value)
            elif what == "buyer":
                found.same_buyer[value] = name
            elif what == "listing":
                found.listings[name] = (row_id, value)
            elif what == "rule":
                found.rules.append(StoredRule(row_id, name, **json.loads(value)))
            else:
                found.blocks[value] = name
    found.rules.sort(key=lambda rule: (rule.position, rule.id))
    return found


def products_by_sku(skus: Collection[str]) -> dict[str, Product]:
    """Return the active merchant's products of these SKUs."""
    rows = Product.objects.raw(PRODUCTS, [active_merchant_id(), list(skus)])
    return {product.sku: product for product in rows}


def parts_of_kits(product_ids: Collection[int]) -> Mapping[int, Sequence[tuple[Product, int]]]:
    """Return what kits among products are made of, with the pieces in one kit, by the kit's id."""
    found: dict[int, list[tuple[Product, int]]] = defaultdict(list)
    rows = KitPart.objects.filter(kit_id__in=list(product_ids)).select_related("component")
    for row in rows.order_by("kit_id", "component_id"):
        found[row.kit_id].append((row.component, row.quantity))
    return found


def kits_of(product_ids: Collection[int], *, on: date) -> dict[int, list[Component]]:
    """Return the components of those of the products that are kits; values in one currency a kit.

    `on` is the day whose rates count; where there is none the components count alike.
    """
    rows = KitPart.objects.filter(kit_id__in=list(product_ids)).select_related("component")
    parts: dict[int, list[KitPart]] = {}
    for row in rows.order_by("id"):
        parts.setdefault(row.kit_id, []).append(row)
    return {
        kit_id: [
            Component(row.component_id, row.component.sku, row.quantity, value)
            for row, value in zip(
                rows_of, values_of([row.component for row in rows_of], on), strict=True
            )
        ]
        for kit_id, rows_of in parts.items()
    }


def values_of(products: Sequence[Product], on: date) -> list[Decimal]:
    """What one piece of each is worth in one currency; all zero when that cannot be told."""
    try:
        return [
            convert(product.unit_value, product.currency, products[0].currency, on).amount
            for product in products
        ]
    except NoExchangeRate:
        return [Decimal(0)] * len(products)


def known_orders(*, channel_id: int, numbers: Collection[str]) -> set[str]:
    """Return those of a channel's order numbers that we have, in the active block."""
    rows = Order.objects.filter(channel_id=channel_id, external_order__in=list(numbers))
    return set(rows.values_list("external_order", flat=True))


def parts_of(listing_ids: Collection[int]) -> dict[int, list[tuple[Product, int]]]:
    """Return the products and quantities that these listings are made of."""
    found: dict[int, list[tuple[Product, int]]] = {}
    for product in Product.objects.raw(PARTS, [active_merchant_id(), list(listing_ids)]):
        told = vars(product)
        found.setdefault(told["of_listing"], []).append((product, told["pieces"]))
    return found


DOORS = """
SELECT address_digest FROM orders_order
WHERE merchant_id = %s AND status IN ('accepted', 'backordered', 'allocated')
  AND NOT (address_digest = '' AND address_digest IS NOT NULL) AND address_digest > %s
GROUP BY address_digest HAVING count(*) > 1 ORDER BY address_digest LIMIT %s
"""
"""Written out so that the condition is that of the index `order_goes_together`."""


def doors_with_many(*, after: str, limit: int) -> list[str]:
    """The digests of recipients to whom several open orders go, from a digest on."""
    with connection.cursor() as cursor:
        cursor.execute(DOORS, [active_merchant_id(), after, limit])
        return [digest for (digest,) in cursor.fetchall()]
