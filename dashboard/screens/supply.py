"""dashboard/suppliers/list.html, detail.html, requests.html and request.html"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.forms import Form

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
class SupplierRow:
    name: str
    url: str
    email: str
    products: int
    open_requests: int
    is_active: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SuppliersPage:
    """`form` is None for a member who may not add one."""

    tabs: tuple[Tab, ...]
    rows: tuple[SupplierRow, ...]
    pager: Pager
    form: Form | None
    post_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferRow:
    sku: str
    title: str
    code: str
    lead_days: int
    unit_cost: Money
    min_quantity: int
    is_drop_ship: bool
    remove: Destructive | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplierPage:
    tabs: tuple[Tab, ...]
    name: str
    list_url: str
    form: Form | None
    save_url: str
    offers: tuple[OfferRow, ...]
    offer_form: Form | None
    offer_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestRow:
    number: str
    url: str
    supplier: str
    kind: str
    goes_to: str
    badge: Badge
    pieces: int
    made_at: datetime
    late: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestsPage:
    tabs: tuple[Tab, ...]
    filters: tuple[Filter, ...]
    rows: tuple[RequestRow, ...]
    pager: Pager
    is_filtered: bool
    clear_url: str
    sort: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestLine:
    """`field` names the received pieces in the form."""

    sku: str
    title: str
    needed: int
    quantity: int
    received: int | None
    unit_cost: Money
    total: Money
    field: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestPage:
    """One request. `may` are the steps open to the member now: send, accept, refuse, ship,
    receive, withdraw, arrived; each is posted as `action` to `act_url`."""

    tabs: tuple[Tab, ...]
    number: str
    list_url: str
    supplier: str
    supplier_url: str
    email: str
    kind: str
    is_drop_ship: bool
    badge: Badge
    late: str
    goes_to: tuple[str, ...]
    order: str
    order_url: str
    expected_on: date | None
    emailed_at: datetime | None
    is_being_written: bool
    why: str
    carrier: str
    tracking_number: str
    lines: tuple[RequestLine, ...]
    totals: tuple[Money, ...]
    documents: tuple[DocumentRow, ...]
    history: tuple[HistoryEntry, ...]
    may: frozenset[str]
    act_url: str
