"""US Pacific local time across both days on which clocks are moved: nothing may fall between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.channels.aliexpress_time import (
    PACIFIC,
    certain_instant,
    instant,
    window_end,
    window_start,
)

AUTUMN = datetime(2026, 11, 1, 9, tzinfo=UTC)  # 02:00 PDT becomes 01:00 PST
SPRING = datetime(2027, 3, 14, 10, tzinfo=UTC)  # 02:00 PST becomes 03:00 PDT
AROUND = st.one_of(
    st.integers(-3 * 3600, 3 * 3600).map(lambda s: AUTUMN + timedelta(seconds=s)),
    st.integers(-3 * 3600, 3 * 3600).map(lambda s: SPRING + timedelta(seconds=s)),
    st.integers(0, 2 * 366 * 86400).map(
        lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
    ),
)


@pytest.mark.parametrize(
    ("at", "starts", "ends"),
    [
        (datetime(2026, 7, 1, 7, tzinfo=UTC), "2026-07-01 00:00:00", "2026-07-01 00:00:00"),
        (datetime(2026, 12, 1, 8, tzinfo=UTC), "2026-12-01 00:00:00", "2026-12-01 00:00:00"),
        # The repeated hour, in its first and its second round.
        (datetime(2026, 11, 1, 8, 30, tzinfo=UTC), "2026-11-01 00:59:59", "2026-11-01 02:00:00"),
        (datetime(2026, 11, 1, 9, 30, tzinfo=UTC), "2026-11-01 00:59:59", "2026-11-01 02:00:00"),
        (datetime(2026, 11, 1, 10, 0, tzinfo=UTC), "2026-11-01 02:00:00", "2026-11-01 02:00:00"),
        # The missing hour: the second before it and its end.
        (SPRING - timedelta(seconds=1), "2027-03-14 01:59:59", "2027-03-14 01:59:59"),
        (SPRING, "2027-03-14 03:00:00", "2027-03-14 03:00:00"),
    ],
)
def test_bounds_in_pacific_time(at: datetime, starts: str, ends: str) -> None:
    assert (window_start(at), window_end(at)) == (starts, ends)


@given(AROUND, st.integers(1, 5 * 3600), st.floats(0, 0.999))
def test_an_instant_in_the_window_is_in_the_filter_however_the_repeated_hour_is_read(
    since: datetime, seconds: int, place: float
) -> None:
    until = since + timedelta(seconds=seconds)
    changed = (since + timedelta(seconds=int(seconds * place))).replace(microsecond=0)
    told = changed.astimezone(PACIFIC).strftime("%Y-%m-%d %H:%M:%S")
    # A server that compares the texts it shows ...
    assert window_start(since) <= told <= window_end(until)
    # ... and servers that read a repeated text as the first or as the second instant.
    for fold in (0, 1):
        first, last = (
            datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=PACIFIC, fold=fold)
            for text in (window_start(since), window_end(until))
        )
        assert first.astimezone(UTC) <= changed <= last.astimezone(UTC)


def test_texts_become_instants() -> None:
    assert instant("2026-07-01 00:00:00") == datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert instant("2026-12-01 00:00:00") == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert instant("") is None
    assert instant("1 July") is None


def test_a_version_in_the_repeated_hour_has_no_certain_instant() -> None:
    assert certain_instant("2026-11-01 01:30:00") is None
    assert instant("2026-11-01 01:30:00") == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
    assert certain_instant("2026-11-01 02:00:00") == datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert certain_instant("2027-03-14 02:30:00") == datetime(2027, 3, 14, 10, 30, tzinfo=UTC)
