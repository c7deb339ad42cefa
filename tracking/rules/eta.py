"""When a parcel will come, as local days: never an instant that nobody promised.

A carrier's own estimate wins over the service's usual days. Business days are Monday to Friday;
public holidays are not known and not guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Window:
    """The local days at the destination between which delivery is expected, both inclusive."""

    first: date
    last: date
    basis: Literal["carrier", "service"]

    def is_late(self, today: date) -> bool:
        """True once the last day is over at the destination."""
        return today > self.last


def local_day(instant: datetime, zone: str) -> date:
    """The calendar day of an aware instant in an IANA zone."""
    if instant.tzinfo is None:
        raise ValueError(f"instant: {instant.isoformat()} has no time zone")
    return instant.astimezone(ZoneInfo(zone)).date()


def delivery_window(
    *,
    handed_over_at: datetime,
    origin_zone: str,
    days_min: int,
    days_max: int,
    day_kind: Literal["business", "calendar"],
    carrier_estimate: date | None = None,
) -> Window:
    """Expect delivery between ``days_min`` and ``days_max`` days after the day of handover.

    The day of handover is the calendar day where the parcel was handed over; carriers count from
    the next one. ``carrier_estimate`` (a local day at the destination) replaces the window.
    """
    if not 0 <= days_min <= days_max:
        raise ValueError(f"days: {days_min} to {days_max} is no window")
    if carrier_estimate is not None:
        return Window(carrier_estimate, carrier_estimate, "carrier")
    start = local_day(handed_over_at, origin_zone)
    return Window(_after(start, days_min, day_kind), _after(start, days_max, day_kind), "service")


def _after(start: date, days: int, day_kind: Literal["business", "calendar"]) -> date:
    if day_kind == "calendar":
        return start + timedelta(days=days)
    day = start
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    # Handed over on a Saturday with no days to wait: still not before a working day.
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day
