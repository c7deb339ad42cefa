"""Parts that add up, limits that are kept or crossed, numbers that are free."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orders.rules.combining import (
    Goods,
    MergeFacts,
    apportion,
    by_houses,
    by_value,
    child_numbers,
    combined_number,
    crosses,
    merge_faults,
    part_fault,
    rest_of,
    worth_of,
)

MUGS = Goods(1, 10, 3, Decimal("9.50"))
LAMP = Goods(2, 20, 1, Decimal("80.00"))
CENTS = some.integers(0, 10**12).map(lambda cents: Decimal(cents) / 100)
ONE = MergeFacts("WB1", "", "d" * 64, "EUR", "", "", "", "", None, False, True)


@given(CENTS, some.lists(CENTS, min_size=1, max_size=20))
def test_shares_add_up_to_the_cent(amount: Decimal, weights: list[Decimal]) -> None:
    shares = apportion(amount, weights)
    assert sum(shares) == amount
    assert min(shares) >= 0
    assert all(share == share.quantize(Decimal("0.01")) for share in shares)


@given(some.integers(1, 10**6), some.integers(1, 20))
def test_even_shares_differ_by_a_cent_at_most(cents: int, parts: int) -> None:
    shares = apportion(Decimal(cents) / 100, [Decimal(1)] * parts)
    assert max(shares) - min(shares) <= Decimal("0.01")


def test_shares_follow_the_weights() -> None:
    assert apportion(Decimal("5.00"), [Decimal(30), Decimal(70)]) == [
        Decimal("1.50"),
        Decimal("3.50"),
    ]
    assert apportion(Decimal("0.01"), [Decimal(0), Decimal(0)]) == [Decimal("0.01"), Decimal(0)]
    assert apportion(Decimal("10.00"), [Decimal(1)] * 3) == [
        Decimal("3.34"), Decimal("3.33"), Decimal("3.33"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([{1: 1}, {1: 2, 2: 1}], None),
        ([{1: 3, 2: 1}], "one_part"),
        ([{1: 3, 2: 1}, {}], "empty_part"),
        ([{1: 3}, {9: 1}], "unknown_pieces"),
        ([{1: 3}, {2: 0}], "unknown_pieces"),
        ([{1: 4}, {2: 1}], "pieces_do_not_add_up"),
        ([{1: 1}, {2: 1}], "pieces_do_not_add_up"),
        ([{1: 1}] * 21, "too_many_parts"),
    ],
)
def test_a_plan_holds_every_piece_once(parts: list[dict[int, int]], code: str | None) -> None:
    fault = part_fault([MUGS, LAMP], parts)
    assert (fault.code if fault else None) == code


def test_what_is_left_over_and_what_a_part_is_worth() -> None:
    assert rest_of([MUGS, LAMP], [{1: 1}, {1: 2}]) == {2: 1}
    assert worth_of([MUGS, LAMP], {1: 2, 2: 1}) == Decimal("99.00")


def test_houses_take_most_first_and_nothing_twice() -> None:
    two_lines = [MUGS, Goods(3, 10, 2, Decimal("9.50")), LAMP]
    free = {"szx1": {10: 4}, "lej1": {20: 1}, "far": {}}
    assert by_houses(two_lines, free, most=1) == [("szx1", {1: 3, 3: 1})]
    assert by_houses(two_lines, free, most=5) == [("szx1", {1: 3, 3: 1}), ("lej1", {2: 1})]
    assert by_houses(two_lines, {}, most=5) == []


@given(
    some.lists(some.tuples(some.integers(1, 30), some.integers(0, 15000)), min_size=1, max_size=12)
)
def test_parts_by_value_keep_the_limit_and_every_piece(rows: list[tuple[int, int]]) -> None:
    goods = [Goods(n, n, many, Decimal(cents) / 100) for n, (many, cents) in enumerate(rows)]
    limit = Decimal(150)
    parts = by_value(goods, limit)
    assert isinstance(parts, list)
    assert all(worth_of(goods, part) <= limit for part in parts)
    assert rest_of(goods, parts) == {}
    assert sum(sum(part.values()) for part in parts) == sum(many for many, _ in rows)


def test_a_piece_above_the_limit_is_named() -> None:
    assert by_value([MUGS, LAMP], Decimal(50)) == LAMP


@pytest.mark.parametrize(
    ("values", "is_crossed"),
    [((100, 50), False), ((100, 51), True), ((200, 20), True), ((200, 300), False)],
)
def test_a_limit_is_crossed_by_a_sum_whose_part_kept_it(
    values: tuple[int, int], is_crossed: bool
) -> None:
    assert crosses([Decimal(value) for value in values], Decimal(150)) is is_crossed


def test_numbers_are_those_of_the_order_and_free() -> None:
    assert child_numbers("A-1", {"A-1/2"}, 3) == ["A-1/1", "A-1/3", "A-1/4"]
    assert combined_number("A-1", 2, set()) == "A-1+2"
    assert combined_number("A-1", 2, {"A-1+2", "A-1+2.2"}) == "A-1+2.3"
    assert child_numbers("9" * 80, set(), 1) == ["9" * 78 + "/1"]


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({}, None),
        ({"address_digest": "e" * 64}, "other_recipient"),
        ({"currency": "USD"}, "other_currency"),
        ({"recipient_id": "IT1"}, None),
        ({"service_level": "Expedited"}, "other_wishes"),
        ({"wanted_warehouse": "lej1"}, None),
        ({"standing": "held"}, "order_held"),
        ({"standing": "in_wave"}, "order_in_wave"),
        ({"standing": "gone"}, "order_gone"),
        ({"has_conflict": True}, "order_in_conflict"),
        ({"knows_products": False}, "product_unknown"),
    ],
)
def test_reasons_against_a_merge(other: dict[str, object], code: str | None) -> None:
    found = [fault.code for fault in merge_faults([ONE, replace(ONE, reference="WB2", **other)])]  # type: ignore[arg-type]
    assert found == ([code] if code else [])


def test_orders_without_an_address_never_go_together() -> None:
    nowhere = replace(ONE, address_digest="")
    assert [fault.code for fault in merge_faults([nowhere, nowhere])] == ["other_recipient"]


def test_numbers_of_orders_and_tax_numbers_and_parts() -> None:
    assert [fault.code for fault in merge_faults([ONE])] == ["too_few_orders"]
    assert [fault.code for fault in merge_faults([ONE] * 21)] == ["too_many_orders"]
    named = [replace(ONE, recipient_id="A"), replace(ONE, recipient_id="B")]
    assert [fault.code for fault in merge_faults(named)] == ["other_recipient_id"]
    parts = [replace(ONE, parent_id=7)] * 2
    assert [fault.code for fault in merge_faults(parts)] == ["parts_of_one_order"]
