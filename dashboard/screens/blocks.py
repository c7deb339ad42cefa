"""dashboard/settings/blocked_buyers.html"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dashboard.screens.common import Destructive, Option, Pager, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockRow:
    """`fingerprint` is the beginning of the hash: to tell two entries apart, not to read one."""

    id: int
    kind: str
    fingerprint: str
    note: str
    made_at: datetime
    made_by: str
    remove: Destructive | None


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockedBuyersPage:
    """Posts `kind`, `value`, `country` and `note` to post_url; the value is never shown again."""

    tabs: tuple[Tab, ...]
    rows: tuple[BlockRow, ...]
    pager: Pager
    count: int
    is_more: bool
    kinds: tuple[Option, ...]
    fault: str
    may_edit: bool
    post_url: str
