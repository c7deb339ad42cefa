"""When it will come: local days, business days, the carrier's word first."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.rules.eta import Window, delivery_window, local_day

YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def window(instant: datetime, low: int, high: int, kind: Literal["business", "calendar"]) -> Window:
    return delivery_window(
        handed_over_at=instant, origin_zone="Asia/Shanghai", days_min=low, days_max=high,
        day_kind=kind,
    )  # fmt: skip


def test_days_count_from_the_local_day_of_handover() -> None:
    # 23:30 UTC on Monday is already Tuesday in Shenzhen.
    found = window(datetime(2026, 8, 31, 23, 30, tzinfo=UTC), 2, 5, "business")
    assert (found.first, found.last) == (date(2026, 9, 3), date(2026, 9, 8))
    assert found.basis == "service"


def test_calendar_days_do_not_skip_the_weekend() -> None:
    found = window(datetime(2026, 9, 3, 4, tzinfo=UTC), 1, 10, "calendar")
    assert (found.first, found.last) == (date(2026, 9, 4), date(2026, 9, 13))


def test_the_carriers_estimate_replaces_the_window() -> None:
    found = delivery_window(
        handed_over_at=datetime(2026, 9, 3, tzinfo=UTC), origin_zone="UTC", days_min=1, days_max=2,
        day_kind="calendar", carrier_estimate=date(2026, 9, 20),
    )  # fmt: skip
    assert found == Window(date(2026, 9, 20), date(2026, 9, 20), "carrier")
    assert not found.is_late(date(2026, 9, 20))
    assert found.is_late(date(2026, 9, 21))


def test_the_same_instant_is_another_day_elsewhere() -> None:
    instant = datetime(2026, 9, 1, 20, tzinfo=UTC)
    assert local_day(instant, "Asia/Tokyo") == date(2026, 9, 2)
    assert local_day(instant, "America/Los_Angeles") == date(2026, 9, 1)
    with pytest.raises(ValueError, match="no time zone"):
        local_day(datetime(2026, 9, 1), "UTC")  # noqa: DTZ001


@given(
    st.integers(0, 366 * 24 * 60).map(lambda minutes: YEAR + timedelta(minutes=minutes)),
    st.integers(0, 20),
    st.integers(0, 20),
)
def test_a_business_window_is_in_order_and_on_working_days(
    instant: datetime, low: int, more: int
) -> None:
    found = window(instant, low, low + more, "business")
    assert found.first <= found.last
    assert found.first.weekday() < 5
    assert found.last.weekday() < 5
    assert found.first - local_day(instant, "Asia/Shanghai") >= timedelta(days=low)


def test_an_impossible_window_is_refused() -> None:
    with pytest.raises(ValueError, match="5 to 2"):
        window(datetime(2026, 9, 1, tzinfo=UTC), 5, 2, "business")
