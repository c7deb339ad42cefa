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
