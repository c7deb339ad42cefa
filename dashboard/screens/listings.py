"""dashboard/products/listings.html and listing.html"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dashboard.screens.common import Badge, BulkAction, Filter, Pager, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggested:
    """A product the code may be; `score` 0 to 100 is how sure that is."""

    sku: str
    title: str
    score: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingRow:
    """`waiting` orders wait for the code; `progress` says how far its orders were checked."""

    id: int
    code: str
    item_number: str
    channel: str
    title: str
    badge: Badge
    parts: tuple[str, ...]
    waiting: int
    is_more: bool
    progress: str
    suggestion: Suggested | None
    url: str
    map_url: str
    seen_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingsPage:
    tabs: tuple[Tab, ...]
    filters: tuple[Filter, ...]
    rows: tuple[ListingRow, ...]
    pager: Pager
    sort: str
    is_filtered: bool
    clear_url: str
    may_map: bool
    bulk_url: str
    bulk_actions: tuple[BulkAction, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PartField:
    """One line of the mapping form."""

    sku: str
    quantity: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingPage:
    """One code; posts `sku` and `quantity` lists with `action` map, ignore or unmap to map_url."""

    row: ListingRow
    brand: str
    model: str
    suggestions: tuple[Suggested, ...]
    parts: tuple[PartField, ...]
    fault: str
    may_map: bool
    list_url: str
