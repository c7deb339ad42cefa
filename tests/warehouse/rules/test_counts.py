"""Classes, tolerances, and what a count leads to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from warehouse.rules.counts import (
    Difference,
    Goods,
    Promised,
    accuracy,
    classify,
    count_rules,
    differences,
    give_up,
    is_tolerated,
    outcome,
)

RULES = replace(count_rules(date(2026, 11, 26)), tolerance_pieces=1, tolerance_percent=2)


def goods(product: int = 1) -> Goods:
    return (product, "", None, "good")


def off(expected: int, counted: int) -> Difference:
    return Difference(goods(), expected, counted)


def test_classes_by_share_of_pieces() -> None:
    shipped = {1: 700, 2: 150, 3: 100, 4: 50, 5: 0}
    assert classify(shipped, a_percent=80, b_percent=95) == {1: "A", 2: "A", 3: "B", 4: "C", 5: "C"}


@given(st.dictionaries(st.integers(1, 50), st.integers(0, 500), max_size=20))
def test_faster_is_never_in_a_later_class_and_a_reaches_its_share(shipped: dict[int, int]) -> None:
    classes = classify(shipped, a_percent=80, b_percent=95)
    assert classes.keys() == shipped.keys()
    ordered = sorted(shipped, key=lambda product: (-shipped[product], product))
    assert [classes[each] for each in ordered] == sorted(classes[each] for each in ordered)
    fast = sum(shipped[each] for each in shipped if classes[each] == "A")
    assert fast * 100 >= sum(shipped.values()) * 80


def test_differences_are_over_everything_in_the_bin() -> None:
    rows = differences({goods(1): 5, goods(2): 3}, {goods(1): 5, goods(3): 1})
    assert [(row.goods[0], row.pieces) for row in rows] == [(1, 0), (2, -3), (3, 1)]


def test_small_differences_are_taken_over_and_large_ones_counted_again() -> None:
    assert outcome([off(10, 10)], attempt=1, rules=RULES) == "agrees"
    assert outcome([off(10, 9)], attempt=1, rules=RULES) == "adjust"
    assert outcome([off(10, 8)], attempt=1, rules=RULES) == "second"
    assert outcome([off(10, 8)], attempt=2, rules=RULES) == "approve"
    assert outcome([off(10, 9), off(10, 5)], attempt=1, rules=RULES) == "second"
    assert is_tolerated(off(200, 196), RULES)
    assert not is_tolerated(off(200, 195), RULES)


def test_limits_are_dated_data() -> None:
    today = count_rules(date(2026, 11, 26))
    assert (today.window_days, today.a_percent, today.b_percent) == (90, 80, 95)


def test_accuracy_counts_missing_and_found_alike() -> None:
    found = accuracy([[off(10, 10)], [off(10, 8), off(10, 12)]])
    assert (found.bins_percent, found.pieces_percent) == (50.0, 86.7)
    assert accuracy([]).bins_percent is None
    assert accuracy([]).pieces_percent is None


def promise(order: int, quantity: int, day: int, *, can_wait: bool = True) -> Promised:
    return Promised(order_id=order, quantity=quantity, urgency=(0, day, order), can_wait=can_wait)


def test_least_urgent_orders_lose_their_promise() -> None:
    rows = [promise(1, 2, 1), promise(2, 2, 9), promise(3, 2, 5)]
    assert give_up(1, rows) == ([2], 0)
    assert give_up(3, rows) == ([2, 3], 0)
    assert give_up(0, rows) == ([], 0)


def test_planned_orders_keep_theirs_and_it_is_said_how_much_is_missing() -> None:
    rows = [promise(1, 2, 1), promise(2, 2, 9, can_wait=False)]
    assert give_up(3, rows) == ([1], 1)


@given(
    st.integers(0, 30),
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9), st.booleans()), max_size=8),
)
def test_enough_is_given_up_and_nothing_planned(
    short: int, drawn: list[tuple[int, int, bool]]
) -> None:
    rows = [
        promise(number, quantity, day, can_wait=can_wait)
        for number, (quantity, day, can_wait) in enumerate(drawn)
    ]
    chosen, left = give_up(short, rows)
    freed = sum(row.quantity for row in rows if row.order_id in chosen)
    assert freed + left >= short
    assert all(row.can_wait for row in rows if row.order_id in chosen)
