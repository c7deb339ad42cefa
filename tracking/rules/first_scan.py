"""How long after the handover a carrier's first scan may take.

Source: ``tracking/data/first_scan_rules.csv``.

A parcel that was signed for and never scanned was left behind, fell out of its bag, or has a label
that cannot be read. Somebody looks for it long before silence counts it as lost.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from core.dated import Dated, in_force, read_dated
from tracking.rules.status_map import DATA


class NoFirstScanRule(LookupError):
    """No row covers the mode on that day. Permanent until data is added."""


def first_scan_within(mode: str, on: date) -> timedelta:
    """After how long without a scan a handed-over parcel of a service mode is an exception."""
    for found, hours in in_force(_rules(), on):
        if found == mode:
            return timedelta(hours=hours)
    raise NoFirstScanRule(f"mode: no first-scan rule for {mode!r} on {on.isoformat()}")


@lru_cache(maxsize=1)
def _rules() -> tuple[Dated[tuple[str, int]], ...]:
    return read_dated(
        DATA / "first_scan_rules.csv", lambda columns: (columns["mode"], int(columns["hours"]))
    )
