"""What the supervisor's board works out: when orders are due, hours of a place, a chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Due = Literal["overdue", "today", "later", "undated"]
DUES: tuple[Due, ...] = ("overdue", "today", "later", "undated")
WRONG_SCANS = frozenset({"wrong", "wrong_item", "not_an_item", "surplus", "unreadable", "none"})
"""Verdicts of a scan that was not of what was wanted. A press read twice is none of them."""
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DueEdges:
    """Before `now` it is overdue; before `cut_off` it is to go out today."""

    now: datetime
    cut_off: datetime

    def of(self, ship_by: datetime | None) -> Due:
        """Where an order stands."""
        if ship_by is None:
            return "undated"
        if ship_by < self.now:
            return "overdue"
        return "today" if ship_by < self.cut_off else "later"


def due_edges(*, now: datetime, zone: str, cut_offs: Sequence[datetime]) -> DueEdges:
    """Due is what must go before today's next cut-off; without one, before the day's end there."""
    end = start_of_day(now + timedelta(days=1), zone)
    coming = [each for each in cut_offs if now < each < end]
    return DueEdges(now, min(coming, default=end))


def start_of_day(at: datetime, zone: str) -> datetime:
    """Midnight of the place's calendar day, in UTC."""
    here = ZoneInfo(zone)
    return datetime.combine(at.astimezone(here).date(), time(), here).astimezone(UTC)


def hours_until(*, now: datetime, zone: str, count: int) -> list[datetime]:
    """The beginnings of the last `count` hours by the place's clock, the present one last.

    Steps are of elapsed time, so an hour that the clocks leave out or repeat stays one of them.
    """
    here = ZoneInfo(zone)
    local = now.astimezone(here)
    present = (
        now - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    ).astimezone(UTC)
    return [present - HOUR * back for back in range(count - 1, -1, -1)]


def nice_top(largest: int) -> int:
    """A round number not below the largest value, for the top of an axis; at least 4."""
    if largest <= 4:
        return 4
    size: int = 10 ** (len(str(largest)) - 1)
    steps = (1, 2, 4, 5, 8, 10)
    return next(step * size for step in steps if step * size >= largest)


def points(
    values: Sequence[int], *, top: int, width: int, height: int
) -> tuple[tuple[int, int], ...]:
    """Where each value stands in a picture of that size, its origin at the upper left."""
    step = width / max(len(values) - 1, 1)
    return tuple(
        (round(index * step), round(height - height * value / top))
        for index, value in enumerate(values)
    )
