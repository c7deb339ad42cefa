"""The lists behind a supervisor's numbers, each a page that reads no more than it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.dateparse import parse_datetime

from core.tenancy import across_merchants
from flows.supervision import STAGES, edges_of
from shipping.models import Booking
from warehouse.models import (
    Allocation,
    Inbound,
    Parcel,
    PickTask,
    PrintJob,
    Scan,
    ShortPick,
    Warehouse,
    Wave,
)
from warehouse.rules.board import DUES, WRONG_SCANS, DueEdges, start_of_day
from warehouse.services.expiry import past_their_day

PAGE = 50
LONGEST_NUMBER = 18
Rows = QuerySet[Any, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """One thing: its name, a second line, whose it is, when, and the wave it is in (0: none)."""

    name: str
    about: str
    owner: str
    at: datetime | None
    wave_id: int = 0
    wave: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list; `after` goes on behind it, "" at the end."""

    rows: tuple[Listed, ...]
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which list: `person` is an actor, for those of one person; `due` is "" for all."""

    house: Warehouse
    due: str
    person: str
    after: str
    now: datetime

    @property
    def day(self) -> datetime:
        """Since when it is today there."""
        return start_of_day(self.now, self.house.time_zone)


class NoSuchList(LookupError):
    """No list has this name."""


def list_page(what: str, asked: Asked) -> Page:
    """Read one page; raises `NoSuchList`. A cursor that says nothing begins anew."""
    if what not in LISTS or asked.due not in ("", *DUES):
        raise NoSuchList(what)
    with across_merchants("A supervisor's list names every merchant's orders in a warehouse."):
        return LISTS[what](asked)


def _due(edges: DueEdges, due: str) -> Q:
    return {
        "": Q(),
        "overdue": Q(ship_by__lt=edges.now),
        "today": Q(ship_by__gte=edges.now, ship_by__lt=edges.cut_off),
        "later": Q(ship_by__gte=edges.cut_off),
        "undated": Q(ship_by__isnull=True),
    }[due]


def _waiting(asked: Asked) -> Page:
    rows = Allocation.objects.filter(warehouse=asked.house, planned_at__isnull=True)
    return _by_day(rows, asked, name="order__reference", about="order__external_order")


def _packed(asked: Asked) -> Page:
    rows = Parcel.objects.filter(warehouse=asked.house, status=Parcel.Status.PACKED)
    return _by_day(rows, asked, name="reference", about="order__external_order", has_wave=True)


def _by_day(rows: Rows, asked: Asked, *, name: str, about: str, has_wave: bool = False) -> Page:
    """In the order of the day they are due, those without one last."""
    rows = rows.filter(_due(edges_of(asked.house, asked.now), asked.due))
    day, number = _cursor(asked.after)
    if number and day is None:
        rows = rows.filter(ship_by__isnull=True, pk__gt=number)
    elif number:
        rows = rows.filter(
            Q(ship_by__gt=day) | Q(ship_by=day, pk__gt=number) | Q(ship_by__isnull=True)
        )
    rows = rows.order_by(F("ship_by").asc(nulls_last=True), "pk")
    found = _values(rows, name=name, about=about, at="ship_by", has_wave=has_wave)
    return _page(found, lambda row: f"{row['at'].isoformat() if row['at'] else ''}|{row['pk']}")


def _of_waves(status: str) -> Callable[[Asked], Page]:
    """Wave by wave: that is how they are worked on."""

    def read(asked: Asked) -> Page:
        rows = Parcel.objects.filter(
            wave__warehouse=asked.house, wave__status=status, status=Parcel.Status.PLANNED
        ).filter(_due(edges_of(asked.house, asked.now), asked.due))
        said, number = asked.after.partition("|")[0], _cursor(asked.after)[1]
        if number and _is_number(said):
            wave = int(said)
            rows = rows.filter(wave_id__gte=wave).exclude(wave_id=wave, pk__lte=number)
        found = _values(
            rows.order_by("wave_id", "pk"), name="reference", about="order__external_order",
            at="ship_by", has_wave=True,
        )  # fmt: skip
        return _page(found, lambda row: f"{row['in_wave']}|{row['pk']}")

    return read


def _handed_over(asked: Asked) -> Page:
    rows = Parcel.objects.filter(warehouse=asked.house, handed_over_at__gte=asked.day)
    return _newest(rows, asked, name="reference", about="service_code", at="handed_over_at")


def _packs(asked: Asked) -> Page:
    rows = Parcel.objects.filter(
        warehouse=asked.house, packed_at__gte=asked.day, packed_by=asked.person
    )
    return _newest(rows, asked, name="reference", about="service_code", at="packed_at")


def _picks(asked: Asked) -> Page:
    rows = PickTask.objects.filter(
        location__warehouse=asked.house, picked_at__gte=asked.day, picked_by=asked.person
    )
    return _newest(rows, asked, name="product__sku", about="location__code", at="picked_at")


def _wrong(asked: Asked) -> Page:
    rows = Scan.objects.filter(
        at__gte=asked.day, actor=asked.person, verdict__in=sorted(WRONG_SCANS)
    )
    return _newest(rows, asked, name="raw", about="station", at="at")


def _short_picks(asked: Asked) -> Page:
    rows = ShortPick.objects.filter(counted_at__isnull=True, location__warehouse=asked.house)
    return _newest(rows, asked, name="location__code", about="product__sku", at="said_at")


def _unclear(asked: Asked) -> Page:
    rows = Booking.objects.filter(status=Booking.Status.UNCLEAR, parcel__warehouse=asked.house)
    return _newest(rows, asked, name="parcel__reference", about="carrier_code", at="created_at")


def _no_label(asked: Asked) -> Page:
    rows = Booking.objects.filter(
        status=Booking.Status.BOOKED, label__isnull=True, parcel__warehouse=asked.house
    )
    return _newest(rows, asked, name="parcel__reference", about="carrier_code", at="booked_at")


def _prints(asked: Asked) -> Page:
    rows = PrintJob.objects.filter(warehouse=asked.house, status="failed")
    return _newest(rows, asked, name="parcel__reference", about="station", at="finished_at")


def _inbounds(asked: Asked) -> Page:
    today = (asked.day + timedelta(hours=12)).date()
    rows = Inbound.objects.filter(warehouse=asked.house).filter(
        Q(status="announced", expected_on__lte=today) | Q(status__in=["receiving", "received"])
    )
    return _newest(rows, asked, name="number", about="reference", at="created_at")


def _expired(asked: Asked) -> Page:
    today = (asked.day + timedelta(hours=12)).date()
    rows = past_their_day(warehouse=asked.house, today=today).filter(reserved__gt=0)
    return _newest(rows, asked, name="product__sku", about="location__code", at="received_at")


def _newest(rows: Rows, asked: Asked, *, name: str, about: str, at: str) -> Page:
    number = _cursor(asked.after)[1]
    if number:
        rows = rows.filter(pk__lt=number)
    found = _values(rows.order_by("-pk"), name=name, about=about, at=at, has_wave=False)
    return _page(found, lambda row: f"|{row['pk']}")


def _values(rows: Rows, *, name: str, about: str, at: str, has_wave: bool) -> list[dict[str, Any]]:
    more = {"in_wave": F("wave_id"), "wave_number": F("wave__number")} if has_wave else {}
    plain = rows.values(
        "pk", title=F(name), second=F(about), owner=F("merchant__name"), at=F(at), **more
    ) if at != "at" else rows.values(
        "pk", "at", title=F(name), second=F(about), owner=F("merchant__name"), **more
    )  # fmt: skip
    return list(plain[: PAGE + 1])


def _page(found: list[dict[str, Any]], cursor: Callable[[dict[str, Any]], str]) -> Page:
    rows = [
        Listed(
            row["title"], row["second"], row["owner"], row["at"],
            row.get("in_wave") or 0, row.get("wave_number") or "",
        )
        for row in found[:PAGE]
    ]  # fmt: skip
    return Page(tuple(rows), cursor(found[PAGE - 1]) if len(found) > PAGE else "")


def _cursor(said: str) -> tuple[datetime | None, int]:
    """Read `day|id`; an id of 0 says that there is none."""
    day, _bar, number = said.partition("|")
    if not _is_number(number):
        return None, 0
    try:
        at = parse_datetime(day) if day else None
    except ValueError:
        return None, 0
    if at is not None and at.tzinfo is None:
        return None, 0
    return at, int(number)


def _is_number(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) <= LONGEST_NUMBER


LISTS: Mapping[str, Callable[[Asked], Page]] = {
    "waiting": _waiting,
    "planned": _of_waves(Wave.Status.PLANNED),
    "released": _of_waves(Wave.Status.RELEASED),
    "picked": _of_waves(Wave.Status.PICKED),
    "packed": _packed,
    "handed_over": _handed_over,
    "picks": _picks,
    "packs": _packs,
    "wrong": _wrong,
    "short_picks": _short_picks,
    "unclear": _unclear,
    "no_label": _no_label,
    "prints": _prints,
    "inbounds": _inbounds,
    "expired": _expired,
}
DUE_LISTS = STAGES
"""Those that part by when an order is due."""
