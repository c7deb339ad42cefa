"""What was announced against what came: over, short and damaged apart."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.rules.receiving import (
    Announced,
    Arrived,
    Compared,
    Said,
    compare,
    lot_of,
    read_typed,
    totals,
)

MAY, JUNE = date(2027, 5, 31), date(2027, 6, 30)
LOTS = st.sampled_from([("", None), ("A", None), ("A", MAY), ("B", JUNE), ("b", JUNE)])
PIECES = st.integers(min_value=0, max_value=50)


@st.composite
def announced_lines(draw: st.DrawFn) -> Announced:
    lot, expiry = draw(LOTS)
    product = draw(st.integers(1, 3))
    return Announced(product_id=product, expected=draw(PIECES), lot=lot, expires_on=expiry)


@st.composite
def arrivals(draw: st.DrawFn) -> Arrived:
    lot, expiry = draw(LOTS)
    product = draw(st.integers(1, 4))
    good, damaged = draw(PIECES), draw(PIECES)
    return Arrived(product_id=product, good=good, damaged=damaged, lot=lot, expires_on=expiry)


@given(st.lists(announced_lines(), max_size=6), st.lists(arrivals(), max_size=6))
def test_no_piece_is_lost_and_each_row_adds_up(
    announced: list[Announced], arrived: list[Arrived]
) -> None:
    rows = compare(announced, arrived)
    for product in range(1, 5):
        came = [each for each in arrived if each.product_id == product]
        mine = [row for row in rows if row.product_id == product]
        assert sum(row.good for row in mine) == sum(each.good for each in came)
        assert sum(row.damaged for row in mine) == sum(each.damaged for each in came)
    for row in rows:
        assert row.expected + row.over - row.short == row.good + row.damaged
    assert sum(row.expected for row in rows) == sum(each.expected for each in announced)


@given(st.lists(announced_lines(), max_size=6))
def test_what_comes_as_announced_has_no_difference(announced: list[Announced]) -> None:
    once = {(each.product_id, each.lot.casefold(), each.expires_on): each for each in announced}
    came = [
        Arrived(product_id=e.product_id, good=e.expected, lot=e.lot, expires_on=e.expires_on)
        for e in once.values()
    ]
    assert not any(row.differs for row in compare(list(once.values()), came))


def one(rows: list[Compared]) -> tuple[int, int, int, int, int]:
    (row,) = rows
    return row.expected, row.good, row.damaged, row.over, row.short


def test_a_line_without_a_lot_takes_every_lot() -> None:
    came = [
        Arrived(product_id=1, good=6, lot="A", expires_on=MAY),
        Arrived(product_id=1, good=2, damaged=1, lot="B", expires_on=JUNE),
    ]
    assert one(compare([Announced(product_id=1, expected=10)], came)) == (10, 8, 1, 0, 1)


def test_another_lot_than_announced_is_over_and_the_announced_one_short() -> None:
    rows = compare(
        [Announced(product_id=1, expected=5, lot="A")], [Arrived(product_id=1, good=5, lot="B")]
    )
    assert [(row.lot, row.expected, row.over, row.short) for row in rows] == [
        ("A", 5, 0, 5),
        ("B", 0, 5, 0),
    ]


def test_over_short_and_damaged_are_not_set_off() -> None:
    rows = compare(
        [Announced(product_id=1, expected=5), Announced(product_id=2, expected=5)],
        [Arrived(product_id=1, good=7), Arrived(product_id=2, good=2, damaged=1)],
    )
    found = totals(rows)
    assert (found.over, found.short, found.damaged, found.differing) == (2, 2, 1, 2)
    assert found.has_differences


def test_unreadable_lot_is_the_announced_one_when_there_is_only_one() -> None:
    assert lot_of([("A", MAY), ("A", MAY)]) == ("A", MAY)
    assert lot_of([("A", MAY), ("B", MAY)]) == ("", None)
    assert lot_of([]) == ("", None)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("24", Said(quantity=24)), ("x24", Said(quantity=24)), ("×5", Said(quantity=5)),
        ("99999", Said(quantity=99999)), ("0", None), ("100000", None), ("4006381333931", None),
        ("LOT A-1", Said(lot="A-1")), ("lot=a1", Said(lot="a1")), ("LOT", None),
        ("EXP 2027-05-31", Said(expires_on=MAY)), ("exp=20270531", Said(expires_on=MAY)),
        ("EXP 2027-02-31", None), ("MUG-BLUE", None), ("", None),
    ],
)  # fmt: skip
def test_typed_words_are_pieces_lot_or_expiry(raw: str, said: Said | None) -> None:
    assert read_typed(raw) == said
