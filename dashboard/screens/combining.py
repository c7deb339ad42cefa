"""dashboard/orders/split.html and together.html, and the family on detail.html"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.money import Money
from dashboard.screens.common import Badge, Destructive, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class Relative:
    """An order of the same family; `goods` says what it holds."""

    reference: str
    external_order: str
    url: str
    badge: Badge
    goods: str
    value: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """Orders to the same door that may go along: posts their ids as `order` to merge_url.
    `against` says why not all of them may."""

    orders: tuple[tuple[int, str, str], ...]
    against: tuple[str, ...]
    merge_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FamilyPart:
    """What a split or a merge connects with an order, and what may be done. Empty where nothing."""

    made_of: tuple[Relative, ...]
    made_into: tuple[Relative, ...]
    was_undone: bool
    undo: Destructive | None
    split_url: str
    beside: Beside | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SplitLine:
    """A line with what was typed for each further part, by the input's name."""

    sku: str
    title: str
    quantity: int
    unit_value: Money
    inputs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SplitPage:
    """Posts `by` (hand, stock, warehouse, value), the inputs, `limit` and `reason` to post_url.
    `needs_reason`: a part comes under a customs limit, as `faults` say."""

    reference: str
    order_url: str
    post_url: str
    lines: tuple[SplitLine, ...]
    part_numbers: tuple[int, ...]
    currency: str
    limit: str
    reason: str
    faults: tuple[str, ...]
    needs_reason: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TogetherRow:
    """Orders to one door. `id` is what the bulk form posts as `selected`; empty where they may not
    be merged, and `against` says why."""

    id: str
    recipient: str
    place: str
    country: str
    orders: tuple[Relative, ...]
    value: Money
    oldest_at: datetime
    against: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TogetherPage:
    """`next_url` is empty on the last page."""

    tabs: tuple[Tab, ...]
    rows: tuple[TogetherRow, ...]
    merge_url: str
    may_merge: bool
    next_url: str
