"""The codes of the merchant's channels and what they may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from dashboard.readings.orders import begins_with
from dashboard.screens.common import Badge
from dashboard.screens.listings import ListingPage, ListingRow, PartField, Suggested
from orders.models import Channel, ChannelListing, ListingStatus
from orders.suggestions import COUNTED, Suggestion, suggestions_for, waiting_orders

EMPTY_PARTS = 4
"""Lines left free in the mapping form; a larger bundle is mapped through the API."""


def listings_matching(*, status: str, query: str) -> QuerySet[ChannelListing]:
    """The listings of a list; `query` is the beginning of a code."""
    rows = ChannelListing.objects.all()
    if status:
        rows = rows.filter(status=status)
    if query:
        rows = rows.filter(begins_with("code", query))
    return rows.select_related("channel").prefetch_related("parts__product")


def listing_rows(listings: Sequence[ChannelListing]) -> tuple[ListingRow, ...]:
    """Rows of a list, with the best suggestion of each that is to be mapped."""
    unmapped = [each for each in listings if each.status == ListingStatus.UNMAPPED]
    found = suggestions_for(unmapped)
    waiting = waiting_orders([each.pk for each in listings])
    return tuple(_row(each, waiting, found.get(each.pk, ())) for each in listings)


def read_listing(
    listing: ChannelListing, *, may_map: bool, fault: str = "", typed: Sequence[PartField] = ()
) -> ListingPage:
    """The page of one code; `typed` is what a refused form had in it."""
    found = suggestions_for([listing])[listing.pk]
    row = _row(listing, waiting_orders([listing.pk]), found)
    parts = tuple(
        PartField(sku=part.product.sku, quantity=str(part.quantity)) for part in listing.parts.all()
    )
    lines = (*(typed or parts), *(PartField(sku="", quantity="1"),) * EMPTY_PARTS)
    return ListingPage(
        row=row,
        brand=listing.brand,
        model=listing.model,
        suggestions=tuple(map(_suggested, found)),
        parts=lines[: max(len(parts), EMPTY_PARTS) + 1],
        fault=fault,
        may_map=may_map,
        list_url=reverse("dashboard:listings"),
    )


def _channel_name(channel: Channel) -> str:
    """A shop's own name; files have none that a person gave."""
    is_file = channel.kind == Channel.Kind.UPLOAD
    return str(channel.get_kind_display()) if is_file else channel.name


def _row(
    listing: ChannelListing, waiting: Mapping[int, int], found: Sequence[Suggestion]
) -> ListingRow:
    many = waiting.get(listing.pk, 0)
    url = reverse("dashboard:listing", args=[listing.pk])
    return ListingRow(
        id=listing.pk,
        code=listing.code,
        item_number=listing.item_number,
        channel=_channel_name(listing.channel),
        title=listing.title,
        badge=Badge(
            label=str(listing.get_status_display()),
            tone="act" if listing.status == ListingStatus.UNMAPPED else "neutral",
        ),
        parts=tuple(f"{part.quantity} × {part.product.sku}" for part in listing.parts.all()),
        waiting=min(many, COUNTED),
        is_more=many > COUNTED,
        progress=_progress(listing),
        suggestion=_suggested(found[0]) if found else None,
        url=url,
        map_url=reverse("dashboard:listing_map", args=[listing.pk]),
        seen_at=listing.created_at,
    )


def _progress(listing: ChannelListing) -> str:
    if listing.checked_after_order is None:
        return ""
    many = listing.orders_checked
    words = ngettext(
        "%(count)s order checked, more to come", "%(count)s orders checked, more to come", many
    )
    return words % {"count": many}


def _suggested(suggestion: Suggestion) -> Suggested:
    return Suggested(
        sku=suggestion.product.sku, title=suggestion.product.title, score=suggestion.score
    )
