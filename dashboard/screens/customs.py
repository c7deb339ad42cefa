"""dashboard/customs/list.html"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dashboard.screens.common import Badge, Filter, Pager, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class MissingData:
    """One gap that stops parcels: what is missing on what, what would be right, how many wait."""

    subject: str
    subject_url: str
    field: str
    remedy: str
    waiting: int
    oldest_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DeclarationListRow:
    local_reference: str
    movement_reference: str
    direction: str
    country: str
    tracking_number: str
    shipment_url: str
    badge: Badge
    changed_at: datetime
    reason: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomsPage:
    """`sort` is changed_at with an optional leading minus."""

    missing: tuple[MissingData, ...]
    tabs: tuple[Tab, ...]
    filters: tuple[Filter, ...]
    rows: tuple[DeclarationListRow, ...]
    pager: Pager
    sort: str
    is_filtered: bool
    clear_url: str
    export_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedRow:
    """One thing customs refused: where, what was declared there, and customs' own words."""

    where: str
    value: str
    said: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GoodsRow:
    """What customs must know of one product in the parcel."""

    id: int
    sku: str
    title: str
    hs_code: str
    origin_country: str
    customs_description: str
    weight_g: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CorrectionPage:
    """dashboard/customs/declaration.html; posts `product-ID-hs_code` and its like to itself."""

    local_reference: str
    direction: str
    country: str
    badge: Badge
    changed_at: datetime
    order_reference: str
    order_url: str
    corrects: str
    corrected_by: str
    corrected_by_url: str
    refused: tuple[RefusedRow, ...]
    problems: tuple[str, ...]
    goods: tuple[GoodsRow, ...]
    may_correct: bool
    is_open: bool
    list_url: str
    fault: str = ""
