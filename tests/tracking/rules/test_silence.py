"""Silence: stale at its limit, lost at its limit, and never while somebody else has the word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tracking.rules.milestones import ParcelStanding, TrackEvent, fold
from tracking.rules.silence import NoSilenceRule, silence

START = datetime(2026, 9, 1, 8, tzinfo=UTC)
DAY = 86400


def after(*codes: str) -> ParcelStanding:
    return fold(TrackEvent(canonical=code, happened_at=START) for code in codes)


def verdict(
    standing: ParcelStanding, seconds: float, mode: str = "express", compression: float = 1.0
) -> str | None:
    found = silence(
        standing, mode=mode, now=START + timedelta(seconds=seconds), compression=compression
    )
    return found.code if found else None


@pytest.mark.parametrize(
    ("mode", "stale", "lost"), [("express", 3, 10), ("line", 7, 20), ("postal", 14, 30)]
)
def test_each_mode_has_its_two_limits(mode: str, stale: int, lost: int) -> None:
    parcel = after("in_transit.general")
    assert verdict(parcel, stale * DAY - 1, mode) is None
    assert verdict(parcel, stale * DAY, mode) == "unknown.stale"
    assert verdict(parcel, lost * DAY - 1, mode) == "unknown.stale"
    assert verdict(parcel, lost * DAY, mode) == "terminated.lost"


def test_a_demonstration_compresses_days_into_seconds() -> None:
    parcel = after("accepted.handed_over")
    assert verdict(parcel, 9.9, compression=DAY) == "unknown.stale"
    assert verdict(parcel, 10, compression=DAY) == "terminated.lost"
    with pytest.raises(ValueError, match="compression"):
        verdict(parcel, 1, compression=0)


@pytest.mark.parametrize("codes", [
    (), ("pre_transit.packed",), ("delivered.confirmed",), ("terminated.lost",),
])  # fmt: skip
def test_before_handover_and_after_the_end_silence_means_nothing(codes: tuple[str, ...]) -> None:
    assert verdict(after(*codes), 100 * DAY) is None


def test_in_customs_it_grows_stale_but_not_lost() -> None:
    assert verdict(after("in_transit.customs_held"), 100 * DAY) == "unknown.stale"


def test_a_mode_without_a_rule_is_named() -> None:
    with pytest.raises(NoSilenceRule, match="'balloon'"):
        verdict(after("in_transit.general"), 1, "balloon")
