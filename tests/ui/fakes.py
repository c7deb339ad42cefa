"""Realistic contexts for every template: many scripts, long words, faults and empty screens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from core.journey_line import JourneyLine, line_up_to
from core.money import Money
from dashboard.screens.common import (
    Badge,
    BulkAction,
    Coded,
    Destructive,
    DocumentRow,
    Filter,
    HistoryEntry,
    Option,
    Pager,
    Tab,
)
from dashboard.screens.shell import NavItem, Shell

NOW = datetime(2026, 10, 14, 9, 30, tzinfo=UTC)
STAGES = (
    ("ordered", "Ordered"),
    ("allocated", "Allocated"),
    ("packed", "Packed"),
    ("handed_over", "Handed over"),
    ("in_transit", "In transit"),
    ("cleared", "Cleared"),
    ("out_for_delivery", "Out for delivery"),
    ("delivered", "Delivered"),
)
NAV = (
    ("Today", "today", 14),
    ("Orders", "orders", None),
    ("Products & stock", "products", None),
    ("Shipments", "shipments", None),
    ("Customs", "customs", 3),
    ("Claims", "claims", 1),
    ("Billing", "billing", None),
    ("Settings", "settings", None),
)


def ago(*, hours: float = 0, days: float = 0, minutes: float = 0) -> datetime:
    return NOW - timedelta(days=days, hours=hours, minutes=minutes)


def eur(amount: str, currency: str = "EUR") -> Money:
    return Money(Decimal(amount), currency)


def line(reached: int, *, problem: str | None = None) -> JourneyLine:
    """A journey that has reached this many stages, half a day apart."""
    codes = [code for code, _label in STAGES[:reached]]
    instants = {code: ago(hours=12 * (reached - index) - 9) for index, code in enumerate(codes)}
    return line_up_to(labels=STAGES, reached=instants, problem=problem)


def shell(current: str = "Today") -> Shell:
    nav = tuple(
        NavItem(label=label, url=f"/{icon}/", icon=icon, current=label == current, count=count)
        for label, icon, count in NAV
    )
    return Shell(
        nav=nav,
        merchant_name="Hangzhou Lantern Trading 杭州灯笼贸易",
        member_name="陈美玲 Chen Meiling",
        member_role="Owner",
        home_url="/",
        search_url="/search/",
        account_url="/accounts/2fa/",
        sign_out_url="/accounts/logout/",
        set_language_url="/language/",
        languages=(
            Option(value="en", label="English", selected=True),
            Option(value="zh-hans", label="简体中文"),
            Option(value="es", label="Español"),
        ),
    )


PHONE_HS = Coded(code="8517.62", words="Wireless apparatus")
MUG_HS = Coded(code="6912.00", words="Ceramic tableware")
DHL = Coded(code="DHL", words="DHL Express")
POST = Coded(code="CNPOST", words="China Post")
LINE = Coded(code="EASTLINE", words="EastLine dedicated line")

TABS = (
    Tab(label="All", url="?", count=None, current=True),
    Tab(label="Held", url="?status=held", count=6),
    Tab(label="Backordered", url="?status=backordered", count=12),
    Tab(label="Ready", url="?status=ready", count=1204),
)
FILTERS = (
    Filter(name="q", label="Search", kind="search", placeholder="Number, name"),
    Filter(
        name="country",
        label="Country",
        options=(Option(value="", label="All"), Option(value="DE", label="Germany")),
    ),
    Filter(name="since", label="Placed since", kind="date"),
)
PAGER = Pager(next_cursor="eyJpZCI6NDJ9", previous_cursor="eyJpZCI6MX0")
HISTORY = (
    HistoryEntry(at=ago(hours=3), actor="EastLine", words="Arrived at sorting centre Liège"),
    HistoryEntry(
        at=ago(hours=26),
        actor="李雷 (floor)",
        words="Packed",
        detail="Carton C3, 1.24 kg weighed, 1.22 kg expected",
    ),
    HistoryEntry(at=ago(days=2), actor="Waybridge", words="Allocated to Shenzhen Bao'an"),
    HistoryEntry(at=ago(days=2, hours=1), actor="Amazon upload", words="Received"),
)
DOCUMENTS = (
    DocumentRow(
        kind="Shipping label",
        number="LBL-2026-004211",
        url="/documents/1/",
        made_at=ago(hours=27),
        size_bytes=48_213,
        sha256="9f2c4d7a1b3e5f60718293a4b5c6d7e8f9012345678901234567890123456789",
    ),
    DocumentRow(
        kind="Commercial invoice",
        number="INV-2026-004211",
        url="/documents/2/",
        made_at=ago(hours=26),
        size_bytes=61_002,
        sha256="0a1b2c3d4e5f60718293a4b5c6d7e8f9012345678901234567890123456789ab",
        replaces="INV-2026-004198",
    ),
)
CANCEL = Destructive(
    label="Cancel this order…",
    undoes=(
        "Its stock goes back to available, the booking with EastLine is voided and its label must "
        "be destroyed. Amazon is not told: cancel it there too."
    ),
    url="/orders/1/cancel/",
    confirm_label="Cancel the order",
    needs_reason=True,
)
BULK = (
    BulkAction(value="release", label="Release holds"),
    BulkAction(value="export", label="Export chosen"),
    BulkAction(
        value="cancel",
        label="Cancel…",
        undoes="Their reservations go back to available stock and their bookings are voided.",
    ),
)
GOOD = Badge(label="Delivered", tone="good")
MOVING = Badge(label="In transit", tone="progress")
HELD = Badge(label="Held", tone="act")
LOST = Badge(label="Lost", tone="bad")
