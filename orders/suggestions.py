"""Which products unmapped listings may be, and how many orders wait: a page at a time.

Few candidates are found by index, then each is judged. Written out in SQL: a look-up for each
listing would cost a list of them hundreds of queries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from core.tenancy import active_merchant_id
from orders.models import ChannelListing, Product
from orders.rules.likeness import Described, code_pieces, likeness, words

FOR_EACH = 25
"""Candidates of each beginning: one that more products share tells nothing."""
SHOWN = 5
LOWEST = 20
MOST_MODELS = 12
SHORTEST_GTIN, LONGEST_GTIN = 8, 14
LAST_LETTER = "\U0010ffff"
COUNTED = 10_000
BEGINNING = """
SELECT product.*, asked.listing AS for_listing
FROM unnest(%s::bigint[], %s::text[]) AS asked(listing, beginning),
LATERAL (
  SELECT * FROM orders_product
  WHERE merchant_id = %s AND {column} >= asked.beginning AND {column} < asked.beginning || %s
  ORDER BY {column} LIMIT %s
) AS product
"""
WAITING = """
SELECT asked.listing, (SELECT count(*) FROM (
  SELECT DISTINCT line.order_id FROM orders_orderline line
  JOIN orders_order placed ON placed.merchant_id = line.merchant_id AND placed.id = line.order_id
  WHERE line.merchant_id = %s AND line.listing_id = asked.listing AND line.product_id IS NULL
    AND placed.status = 'held' LIMIT %s
) AS waiting)
FROM unnest(%s::bigint[]) AS asked(listing)
"""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A product and how sure one may be, 0 to 100."""

    product: Product
    score: int


def suggestions_for(listings: Sequence[ChannelListing]) -> dict[int, tuple[Suggestion, ...]]:
    """The likeliest products of each of the active merchant's listings, best first, by its id."""
    found: dict[int, dict[int, Product]] = {listing.pk: {} for listing in listings}
    for listing_id, product in _candidates(listings):
        found[listing_id][product.pk] = product
    return {
        listing.pk: _best(described(listing), found[listing.pk].values()) for listing in listings
    }


def _best(told: Described, products: Iterable[Product]) -> tuple[Suggestion, ...]:
    judged = [Suggestion(each, likeness(told, of_product(each))) for each in products]
    likely = [each for each in judged if each.score >= LOWEST]
    return tuple(sorted(likely, key=lambda each: (-each.score, each.product.sku))[:SHOWN])


def described(listing: ChannelListing) -> Described:
    """A listing as the rules judge it."""
    return Described(listing.code, listing.title, listing.brand, listing.model)


def of_product(product: Product) -> Described:
    """A product as the rules judge it."""
    return Described(product.sku, product.title, product.brand, product.model, product.gtin)


def waiting_orders(listing_ids: Sequence[int]) -> dict[int, int]:
    """How many held orders wait for each listing, counted up to `COUNTED` + 1."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [active_merchant_id(), COUNTED + 1, list(listing_ids)])
        return dict(cursor.fetchall())


def _candidates(listings: Sequence[ChannelListing]) -> Iterator[tuple[int, Product]]:
    codes = [(each.pk, beginning) for each in listings for beginning in code_pieces(each.code)]
    yield from _beginning("sku", codes)
    titles = [(each.pk, text) for each in listings for text in _title_beginnings(each.title)]
    yield from _beginning("title", titles)
    named = {each.pk: (_gtin_forms(each.code), _models(each)) for each in listings}
    gtins = {gtin for forms, _ in named.values() for gtin in forms}
    models = {model for _, forms in named.values() for model in forms}
    if not gtins and not models:
        return
    rows = Product.objects.filter(Q(gtin__in=gtins) | Q(model__in=models)).order_by("pk")
    for product in rows[: FOR_EACH * len(listings)]:
        for listing_id, (forms, others) in named.items():
            if product.gtin in forms or product.model in others:
                yield listing_id, product


def _beginning(column: str, asked: Sequence[tuple[int, str]]) -> Iterator[tuple[int, Product]]:
    if not asked:
        return
    ids, texts = zip(*asked, strict=True)
    values = [list(ids), list(texts), active_merchant_id(), LAST_LETTER, FOR_EACH]
    for product in Product.objects.raw(BEGINNING.format(column=column), values):
        yield vars(product)["for_listing"], product


def _title_beginnings(title: str) -> set[str]:
    first = title.split()[:2]
    return {text for text in (" ".join(first), *first[:1]) if words(text)}


def _gtin_forms(code: str) -> set[str]:
    if not (code.isascii() and code.isdigit() and SHORTEST_GTIN <= len(code) <= LONGEST_GTIN):
        return set()
    return {code, *(code.lstrip("0").zfill(length) for length in (8, 12, 13, 14))}


def _models(listing: ChannelListing) -> set[str]:
    """Words that look like a model: with a digit in them, or told as one."""
    told = [word.strip(".,;:()") for word in listing.title.split()]
    named = [listing.model, *(word for word in told if any(map(str.isdigit, word)))]
    return {form for word in named[:MOST_MODELS] if word for form in (word, word.upper())}
