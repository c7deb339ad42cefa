"""Facts about channels that change with time: dated rows in `data/`, each with its source.

`<channel>_limits.csv` holds the published rate limits, `<channel>_carriers.csv` the channel's own
codes of carriers. A row without a beginning or an end has none.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What one `scope` (account, application) may call of an operation, before any answer."""

    operation: str
    rate_per_s: float
    burst: int
    scope: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class CarrierCode:
    """How a channel calls a carrier; `channel_name` is "" where it wants none beside the code."""

    carrier: str
    channel_code: str
    channel_name: str
    source: str
    confidence: str


def limits(channel: str, *, on: date) -> tuple[RateLimit, ...]:
    """The published limits of a channel in force on a day; () where none are published."""
    return tuple(
        RateLimit(
            operation=row["operation"],
            rate_per_s=float(row["rate_per_s"]),
            burst=int(row["burst"]),
            scope=row["scope"],
            source=row["source"],
            confidence=row["confidence"],
        )
        for row in _in_force(f"{channel}_limits.csv", on)
    )


def carrier_code(channel: str, carrier: str, *, on: date) -> CarrierCode | None:
    """The newest code a channel has for our carrier on a day; None where it has none."""
    rows = [row for row in _in_force(f"{channel}_carriers.csv", on) if row["carrier"] == carrier]
    if not rows:
        return None
    row = max(rows, key=lambda each: each["effective_from"])
    return CarrierCode(
        carrier=row["carrier"],
        channel_code=row["channel_code"],
        channel_name=row["channel_name"],
        source=row["source"],
        confidence=row["confidence"],
    )


def words(name: str, column: str, *, on: date) -> frozenset[str]:
    """The values of one column of `<name>.csv` in force on a day."""
    return frozenset(row[column] for row in _in_force(f"{name}.csv", on))


def _in_force(name: str, on: date) -> Iterator[dict[str, str]]:
    today = on.isoformat()
    for row in _rows(name):
        if row["effective_from"] <= today and (row.get("effective_to") or today) >= today:
            yield row


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    file = Path(__file__).parent / "data" / name
    if not file.is_file():
        return ()
    with file.open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))
