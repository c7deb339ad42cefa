"""One way to write an instant."""

from __future__ import annotations

import datetime as dt


def instant(at: float) -> str:
    """Return a Unix instant as ISO 8601 in UTC, cut to the millisecond (never after it)."""
    moment = dt.datetime.fromtimestamp(int(at * 1000) / 1000, tz=dt.UTC)
    return moment.isoformat(timespec="milliseconds")
