"""Listings: collected when a line names a code nobody knows, mapped or ignored by a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from core.events import record
from core.tenancy import active_merchant_id
from orders.models import ChannelListing, ListingPart, Product

MOST_PARTS = 50
MOST_PIECES = 1000


class BadParts(Exception):
    """A mapping that is none: no part, too many, one twice, or a quantity out of bounds."""


@dataclass(frozen=True, slots=True)
class SeenListing:
    """A code as a line just told it."""

    code: str
    item_number: str = ""
    title: str = ""
    brand: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class PartOf:
    """`quantity` pieces of a product in one piece of the listing."""

    product_id: int
    quantity: int


def hold_catalogue(*, shared: bool) -> None:
    """Wait until nobody changes the active merchant's catalogue; held to the transaction's end.

    Shared by those who collect unknown codes, alone for those who map codes or write products: so
    an order either sees a mapping, or is seen by whoever releases the orders waiting for it.
    """
    lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {lock}(hashtextextended('orders.catalogue', %s))", [active_merchant_id()]
        )


def collect_listings(
    *, channel_id: int, seen: Sequence[SeenListing], now: datetime
) -> Mapping[str, int]:
    """Write down codes that are not known yet, each once; return the ids of all by code."""
    merchant_id = active_merchant_id()
    rows = sorted(seen, key=lambda each: each.code)
    ChannelListing.objects.bulk_create(
        [
            ChannelListing(
                merchant_id=merchant_id,
                channel_id=channel_id,
                code=each.code,
                item_number=each.item_number[:80],
                title=each.title[:300],
                brand=each.brand[:80],
                model=each.model[:80],
                created_at=now,
            )
            for each in rows
        ],
        ignore_conflicts=True,
    )
    codes = [each.code for each in rows]
    listings = ChannelListing.objects.filter(channel_id=channel_id, code__in=codes)
    return dict(listings.values_list("code", "pk"))


def map_listing(
    *, listing_id: int, parts: Sequence[PartOf], actor: str, now: datetime
) -> ChannelListing:
    """Say what a listing is made of; the orders of it are checked anew from the first one on.

    Raises `BadParts`, `ChannelListing.DoesNotExist` or `Product.DoesNotExist`.
    """
    ids = [part.product_id for part in parts]
    if not 0 < len(ids) <= MOST_PARTS or len(set(ids)) != len(ids):
        raise BadParts(f"Name 1 to {MOST_PARTS} products, each once.")
    if any(not 0 < part.quantity <= MOST_PIECES for part in parts):
        raise BadParts(f"Each product has 1 to {MOST_PIECES} pieces.")
    hold_catalogue(shared=False)
    listing = ChannelListing.objects.select_for_update().get(pk=listing_id)
    skus = dict(Product.objects.filter(pk__in=ids).values_list("pk", "sku"))
    if len(skus) != len(ids):
        raise Product.DoesNotExist("A product of the mapping does not exist.")
    wanted = {part.product_id: part.quantity for part in parts}
    ListingPart.objects.filter(listing=listing).delete()
    ListingPart.objects.bulk_create(
        ListingPart(listing=listing, product_id=product_id, quantity=quantity)
        for product_id, quantity in wanted.items()
    )
    told = {skus[product_id]: quantity for product_id, quantity in wanted.items()}
    _resolve(listing, ChannelListing.Status.MAPPED, actor, now, {"parts": told})
    return listing


def ignore_listing(*, listing_id: int, actor: str, now: datetime) -> ChannelListing:
    """Say that a listing is not shipped by us: its lines are left out of the orders.

    Raises `ChannelListing.DoesNotExist`.
    """
    hold_catalogue(shared=False)
    listing = ChannelListing.objects.select_for_update().get(pk=listing_id)
    ListingPart.objects.filter(listing=listing).delete()
    _resolve(listing, ChannelListing.Status.IGNORED, actor, now, {})
    return listing


def forget_mapping(*, listing_id: int, actor: str, now: datetime) -> ChannelListing:
    """Take a mapping back: the code is to be mapped again, and its open orders wait.

    Raises `ChannelListing.DoesNotExist`.
    """
    hold_catalogue(shared=False)
    listing = ChannelListing.objects.select_for_update().get(pk=listing_id)
    ListingPart.objects.filter(listing=listing).delete()
    _resolve(listing, ChannelListing.Status.UNMAPPED, actor, now, {})
    return listing


def _resolve(
    listing: ChannelListing, status: str, actor: str, now: datetime, data: Mapping[str, object]
) -> None:
    listing.status, listing.resolved_at, listing.resolved_by = status, now, actor
    listing.checked_after_order = 0
    listing.orders_checked = listing.orders_released = 0
    listing.save(
        update_fields=[
            "status", "resolved_at", "resolved_by", "checked_after_order", "orders_checked",
            "orders_released",
        ]
    )  # fmt: skip
    record(
        kind=f"listing.{status}",
        subject_kind="listing",
        subject_id=listing.pk,
        actor=actor,
        now=now,
        data={"code": listing.code, **data},
    )


def save_release(
    *, listing_id: int, after: int, checked: int, released: int, last: int | None
) -> bool:
    """Save how far a listing's orders were checked, in the transaction that checked them.

    `after` is where the batch began, `last` its last order or None at the end. False when another
    worker, or a newer mapping, is at it: the batch must then be rolled back.
    """
    rows = ChannelListing.objects.select_for_update().filter(
        pk=listing_id, checked_after_order=after
    )
    listing = rows.first()
    if listing is None:
        return False
    listing.checked_after_order = last
    listing.orders_checked += checked
    listing.orders_released += released
    listing.save(update_fields=["checked_after_order", "orders_checked", "orders_released"])
    return True
