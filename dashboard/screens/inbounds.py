"""dashboard/inbounds/list.html, form.html, detail.html and labels.html"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.forms import Form

from dashboard.screens.common import (
    Badge,
    Destructive,
    DocumentRow,
    Filter,
    HistoryEntry,
    Pager,
    Tab,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class InboundRow:
    """`differs` says in words that something was over, short or damaged."""

    number: str
    url: str
    reference: str
    warehouse: str
    badge: Badge
    expected_on: date | None
    pieces: int
    made_at: datetime
    differs: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class InboundsPage:
    tabs: tuple[Tab, ...]
    filters: tuple[Filter, ...]
    rows: tuple[InboundRow, ...]
    pager: Pager
    is_filtered: bool
    clear_url: str
    new_url: str
    """Empty for a member who may not announce."""
    sort: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectedLine:
    """A row that cannot be announced: where it stands, what was found, what is wrong and right."""

    row: int
    column: str
    found: str
    wrong: str
    right: str


@dataclass(frozen=True, kw_only=True, slots=True)
class InboundFormPage:
    """`number` is empty for a new one."""

    tabs: tuple[Tab, ...]
    number: str
    back_url: str
    form: Form
    rejected: tuple[RejectedLine, ...]
    refused: str


@dataclass(frozen=True, kw_only=True, slots=True)
class InboundLineRow:
    """One row of the comparison; before receiving only `expected` counts."""

    sku: str
    title: str
    lot: str
    expires_on: date | None
    expected: int
    good: int = 0
    damaged: int = 0
    over: int = 0
    short: int = 0
    has_barcode: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class UnknownRow:
    code: str
    note: str
    quantity: int


@dataclass(frozen=True, kw_only=True, slots=True)
class InboundPage:
    """`edit_url`, `cancel` and `seen_url` are there while they may be used."""

    tabs: tuple[Tab, ...]
    number: str
    list_url: str
    reference: str
    badge: Badge
    warehouse: tuple[str, ...]
    expected_on: date | None
    cartons: int | None
    carrier_note: str
    source: str
    arrived_at: datetime | None
    received_at: datetime | None
    put_away_at: datetime | None
    is_received: bool
    lines: tuple[InboundLineRow, ...]
    unknown: tuple[UnknownRow, ...]
    said: str
    has_differences: bool
    edit_url: str
    cancel: Destructive | None
    seen_url: str
    documents: tuple[DocumentRow, ...]
    history: tuple[HistoryEntry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelsPage:
    tabs: tuple[Tab, ...]
    form: Form | None
    documents: tuple[DocumentRow, ...]
    back_url: str
    look_again: bool
