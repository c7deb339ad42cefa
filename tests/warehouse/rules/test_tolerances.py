"""How far a weight may be off, learnt from parcels of the same contents."""

from __future__ import annotations

from datetime import date
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.rules.tolerances import (
    Learnt,
    content_key,
    difference,
    expectation,
    is_same_reading,
    weight_rules_on,
)

RULES = weight_rules_on(date(2026, 11, 20))
MASTER = st.integers(20, 30_000)
DIFFERENCES = st.lists(st.integers(-800, 800), max_size=60)


def learnt(differences: list[int]) -> Learnt:
    return reduce(lambda sums, each: sums.plus(each), differences, Learnt())


def test_without_any_parcel_the_master_weight_is_expected_with_the_assumed_spread() -> None:
    found = expectation(1000, Learnt(), RULES)
    assert (found.expected_g, found.tolerance_g, found.parcels) == (1000, 120, 0)
    assert found.holds(880)
    assert found.holds(1120)
    assert not found.holds(1121)


def test_parcels_that_are_always_heavier_move_what_is_expected_and_narrow_it() -> None:
    found = expectation(1000, learnt([40] * 200), RULES)
    assert found.expected_g == 1039
    assert found.tolerance_g < 40
    assert not found.holds(1000)


def test_one_odd_parcel_does_not_make_every_weight_right() -> None:
    odd = difference(9000, 1000, RULES)
    assert odd == 500
    found = expectation(1000, learnt([0] * 20 + [odd]), RULES)
    assert found.tolerance_g <= 200
    assert not found.holds(9000)


@given(MASTER, DIFFERENCES)
def test_the_tolerance_is_between_floor_and_ceiling(master_g: int, differences: list[int]) -> None:
    found = expectation(master_g, learnt(differences), RULES)
    ceiling = max(RULES.tolerance_floor, master_g * RULES.tolerance_ceiling // 100)
    assert RULES.tolerance_floor <= found.tolerance_g <= ceiling
    assert found.expected_g >= 1
    assert found.holds(found.expected_g)


@given(MASTER, DIFFERENCES)
def test_the_order_of_parcels_is_of_no_account(master_g: int, differences: list[int]) -> None:
    there = expectation(master_g, learnt(differences), RULES)
    back = expectation(master_g, learnt(differences[::-1]), RULES)
    assert there == back


@given(st.integers(500, 20_000), st.integers(-400, 400))
def test_what_is_expected_lies_between_master_weight_and_mean(master_g: int, off: int) -> None:
    few = expectation(master_g, learnt([off] * 2), RULES).expected_g - master_g
    many = expectation(master_g, learnt([off] * 300), RULES).expected_g - master_g
    assert min(0, off) <= few <= max(0, off)
    assert abs(few) <= abs(many) <= abs(off)


@given(st.integers(1, 100_000), MASTER)
def test_what_one_parcel_teaches_is_bounded(weight_g: int, master_g: int) -> None:
    bound = max(RULES.tolerance_floor, master_g * RULES.learnt_bound // 100)
    assert abs(difference(weight_g, master_g, RULES)) <= bound


def test_a_content_is_the_same_in_any_order_and_another_in_another_carton() -> None:
    assert content_key([(1, 2), (7, 1)], "S") == content_key([(7, 1), (1, 1), (1, 1)], "S")
    assert content_key([(1, 2)], "S") != content_key([(1, 2)], "M")
    assert content_key([(1, 2)], "S") != content_key([(12, 2)], "S")


@pytest.mark.parametrize(
    ("one", "other", "same"), [(500, 510, True), (500, 511, False), (5000, 5050, True)]
)
def test_two_readings_agree_within_a_step_or_a_hundredth(one: int, other: int, same: bool) -> None:
    assert is_same_reading(one, other, RULES) is same
    assert is_same_reading(other, one, RULES) is same
