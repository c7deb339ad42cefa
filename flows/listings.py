"""A shop's codes: mapped by a person, and every order that waits for one released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from core.jobs import Later, Work, enqueue, handler
from core.tenancy import merchant
from flows.recheck import OPEN, recheck_orders
from orders.models import ChannelListing, ListingStatus, OrderLine
from orders.services import (
    PartOf,
    forget_mapping,
    ignore_listing,
    map_listing,
    save_release,
)

BATCH = 200
BATCHES_PER_RUN = 25
"""After so many batches other work has its turn: a million orders are an hour's work."""


def resolve_listing(
    *, listing_id: int, parts: Sequence[PartOf], actor: str, now: datetime
) -> ChannelListing:
    """Map a code in the active block and release the orders that wait for it.

    Errors are those of `orders.services.map_listing`.
    """
    listing = map_listing(listing_id=listing_id, parts=parts, actor=actor, now=now)
    enqueue([release_work(listing.pk)], now=now, again=True)
    return listing


def leave_out_listing(*, listing_id: int, actor: str, now: datetime) -> ChannelListing:
    """Say in the active block that a code is not shipped by us; its orders go on without it."""
    listing = ignore_listing(listing_id=listing_id, actor=actor, now=now)
    enqueue([release_work(listing.pk)], now=now, again=True)
    return listing


def unmap_listing(*, listing_id: int, actor: str, now: datetime) -> ChannelListing:
    """Take a mapping back in the active block; open orders of it are held for it again."""
    listing = forget_mapping(listing_id=listing_id, actor=actor, now=now)
    enqueue([release_work(listing.pk)], now=now, again=True)
    return listing


def adopt_products(*, ids: Mapping[str, int], actor: str, now: datetime) -> None:
    """Map waiting codes that equal the SKU of a product just written, in the active block.

    The caller holds the catalogue's lock.
    """
    waiting = ChannelListing.objects.filter(
        status=ListingStatus.UNMAPPED, code__in=list(ids)
    ).order_by("pk")
    for listing_id, code in list(waiting.values_list("pk", "code")):
        resolve_listing(listing_id=listing_id, parts=[PartOf(ids[code], 1)], actor=actor, now=now)


def release_work(listing_id: int) -> Work:
    """The job that checks the orders of one listing anew."""
    return Work("listings.release", str(listing_id), {"listing_id": listing_id})


@handler("listings.release", queue="flow")
def release_orders(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Check the open orders of a listing anew, in batches; after a kill, go on behind the last."""
    for _ in range(BATCHES_PER_RUN):
        with merchant(merchant_id):
            listing = ChannelListing.objects.get(pk=payload["listing_id"])
            after = listing.checked_after_order
            if after is None:
                return
            order_ids = _orders_of(listing.pk, after)
            is_last = len(order_ids) < BATCH
            now = timezone.now()
            done = recheck_orders(order_ids=order_ids, actor=listing.resolved_by, now=now)
            is_mine = save_release(
                listing_id=listing.pk,
                after=after,
                checked=len(order_ids),
                released=len(done.accepted),
                last=None if is_last else order_ids[-1],
            )
            if not is_mine:
                raise Later(2, "Another worker is checking these orders.")
        if is_last:
            return
    raise Later(0, "More orders wait; other work has its turn first.")


def _orders_of(listing_id: int, after: int) -> list[int]:
    """The next open orders that have a line of the listing."""
    lines = OrderLine.objects.filter(
        listing_id=listing_id, order_id__gt=after, order__status__in=OPEN
    )
    return list(lines.order_by("order_id").values_list("order_id", flat=True).distinct()[:BATCH])
