"""dashboard/shipments/list.html and detail.html"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.journey_line import JourneyLine
from core.money import Money
from dashboard.screens.common import (
    Badge,
    Coded,
    Destructive,
    DocumentRow,
    Filter,
    HistoryEntry,
    Pager,
    Tab,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ShipmentRow:
    tracking_number: str
    url: str
    order_reference: str
    order_url: str
    carrier: Coded
    service: str
    country: str
    weight_g: int
    booked_at: datetime
    line: JourneyLine


@dataclass(frozen=True, kw_only=True, slots=True)
class ShipmentsPage:
    """`sort` is one of booked_at, weight, country with an optional leading minus."""

    tabs: tuple[Tab, ...]
    filters: tuple[Filter, ...]
    rows: tuple[ShipmentRow, ...]
    pager: Pager
    sort: str
    is_filtered: bool
    clear_url: str
    export_url: str
    orders_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackingRow:
    """One fact from one source: our words first, the source's own code and words after."""

    at: datetime
    place: str
    words: str
    source: str
    source_code: str = ""
    source_words: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeclarationRow:
    direction: str
    local_reference: str
    movement_reference: str
    badge: Badge
    changed_at: datetime
    reason: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ContentRow:
    sku: str
    title: str
    quantity: int
    hs: Coded | None
    origin_country: str
    value: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryProof:
    """Who took it, when and where; `signature_url` is an image or empty."""

    signed_by: str
    delivered_at: datetime
    place: str
    signature_url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShipmentPage:
    tracking_number: str
    order_reference: str
    order_url: str
    buyer_url: str
    badge: Badge
    line: JourneyLine
    carrier: Coded
    service: str
    service_reason: str
    country: str
    weight_g: int
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    price: Money | None
    expected: str
    contents: tuple[ContentRow, ...]
    declarations: tuple[DeclarationRow, ...]
    tracking: tuple[TrackingRow, ...]
    documents: tuple[DocumentRow, ...]
    history: tuple[HistoryEntry, ...]
    list_url: str
    proof: DeliveryProof | None = None
    photo_urls: tuple[str, ...] = ()
    claim_url: str = ""
    void: Destructive | None = None
