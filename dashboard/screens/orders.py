"""dashboard/orders/list.html and detail.html"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from core.journey_line import JourneyLine
from core.money import Money
from customs.fact_words import FactWords
from dashboard.screens.combining import FamilyPart
from dashboard.screens.common import (
    Badge,
    BulkAction,
    Coded,
    Destructive,
    DocumentRow,
    Filter,
    HistoryEntry,
    Pager,
    Tab,
)
from dashboard.screens.order_changes import OrderChanges


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderRow:
    """`id` is what the bulk form posts as `selected`; `holds` are hold names in words."""

    id: str
    reference: str
    url: str
    external_order: str
    channel: str
    placed_at: datetime
    recipient: str
    country: str
    line_count: int
    value: Money
    line: JourneyLine
    holds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    service: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OrdersPage:
    """`sort` is one of placed_at, reference, value, country with an optional leading minus."""

    tabs: tuple[Tab, ...]
    filters: tuple[Filter, ...]
    rows: tuple[OrderRow, ...]
    pager: Pager
    sort: str
    is_filtered: bool
    clear_url: str
    export_url: str
    upload_url: str
    bulk_url: str
    bulk_actions: tuple[BulkAction, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderLine:
    """`note` says what stops or changes this line in one sentence ("3 on backorder since ...")."""

    sku: str
    product_url: str
    title: str
    quantity: int
    allocated: int
    unit_value: Money
    hs: Coded | None
    origin_country: str
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldCard:
    """`reason` is what is wrong, `remedy` what would be right; posts `note` to release_url.

    Where only staff release it, `write_to` is the operator's address, `mail_url` a letter begun to
    it with the order named, and `send` what has to be in it.

    `suggestion` are corrections that would be right, as (field, its words, value). Where the cure
    is on another page, `mend_url` leads there, and `mend_help` says what to do there.
    """

    code: str
    words: str
    reason: str
    remedy: str
    who_may_release: str
    since: datetime
    may_release: bool
    release_url: str
    suggestion: tuple[tuple[str, str, str], ...] = ()
    correct_url: str = ""
    write_to: str = ""
    mail_url: str = ""
    send: str = ""
    mend_url: str = ""
    mend_label: str = ""
    mend_help: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderShipment:
    tracking_number: str
    url: str
    buyer_url: str
    carrier: Coded
    service: str
    reason: str
    is_withdrawn: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderNotice:
    """Something behind the order that stopped, and where to act, if there is anything to do."""

    words: str
    url: str = ""
    action: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LandedCostItem:
    """One duty, tax or fee with the sentence that computed it."""

    label: str
    sentence: str
    amount: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class LandedCost:
    """`not_covered` says why there is no figure; then items is empty and total None.

    `steps` are the sentences that led to the figure, `facts` what they rest on, `caveats` what the
    figure leaves open.
    """

    items: tuple[LandedCostItem, ...]
    total: Money | None
    paid_by: str
    facts: tuple[FactWords, ...] = ()
    not_covered: str = ""
    steps: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class AllocationCandidate:
    """`steps` are the sentences its score was made of."""

    warehouse: str
    verdict: str
    chosen: bool
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Allocation:
    """The stored explanation: one sentence, then every warehouse that was weighed.

    `version` is that of the merchant's rules, 0 for the operator's default; `waits_since` is set
    while the order is backordered.
    """

    sentence: str
    decided_at: datetime
    candidates: tuple[AllocationCandidate, ...]
    strategy: str = ""
    version: int = 0
    waits_since: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FromSupplier:
    """A drop shipment of an order, or a purchase of what it waits for."""

    number: str
    url: str
    supplier: str
    status: str
    carrier: str = ""
    tracking_number: str = ""
    expected_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderPage:
    """One order. `address` is its lines as written; `facts` are label and text pairs."""

    reference: str
    external_order: str
    channel: str
    placed_at: datetime
    badge: Badge
    line: JourneyLine
    recipient: str
    address: tuple[str, ...]
    country: str
    phone: str
    email: str
    lines: tuple[OrderLine, ...]
    value: Money
    holds: tuple[HoldCard, ...]
    shipments: tuple[OrderShipment, ...]
    documents: tuple[DocumentRow, ...]
    landed_cost: LandedCost | None
    allocation: Allocation | None
    from_suppliers: tuple[FromSupplier, ...] = ()
    on_order: tuple[FromSupplier, ...] = ()
    history: tuple[HistoryEntry, ...]
    list_url: str
    changes: OrderChanges
    cancel: Destructive | None = None
    is_cancelled: bool = False
    family: FamilyPart | None = None
    claim_url: str = ""
    ruled: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    wanted: tuple[tuple[str, str], ...] = ()
    mode: tuple[str, str] = ("", "")
    notices: tuple[OrderNotice, ...] = ()
