"""Orders into waves, and cut-offs by the warehouse's clock."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.rules.waves import Candidate, Caps, Kind, fill_waves, kind_of, next_cut_off

WORKDAYS = (0, 1, 2, 3, 4)


def singles(*ids: int, **fields: int) -> list[Candidate]:
    return [Candidate(each, pieces=1, products=1, **fields) for each in ids]


def test_an_order_is_known_by_its_pieces_and_products() -> None:
    assert Candidate(1, pieces=1, products=1).kind == "single_item"
    assert Candidate(1, pieces=3, products=1).kind == "single_product"
    assert Candidate(1, pieces=2, products=2).kind == "multi"


def test_a_wave_is_what_all_its_orders_are() -> None:
    one, several, mixed = (
        Candidate(1, pieces=1, products=1),
        Candidate(2, pieces=2, products=1),
        Candidate(3, pieces=2, products=2),
    )
    assert kind_of([one]) == "single_item"
    assert kind_of([one, several]) == "single_product"
    assert kind_of([one, mixed]) == "multi"


def test_kinds_go_apart_and_the_most_urgent_wave_comes_first() -> None:
    waiting = [
        Candidate(1, pieces=2, products=2),
        Candidate(2, pieces=1, products=1),
        Candidate(3, pieces=3, products=3),
    ]
    assert fill_waves(waiting, caps=Caps(orders=9)) == [("multi", [1, 3]), ("single_item", [2])]
    only: tuple[Kind, ...] = ("single_item",)
    assert fill_waves(waiting, caps=Caps(orders=9), kinds=only) == [("single_item", [2])]


@pytest.mark.parametrize(
    "caps",
    [
        Caps(orders=2),
        Caps(orders=9, weight_g=1000),
        Caps(orders=9, volume_cm3=200),
    ],
)
def test_a_full_wave_is_followed_by_another(caps: Caps) -> None:
    waiting = singles(1, 2, 3, weight_g=500, volume_cm3=100)
    assert fill_waves(waiting, caps=caps) == [("single_item", [1, 2]), ("single_item", [3])]


def test_slots_bind_orders_of_several_products_only() -> None:
    caps = Caps(orders=9, slots=1)
    mixed = [Candidate(each, pieces=2, products=2) for each in (1, 2)]
    assert fill_waves(mixed, caps=caps) == [("multi", [1]), ("multi", [2])]
    assert fill_waves(singles(1, 2), caps=caps) == [("single_item", [1, 2])]


def test_an_order_beyond_a_cap_goes_alone() -> None:
    waiting = singles(1, weight_g=5000) + singles(2, weight_g=10)
    assert fill_waves(waiting, caps=Caps(orders=9, weight_g=1000)) == [
        ("single_item", [1]),
        ("single_item", [2]),
    ]


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(0, 900)), max_size=40),
    st.integers(1, 5),
    st.integers(1, 2000),
)
def test_every_order_is_in_one_wave_of_its_kind_within_the_caps(
    drawn: list[tuple[int, int, int]], most: int, weight_g: int
) -> None:
    waiting = [
        Candidate(place, pieces=max(pieces, products), products=products, weight_g=weight)
        for place, (pieces, products, weight) in enumerate(drawn)
    ]
    by_id = {each.order_id: each for each in waiting}
    waves = fill_waves(waiting, caps=Caps(orders=most, weight_g=weight_g))
    assert sorted(order_id for _kind, ids in waves for order_id in ids) == sorted(by_id)
    for kind, ids in waves:
        assert {by_id[each].kind for each in ids} == {kind}
        assert len(ids) <= most
        assert len(ids) == 1 or sum(by_id[each].weight_g for each in ids) <= weight_g
        assert ids == sorted(ids)


def test_a_cut_off_is_by_the_clock_of_the_place() -> None:
    # A Friday, half past five in the evening in Shenzhen.
    friday = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    at: dict[str, Any] = {"zone": "Asia/Shanghai", "weekdays": WORKDAYS}
    assert next_cut_off(after=friday, at=time(18, 0), **at) == datetime(
        2026, 11, 20, 10, 0, tzinfo=UTC
    )
    # Passed today: the next is on Monday.
    assert next_cut_off(after=friday, at=time(17, 0), **at) == datetime(
        2026, 11, 23, 9, 0, tzinfo=UTC
    )


def test_a_cut_off_keeps_its_hour_when_clocks_change() -> None:
    saturday = datetime(2026, 10, 24, 17, 0, tzinfo=UTC)
    found = next_cut_off(after=saturday, zone="Europe/Berlin", at=time(18, 0), weekdays=(6,))
    # Six in the evening of the winter's first day: an hour from UTC, no longer two.
    assert found == datetime(2026, 10, 25, 17, 0, tzinfo=UTC)


def test_the_same_weekday_comes_again_in_a_week_and_no_day_never() -> None:
    friday = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    assert next_cut_off(after=friday, zone="UTC", at=time(9, 30), weekdays=(4,)) == datetime(
        2026, 11, 27, 9, 30, tzinfo=UTC
    )
    assert next_cut_off(after=friday, zone="UTC", at=time(9, 30), weekdays=()) is None
