"""A bundle's price is shared to the coin, whatever it is made of."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from orders.rules.bundles import Part, Portion, take_apart

CENT = Decimal("0.01")


def test_price_is_shared_by_value() -> None:
    parts = [Part("CUP", 2, Decimal(5)), Part("POT", 1, Decimal(20))]
    assert take_apart(parts, quantity=1, unit_price=Decimal("15.00"), coin=CENT) == [
        Portion(0, 2, Decimal("2.50")),
        Portion(1, 1, Decimal("10.00")),
    ]


def test_what_does_not_divide_evenly_makes_two_portions() -> None:
    three = [Part("SOCK", 3, Decimal(1))]
    assert take_apart(three, quantity=1, unit_price=Decimal("10.00"), coin=CENT) == [
        Portion(0, 2, Decimal("3.33")),
        Portion(0, 1, Decimal("3.34")),
    ]


def test_without_values_every_piece_counts_alike() -> None:
    parts = [Part("A", 1, Decimal(0)), Part("B", 3, Decimal(0))]
    assert [each.unit_price for each in take_apart(
        parts, quantity=1, unit_price=Decimal(4), coin=Decimal(1)
    )] == [Decimal(1), Decimal(1)]  # fmt: skip


def test_without_a_price_the_products_own_values_count() -> None:
    parts = [Part("A", 2, Decimal(1))]
    assert take_apart(parts, quantity=3, unit_price=None, coin=CENT) == [Portion(0, 6, None)]


@given(
    st.lists(st.tuples(st.integers(1, 9), st.decimals(0, 999, places=2)), min_size=1, max_size=6),
    st.integers(1, 50),
    st.decimals(0, 9999, places=2),
)
def test_no_cent_is_lost_and_no_piece(
    made_of: list[tuple[int, Decimal]], quantity: int, price: Decimal
) -> None:
    parts = [Part(str(n), pieces, value) for n, (pieces, value) in enumerate(made_of)]
    portions = take_apart(parts, quantity=quantity, unit_price=price, coin=CENT)
    assert sum((each.quantity * (each.unit_price or 0) for each in portions), Decimal(0)) == (
        price * quantity
    )
    for n, part in enumerate(parts):
        pieces = sum(each.quantity for each in portions if each.part == n)
        assert pieces == part.quantity * quantity
