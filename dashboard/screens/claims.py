"""dashboard/claims/list.html, detail.html and new.html"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.forms import Form

from core.journey_line import JourneyLine
from core.money import Money
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
class ClaimRow:
    """`waits_for` says whose turn it is ("You: photo of the damage"); empty once settled."""

    number: str
    url: str
    kind: str
    tracking_number: str
    shipment_url: str
    opened_at: datetime
    asked: Money
    paid: Money | None
    badge: Badge
    waits_for: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimsPage:
    """`sort` is one of opened_at, asked with an optional leading minus."""

    tabs: tuple[Tab, ...]
    filters: tuple[Filter, ...]
    rows: tuple[ClaimRow, ...]
    pager: Pager
    sort: str
    is_filtered: bool
    clear_url: str
    export_url: str
    new_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimDecision:
    """`steps` are the sentences that led from the amount asked to the amount paid."""

    words: str
    decided_at: datetime
    decided_by: str
    steps: tuple[str, ...]
    limit_source: str
    paid: Money | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimPage:
    """`evidence_form` is None once nothing more may be added; it posts to `evidence_url`."""

    number: str
    kind: str
    badge: Badge
    tracking_number: str
    shipment_url: str
    line: JourneyLine
    opened_at: datetime
    opened_by: str
    description: str
    asked: Money
    asked_words: str
    evidence: tuple[DocumentRow, ...]
    decision: ClaimDecision | None
    payout: tuple[DocumentRow, ...]
    history: tuple[HistoryEntry, ...]
    list_url: str
    waits_for: str = ""
    evidence_form: Form | None = None
    evidence_url: str = ""
    withdraw: Destructive | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewClaimPage:
    """`shipment_words` names the parcel when the claim was opened from it, else empty."""

    form: Form
    post_url: str
    list_url: str
    shipment_words: str
    limit_words: str
