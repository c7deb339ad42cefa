"""Which warehouse ships an order, and the explanation kept with it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.rules.allocation import OrderNeed, UnknownStrategy, WarehouseStock, allocate

NEED = OrderNeed(destination_country="DE", lines={"MUG": 2, "CAP": 1})
FULL = {"MUG": 5, "CAP": 5}


def at(code: str, country: str, available: dict[str, int], priority: int = 100) -> WarehouseStock:
    return WarehouseStock(code=code, country=country, priority=priority, available=available)


def test_the_buyers_country_comes_before_region_and_priority() -> None:
    plan = allocate(
        NEED, [at("SZX", "CN", FULL, 1), at("MAD", "ES", FULL, 2), at("LEJ", "DE", FULL)]
    )
    assert (plan.warehouse, plan.reason.code) == ("LEJ", "same_country")
    assert [one.warehouse for one in plan.considered] == ["LEJ", "MAD", "SZX"]


def test_within_one_distance_the_lower_priority_number_is_preferred() -> None:
    assert allocate(NEED, [at("SZX", "CN", FULL, 2), at("HKG", "HK", FULL, 1)]).warehouse == "HKG"
    assert allocate(NEED, [at("B", "CN", FULL), at("A", "CN", FULL)]).warehouse == "A"


def test_one_warehouse_must_hold_every_line() -> None:
    near = at("LEJ", "DE", {"MUG": 2})
    plan = allocate(NEED, [near, at("SZX", "CN", FULL)])
    assert (plan.warehouse, plan.reason.code) == ("SZX", "elsewhere")
    assert plan.considered[0].short == {"CAP": 1}


def test_split_stock_is_a_backorder_that_names_the_least_shortage() -> None:
    plan = allocate(NEED, [at("LEJ", "DE", {"MUG": 2}), at("SZX", "CN", {"CAP": 9})])
    assert plan.is_backorder
    assert plan.reason.text == "No warehouse holds every line; LEJ lacks the least: 1 × CAP."
    assert json.loads(json.dumps(plan.explanation()))["considered"][1]["short"] == {"MUG": 2}


def test_without_warehouses_it_says_so() -> None:
    assert allocate(NEED, []).reason.code == "no_warehouse"


def test_an_unknown_strategy_and_an_empty_order_are_refused() -> None:
    with pytest.raises(UnknownStrategy, match="single_warehouse"):
        allocate(NEED, [], strategy="guess")
    with pytest.raises(ValueError, match="lines"):
        OrderNeed(destination_country="DE", lines={})


@given(
    st.lists(
        st.tuples(st.sampled_from(["DE", "FR", "CN"]), st.integers(0, 3), st.integers(0, 3)),
        max_size=4,
    )
)
def test_a_chosen_warehouse_always_holds_the_order(stocks: list[tuple[str, int, int]]) -> None:
    held = {f"W{n}": {"MUG": mugs, "CAP": caps} for n, (_country, mugs, caps) in enumerate(stocks)}
    plan = allocate(
        NEED, [at(f"W{n}", country, held[f"W{n}"]) for n, (country, _m, _c) in enumerate(stocks)]
    )
    can = {code for code, units in held.items() if units["MUG"] >= 2 and units["CAP"] >= 1}
    assert (plan.warehouse in can) if can else plan.is_backorder
