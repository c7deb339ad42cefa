"""The supervisor's board: what is overdue, whose midnight counts, and a chart's points."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from warehouse.rules.board import (
    DueEdges,
    due_edges,
    hours_until,
    nice_top,
    points,
    start_of_day,
)

SHANGHAI, KOLKATA, BERLIN = "Asia/Shanghai", "Asia/Kolkata", "Europe/Berlin"
NOON = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
"""Noon in Shanghai."""


@pytest.mark.parametrize(
    ("hours", "due"),
    [
        (-0.1, "overdue"),
        (0, "today"),
        (4.9, "today"),
        (5, "later"),
        (40, "later"),
        (None, "undated"),
    ],
)
def test_where_an_order_stands(hours: float | None, due: str) -> None:
    edges = DueEdges(NOON, NOON + timedelta(hours=5))
    assert edges.of(None if hours is None else NOON + timedelta(hours=hours)) == due


@pytest.mark.parametrize(
    ("cut_offs", "edge"),
    [
        ([], datetime(2026, 11, 26, 16, tzinfo=UTC)),
        ([NOON + timedelta(hours=8), NOON + timedelta(hours=5)], NOON + timedelta(hours=5)),
        ([NOON - timedelta(hours=1)], datetime(2026, 11, 26, 16, tzinfo=UTC)),
        ([NOON + timedelta(hours=20)], datetime(2026, 11, 26, 16, tzinfo=UTC)),
    ],
)
def test_due_is_before_the_next_cut_off_of_the_day_there(
    cut_offs: list[datetime], edge: datetime
) -> None:
    assert due_edges(now=NOON, zone=SHANGHAI, cut_offs=cut_offs).cut_off == edge


def test_the_day_begins_by_the_clock_of_the_place() -> None:
    late = datetime(2026, 11, 26, 17, 30, tzinfo=UTC)
    assert start_of_day(late, SHANGHAI) == datetime(2026, 11, 26, 16, tzinfo=UTC)
    assert start_of_day(late, BERLIN) == datetime(2026, 11, 25, 23, tzinfo=UTC)


def test_hours_are_those_of_the_place_also_at_half_past() -> None:
    hours = hours_until(now=NOON + timedelta(minutes=10), zone=KOLKATA, count=3)
    assert [each.strftime("%H:%M") for each in hours] == ["01:30", "02:30", "03:30"]


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    after = datetime(2026, 10, 25, 1, 5, tzinfo=UTC)
    hours = hours_until(now=after, zone=BERLIN, count=3)
    assert [each.hour for each in hours] == [23, 0, 1]


@pytest.mark.parametrize(
    ("largest", "top"),
    [(0, 4), (4, 4), (5, 5), (7, 8), (11, 20), (87, 100), (412, 500), (900, 1000)],
)
def test_an_axis_ends_at_a_round_number(largest: int, top: int) -> None:
    assert nice_top(largest) == top


def test_a_chart_starts_at_the_left_and_the_top_is_above() -> None:
    assert points([0, 5, 10], top=10, width=200, height=100) == ((0, 100), (100, 50), (200, 0))
    assert points([3], top=4, width=200, height=100) == ((0, 25),)
