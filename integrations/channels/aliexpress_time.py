"""AliExpress tells and asks for times in US Pacific local time, without an offset. Pure.

Twice a year that is not one-to-one. In autumn an hour is told twice ("01:30:00" is two instants,
and which of them a filter takes is told nowhere): a window that touches it is widened to the whole
hour, so that nothing falls between, and an order may come twice instead. In spring an hour does not
exist; no instant falls into it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")
_FORMAT = "%Y-%m-%d %H:%M:%S"
_STEP = timedelta(seconds=1)


def window_start(at: datetime) -> str:
    """The latest local text at which a filter may begin and still take in the instant `at`."""
    local = at.astimezone(PACIFIC).replace(microsecond=0)
    if _is_told_twice(local):
        local = local.replace(minute=0, second=0) - _STEP
        # The second before the repeated hour is told once; arithmetic on it is plain wall time.
    return local.strftime(_FORMAT)


def window_end(at: datetime) -> str:
    """The earliest local text at which a filter may end and still take in all before `at`."""
    local = at.astimezone(PACIFIC)
    if local.microsecond:
        local = (at + _STEP).astimezone(PACIFIC).replace(microsecond=0)
    if _is_told_twice(local):
        local = local.replace(minute=0, second=0) + timedelta(hours=1)
    return local.strftime(_FORMAT)


def instant(text: str) -> datetime | None:
    """The UTC instant of a local text; the earlier of the two in the repeated hour.

    None for nothing or an unreadable text. A text in the hour that does not exist is read as if
    clocks had not been moved yet.
    """
    local = _local(text)
    return None if local is None else local.astimezone(UTC)


def certain_instant(text: str) -> datetime | None:
    """As `instant`, but None in the repeated hour: for what versions are compared by."""
    local = _local(text)
    return None if local is None or _is_told_twice(local) else local.astimezone(UTC)


def _local(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _FORMAT).replace(tzinfo=PACIFIC)
    except ValueError:
        return None


def _is_told_twice(local: datetime) -> bool:
    first, second = local.replace(fold=0), local.replace(fold=1)
    # In spring's gap the offsets differ too, but the later reading is then the smaller instant.
    return (second.astimezone(UTC) - first.astimezone(UTC)) > timedelta(0)
