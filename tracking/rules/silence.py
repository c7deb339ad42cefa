"""When silence about a parcel means trouble: stale first, then lost.

Limits are dated rows of ``tracking/data/loss_rules.csv`` by service mode, in seconds, so that a
demonstration can compress them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, Literal

from core.dated import Dated, in_force, read_dated
from tracking.rules.milestones import ParcelStanding
from tracking.rules.status_map import DATA
from tracking.rules.vocabulary import RANK, exception_kind

STALE: Final = "unknown.stale"
LOST: Final = "terminated.lost"


@dataclass(frozen=True, slots=True)
class SilenceRule:
    """After how many seconds without a scan a parcel is stale, and after how many lost."""

    mode: str
    stale_after_s: int
    lost_after_s: int
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Silence:
    """What the silence means: a canonical code, since when it does, and the last scan."""

    code: Literal["unknown.stale", "terminated.lost"]
    since: datetime
    last_scan_at: datetime
    rule: SilenceRule


class NoSilenceRule(LookupError):
    """No row of ``loss_rules.csv`` covers the mode on that day. Permanent until data is added."""


def silence_rule(mode: str, now: datetime) -> SilenceRule:
    """The limits of a service mode (express, line, postal) in force at that instant (UTC day)."""
    for rule in in_force(_rules(), now.date()):
        if rule.mode == mode:
            return rule
    raise NoSilenceRule(f"mode: no silence rule for {mode!r} on {now.date().isoformat()}")


def silence(
    standing: ParcelStanding, *, mode: str, now: datetime, compression: float = 1.0
) -> Silence | None:
    """What a parcel's silence means at ``now``; None while nothing is amiss.

    Counts from the last scan, and only between handover and the end of the journey. While customs
    or the buyer has the word (exceptions that stop the count) it may grow stale but not lost.
    ``compression`` divides the limits: 86400 makes a day one second.
    """
    if compression <= 0:
        raise ValueError(f"compression: {compression} must be above 0; 1 is real time")
    if standing.is_final or standing.last_scan_at is None or standing.milestone is None:
        return None
    if RANK[standing.milestone] < RANK["handed_over"]:
        return None
    rule = silence_rule(mode, now)
    last = standing.last_scan_at
    lost_at = last + timedelta(seconds=rule.lost_after_s / compression)
    stale_at = last + timedelta(seconds=rule.stale_after_s / compression)
    may_be_lost = (
        standing.exception is None or exception_kind(standing.exception.kind).silence_counts
    )
    if may_be_lost and now >= lost_at:
        return Silence(LOST, lost_at, last, rule)
    if now >= stale_at:
        return Silence(STALE, stale_at, last, rule)
    return None


@lru_cache(maxsize=1)
def _rules() -> tuple[Dated[SilenceRule], ...]:
    def rule(columns: Mapping[str, str]) -> SilenceRule:
        stale, lost = int(columns["stale_after_s"]), int(columns["lost_after_s"])
        if not 0 < stale < lost:
            raise ValueError(f"stale_after_s {stale} must be above 0 and below lost_after_s {lost}")
        return SilenceRule(columns["mode"], stale, lost, columns["source"], columns["confidence"])

    return read_dated(DATA / "loss_rules.csv", rule)
