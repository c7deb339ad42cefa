"""Which warehouse ships an order, by each strategy, and the explanation kept with it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.rules.allocation import (
    Lines,
    OrderNeed,
    Quote,
    UnknownStrategy,
    WarehouseStock,
    allocate,
    least_short,
)
from warehouse.rules.strategies import STRATEGIES

NEED = OrderNeed(destination_country="DE", lines={"MUG": 2, "CAP": 1})
FULL = {"MUG": 5, "CAP": 5}


def at(
    code: str, country: str, available: dict[str, int], priority: int = 100, **more: object
) -> WarehouseStock:
    return WarehouseStock(
        code=code,
        country=country,
        priority=priority,
        available=available,
        **more,  # type: ignore[arg-type]
    )


def priced(code: str, a_piece: str | None, available: Lines = FULL) -> WarehouseStock:
    def quote(lines: Lines) -> Quote | None:
        if a_piece is None:
            return None
        amount = Decimal(a_piece) * sum(lines.values())
        return Quote(amount=amount, currency="EUR", service="Post")

    return at(code, "CN", dict(available), quote=quote)


def said(plan: object, code: str) -> str:
    """Why a warehouse was not chosen."""
    (one,) = [one for one in plan.considered if one.warehouse == code]  # type: ignore[attr-defined]
    return one.verdict.text if one.verdict else ""


def test_the_buyers_country_comes_before_region_and_priority() -> None:
    plan = allocate(
        NEED, [at("SZX", "CN", FULL, 1), at("MAD", "ES", FULL, 2), at("LEJ", "DE", FULL)]
    )
    assert (plan.warehouse, plan.reason.code) == ("LEJ", "same_country")
    assert [one.warehouse for one in plan.considered] == ["LEJ", "MAD", "SZX"]
    assert said(plan, "LEJ") == ""
    assert said(plan, "SZX") == "Farther from the buyer than LEJ."


def test_within_one_distance_the_lower_priority_number_is_preferred() -> None:
    plan = allocate(NEED, [at("SZX", "CN", FULL, 2), at("HKG", "HK", FULL, 1)])
    assert plan.warehouse == "HKG"
    assert "HKG comes before it" in said(plan, "SZX")
    assert allocate(NEED, [at("B", "CN", FULL), at("A", "CN", FULL)]).warehouse == "A"


def test_one_warehouse_must_hold_every_line() -> None:
    near = at("LEJ", "DE", {"MUG": 2})
    plan = allocate(NEED, [near, at("SZX", "CN", FULL)])
    assert (plan.warehouse, plan.reason.code) == ("SZX", "elsewhere")
    assert plan.considered[0].short == {"CAP": 1}
    assert said(plan, "LEJ") == "Lacks 1 × CAP."


def test_a_warehouse_that_the_rules_leave_out_ships_nothing() -> None:
    plan = allocate(NEED, [at("LEJ", "DE", FULL, is_allowed=False), at("SZX", "CN", FULL)])
    assert plan.warehouse == "SZX"
    assert said(plan, "LEJ") == "Your rules leave this warehouse out."
    assert allocate(NEED, [at("LEJ", "DE", FULL, is_allowed=False)]).reason.code == "no_warehouse"


def test_what_older_orders_wait_for_is_told() -> None:
    plan = allocate(NEED, [at("LEJ", "DE", {"MUG": 2, "CAP": 0}, kept={"CAP": 3})])
    assert said(plan, "LEJ") == "Lacks 1 × CAP. What lies there waits for older orders: 3 × CAP."


def test_too_little_everywhere_is_a_backorder_that_names_the_least_shortage() -> None:
    plan = allocate(NEED, [at("LEJ", "DE", {"MUG": 2}), at("SZX", "CN", {"MUG": 1})])
    assert plan.is_backorder
    assert plan.reason.text == "No warehouse holds every line; LEJ lacks the least: 1 × CAP."
    assert json.loads(json.dumps(plan.explanation()))["considered"][1]["short"] == {
        "MUG": 1, "CAP": 1,
    }  # fmt: skip
    least = least_short(plan)
    assert least is not None
    assert least.warehouse == "LEJ"


SPLIT = [at("LEJ", "DE", {"MUG": 2}), at("SZX", "CN", {"CAP": 9}), at("HKG", "HK", {"CAP": 9})]


def test_split_stock_waits_where_the_rules_do_not_split_and_names_the_pair() -> None:
    plan = allocate(NEED, SPLIT)
    assert plan.is_backorder
    assert plan.reason.code == "pair_would_do"
    assert plan.explanation()["pair"]["lines"] == [{"MUG": 2}, {"CAP": 1}]


def test_split_stock_ships_from_a_pair_where_the_rules_allow_it() -> None:
    plan = allocate(NEED, SPLIT, may_split=True)
    assert not plan.is_backorder
    assert plan.split is not None
    assert (plan.split.first, plan.split.from_first) == ("LEJ", {"MUG": 2})
    assert (plan.split.second, plan.split.from_second) == ("HKG", {"CAP": 1})


def test_one_warehouse_alone_comes_before_every_pair() -> None:
    plan = allocate(NEED, [*SPLIT, at("FAR", "BR", FULL)], may_split=True)
    assert (plan.warehouse, plan.split) == ("FAR", None)


def test_the_cheapest_is_told_with_what_the_others_cost_more() -> None:
    plan = allocate(
        NEED,
        [priced("DEAR", "2.10"), priced("CHEAP", "1.00"), priced("NONE", None)],
        strategy="cheapest",
    )
    assert plan.warehouse == "CHEAP"
    assert plan.reason.text.endswith("the cheapest to ship from: 3.00 EUR by Post.")
    assert said(plan, "DEAR") == "Dearer than CHEAP by 3.30 EUR."
    assert said(plan, "NONE") == "Your rate card has no price from there."
    assert plan.considered[1].score.inputs == {
        "amount": "6.30",
        "currency": "EUR",
        "service": "Post",
    }


def test_what_no_rate_card_prices_ships_all_the_same() -> None:
    plan = allocate(NEED, [priced("ONE", None)], strategy="cheapest")
    assert (plan.warehouse, plan.reason.code) == ("ONE", "unpriced")


def test_the_cheapest_pair_counts_both_parcels() -> None:
    stocks = [
        priced("A", "1.00", {"MUG": 2}), priced("B", "5.00", {"CAP": 1}),
        priced("C", "2.00", {"CAP": 1}),
    ]  # fmt: skip
    pair = allocate(NEED, stocks, strategy="cheapest", may_split=True).split
    assert pair is not None
    assert {pair.first, pair.second} == {"A", "C"}


def test_fewest_splits_takes_where_most_is_left_and_the_smallest_second_parcel() -> None:
    plan = allocate(
        NEED, [at("A", "DE", {"MUG": 2, "CAP": 1}), at("B", "CN", FULL)], strategy="fewest_splits"
    )
    assert plan.warehouse == "B"
    assert said(plan, "A") == "Has less for further orders like it than B: 1, not 2."
    pair = allocate(
        NEED,
        [at("A", "DE", {"MUG": 1}), at("B", "CN", {"MUG": 1, "CAP": 1}), at("C", "CN", {"MUG": 2})],
        strategy="fewest_splits",
        may_split=True,
    ).split
    assert pair is not None
    assert sum(pair.from_second.values()) == 1


def test_stock_age_counts_the_pieces_it_would_take_oldest_first() -> None:
    old = at("OLD", "CN", FULL, ages={"MUG": [(30, 1), (10, 4)], "CAP": [(2, 5)]})
    young = at("NEW", "DE", FULL, ages={"MUG": [(13, 5)], "CAP": [(13, 5)]})
    plan = allocate(NEED, [young, old], strategy="stock_age")
    assert plan.warehouse == "OLD"
    assert plan.considered[0].score.inputs == {"days": "14.0"}
    assert said(plan, "NEW") == "Its pieces are younger than those of OLD: 13.0 days, not 14.0."


def test_without_warehouses_it_says_so() -> None:
    assert allocate(NEED, []).reason.code == "no_warehouse"


def test_an_unknown_strategy_and_an_empty_order_are_refused() -> None:
    with pytest.raises(UnknownStrategy, match="nearest"):
        allocate(NEED, [], strategy="guess")
    with pytest.raises(ValueError, match="lines"):
        OrderNeed(destination_country="DE", lines={})


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["DE", "FR", "CN"]), st.integers(-1, 3), st.integers(0, 3),
            st.booleans(),
        ),
        max_size=4,
    ),
    st.sampled_from(sorted(STRATEGIES)),
    st.booleans(),
)  # fmt: skip
def test_what_is_planned_is_there_and_whole(
    stocks: list[tuple[str, int, int, bool]], strategy: str, may_split: bool
) -> None:
    held = {
        f"W{n}": {"MUG": mugs, "CAP": caps}
        for n, (_country, mugs, caps, allowed) in enumerate(stocks)
        if allowed
    }
    plan = allocate(
        NEED,
        [
            at(f"W{n}", country, {"MUG": mugs, "CAP": caps}, is_allowed=allowed)
            for n, (country, mugs, caps, allowed) in enumerate(stocks)
        ],
        strategy=strategy,
        may_split=may_split,
    )
    alone = {code for code, units in held.items() if units["MUG"] >= 2 and units["CAP"] >= 1}
    assert (plan.warehouse in alone) if alone else plan.warehouse is None
    assert len(plan.considered) == len(stocks)
    json.dumps(plan.explanation())
    if plan.split:
        assert not alone
        parts = {plan.split.first: plan.split.from_first, plan.split.second: plan.split.from_second}
        assert len(parts) == 2
        for code, part in parts.items():
            assert part
            assert all(0 < units <= held[code][sku] for sku, units in part.items())
        for sku, units in NEED.lines.items():
            assert sum(part.get(sku, 0) for part in parts.values()) == units
