"""dashboard/settings/channels.html and channel_notices.html"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.forms import Form

from dashboard.screens.common import Badge, Destructive, Option, Pager, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionCard:
    """One shop. `fault` and `remedy` are empty while all is well; urls are empty where the member
    may not, or the state does not allow it."""

    name: str
    kind: str
    account: str
    badge: Badge
    fault: str
    remedy: str
    fault_since: datetime | None
    read_at: datetime | None
    read_until: datetime
    orders_read: int
    consent_ends_at: datetime | None
    tell_options: tuple[Option, ...]
    tell_label: str
    tell_url: str
    connect_url: str
    connect_label: str
    resume_url: str
    pause_url: str
    refused_count: int
    push_address: str
    end: Destructive | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelsPage:
    """`kinds` are the marketplaces on offer, empty where the member may connect none; `form` asks
    for what the chosen one needs. `is_moving`: a connection is being made, the page looks again by
    itself."""

    tabs: tuple[Tab, ...]
    connections: tuple[ConnectionCard, ...]
    kinds: tuple[Tab, ...]
    form: Form | None
    post_url: str
    notices_url: str
    is_moving: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class LeavePage:
    """The way to the marketplace's own page, where consent is given."""

    name: str
    address: str
    back_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeRow:
    """A parcel whose channel refused to hear of it."""

    order: str
    order_url: str
    channel: str
    parcel: str
    tracking_number: str
    reason: str
    remedy: str
    since: datetime
    again_url: str
    settle: Destructive | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionRow:
    """An order whose channel refused to hear that it is taken, or cancelled."""

    order: str
    order_url: str
    channel: str
    decision: str
    reason: str
    remedy: str
    since: datetime
    again_url: str
    settle: Destructive | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnreadRow:
    """An order of a channel that could not be read; `order` is "" where it has no number."""

    order: str
    channel: str
    reason: str
    since: datetime
    again_url: str
    settle: Destructive | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticesPage:
    """What a person must do at the marketplaces; of decisions and unread orders the newest 100."""

    tabs: tuple[Tab, ...]
    notices: tuple[NoticeRow, ...]
    decisions: tuple[DecisionRow, ...]
    unread: tuple[UnreadRow, ...]
    pager: Pager
