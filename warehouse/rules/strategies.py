"""By what warehouses are compared: distance, price, what is left for the next orders, stock age."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from core.sentences import Sentence, gettext_noop
from warehouse.rules.allocation import (
    Considered,
    Lines,
    OrderNeed,
    Pair,
    Score,
    Strategy,
    WarehouseStock,
)
from warehouse.rules.gs1 import DATA

UNPRICED = (1, 0)
"""Behind everything that has a price."""

# Nearest: the buyer's country, then its region, then elsewhere.

_NEARNESS = ("same_country", "same_region", "elsewhere")
_WHERE = {
    "same_country": gettext_noop("It is in the buyer's country."),
    "same_region": gettext_noop("It is in the buyer's region of the world."),
    "elsewhere": gettext_noop("It is in another region of the world than the buyer."),
}
_NEAREST_WON = {
    "same_country": gettext_noop("{warehouse} holds every line, in the buyer's country."),
    "same_region": gettext_noop("{warehouse} holds every line, in the buyer's region."),
    "elsewhere": gettext_noop("{warehouse} holds every line; none nearer to the buyer does."),
}


def _nearest(need: OrderNeed, stock: WarehouseStock) -> Score:
    distance = _distance(stock, need)
    nearness = _NEARNESS[distance]
    return Score(
        (distance,),
        {"from": stock.country, "to": need.destination_country, "nearness": nearness},
        (Sentence(nearness, _WHERE[nearness]),),
    )


def _distance(stock: WarehouseStock, need: OrderNeed) -> int:
    if stock.country == need.destination_country:
        return 0
    here, there = _regions().get(stock.country), _regions().get(need.destination_country)
    return 1 if here is not None and here == there else 2


def _nearest_pair(
    need: OrderNeed, first: WarehouseStock, second: WarehouseStock, _pair: Pair
) -> Score:
    distances = sorted((_distance(first, need), _distance(second, need)))
    return Score((distances[1], distances[0]), {}, ())


def _nearest_won(chosen: Considered) -> Sentence:
    nearness = chosen.score.inputs["nearness"]
    return Sentence(nearness, _NEAREST_WON[nearness], {"warehouse": chosen.warehouse})


def _nearest_lost(one: Considered, chosen: Considered) -> Sentence | None:
    if one.score.key == chosen.score.key:
        return None
    return Sentence(
        "farther",
        gettext_noop("Farther from the buyer than {winner}."),
        {"winner": chosen.warehouse},
    )


# Cheapest: what the rate card asks for the order's way to the buyer.


def _cheapest(need: OrderNeed, stock: WarehouseStock) -> Score:
    quote = stock.quote(need.lines)
    if quote is None:
        step = Sentence("no_price", gettext_noop("No service of your rate card goes from there."))
        return Score(UNPRICED, {}, (step,))
    about = {
        "amount": str(quote.amount),
        "currency": quote.currency,
        "service": quote.service,
    }
    step = Sentence("price", gettext_noop("{service} costs {amount} {currency} from there."), about)
    return Score((0, quote.amount), about, (step,))


def _cheapest_pair(
    _need: OrderNeed, first: WarehouseStock, second: WarehouseStock, pair: Pair
) -> Score:
    quotes = first.quote(pair.from_first), second.quote(pair.from_second)
    if quotes[0] is None or quotes[1] is None:
        return Score(UNPRICED, {}, ())
    return Score((0, quotes[0].amount + quotes[1].amount), {}, ())


def _cheapest_won(chosen: Considered) -> Sentence:
    if chosen.score.key == UNPRICED:
        template = gettext_noop(
            "{warehouse} holds every line; your rate card has no price from any that does."
        )
        return Sentence("unpriced", template, {"warehouse": chosen.warehouse})
    return Sentence(
        "cheapest",
        gettext_noop(
            "{warehouse} holds every line and is the cheapest to ship from: "
            "{amount} {currency} by {service}."
        ),
        {"warehouse": chosen.warehouse, **chosen.score.inputs},
    )


def _cheapest_lost(one: Considered, chosen: Considered) -> Sentence | None:
    if one.score.key == chosen.score.key:
        return None
    if one.score.key == UNPRICED:
        return Sentence("cannot_be_priced", gettext_noop("Your rate card has no price from there."))
    more = Decimal(one.score.key[1]) - Decimal(chosen.score.key[1])
    return Sentence(
        "dearer",
        gettext_noop("Dearer than {winner} by {more} {currency}."),
        {
            "winner": chosen.warehouse,
            "more": str(more),
            "currency": one.score.inputs["currency"],
        },
    )


# Fewest splits: the building that could serve the most further orders of the kind whole, so that
# the last pieces of one place are not taken while another has plenty. Of pairs, the one whose
# second parcel is the smallest.


def _fewest(need: OrderNeed, stock: WarehouseStock) -> Score:
    alike = min(
        max(stock.available.get(sku, 0), 0) // quantity for sku, quantity in need.lines.items()
    )
    step = Sentence(
        "serves",
        gettext_noop("Its stock would do for {count} orders like this one."),
        {"count": str(alike)},
    )
    return Score((-alike,), {"orders": str(alike)}, (step,))


def _fewest_pair(
    _need: OrderNeed, _first: WarehouseStock, _second: WarehouseStock, pair: Pair
) -> Score:
    return Score((sum(pair.from_second.values()),), {}, ())


def _fewest_won(chosen: Considered) -> Sentence:
    return Sentence(
        "most_left",
        gettext_noop(
            "{warehouse} holds every line and has the most for further orders like it ({orders})."
        ),
        {"warehouse": chosen.warehouse, "orders": chosen.score.inputs["orders"]},
    )


def _fewest_lost(one: Considered, chosen: Considered) -> Sentence | None:
    if one.score.key == chosen.score.key:
        return None
    return Sentence(
        "less_left",
        gettext_noop("Has less for further orders like it than {winner}: {few}, not {many}."),
        {
            "winner": chosen.warehouse,
            "few": one.score.inputs["orders"],
            "many": chosen.score.inputs["orders"],
        },
    )


# Stock age: the pieces that would be taken, oldest first, by the days they have lain.


def _oldest(need: OrderNeed, stock: WarehouseStock) -> Score:
    days = _mean_age(need.lines, stock)
    step = Sentence(
        "age",
        gettext_noop("Its pieces for this order have lain {days} days on average."),
        {"days": str(days)},
    )
    return Score((-days,), {"days": str(days)}, (step,))


def _mean_age(lines: Lines, stock: WarehouseStock) -> Decimal:
    """Days, to a tenth, that the pieces have lain which would be taken; unknown counts as 0."""
    piece_days = sum(_oldest_of(stock.ages.get(sku, ()), units) for sku, units in lines.items())
    return (Decimal(piece_days) / sum(lines.values())).quantize(Decimal("0.1"))


def _oldest_of(ages: Sequence[tuple[int, int]], units: int) -> int:
    piece_days = 0
    for days, lying in ages:
        take = min(units, lying)
        piece_days += take * days
        units -= take
    return piece_days


def _oldest_pair(
    need: OrderNeed, first: WarehouseStock, second: WarehouseStock, pair: Pair
) -> Score:
    parts = ((first, pair.from_first), (second, pair.from_second))
    days = sum(
        (_mean_age(lines, stock) * sum(lines.values()) for stock, lines in parts), Decimal(0)
    )
    return Score((-days / sum(need.lines.values()),), {}, ())


def _oldest_won(chosen: Considered) -> Sentence:
    return Sentence(
        "oldest",
        gettext_noop(
            "{warehouse} holds every line, and its pieces are the oldest: {days} days on average."
        ),
        {"warehouse": chosen.warehouse, "days": chosen.score.inputs["days"]},
    )


def _oldest_lost(one: Considered, chosen: Considered) -> Sentence | None:
    if one.score.key == chosen.score.key:
        return None
    return Sentence(
        "younger",
        gettext_noop("Its pieces are younger than those of {winner}: {young} days, not {old}."),
        {
            "winner": chosen.warehouse,
            "young": one.score.inputs["days"],
            "old": chosen.score.inputs["days"],
        },
    )


STRATEGIES: Mapping[str, Strategy] = {
    strategy.name: strategy
    for strategy in (
        Strategy("nearest", _nearest, _nearest_pair, _nearest_won, _nearest_lost),
        Strategy("cheapest", _cheapest, _cheapest_pair, _cheapest_won, _cheapest_lost),
        Strategy("fewest_splits", _fewest, _fewest_pair, _fewest_won, _fewest_lost),
        Strategy("stock_age", _oldest, _oldest_pair, _oldest_won, _oldest_lost),
    )
}


@lru_cache(maxsize=1)
def _regions() -> dict[str, str]:
    with (DATA / "regions.csv").open(encoding="utf-8", newline="") as file:
        return {row["country"]: row["region"] for row in csv.DictReader(file)}
