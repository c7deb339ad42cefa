"""Which warehouse an order ships from, with an explanation that is stored beside the reservation.

Buildings are compared by a strategy (``warehouse/rules/strategies.py``). Each is tried alone first;
only when none holds every line, pairs are looked at. A pair ships only where the merchant's rules
allow a split, else the order waits and the explanation names the pair that would do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import permutations
from typing import Any

from core.sentences import Sentence, gettext_noop


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What it would cost to ship the order, or a part of it, from a building."""

    amount: Decimal
    currency: str
    service: str


Lines = Mapping[str, int]
Quoting = Callable[[Lines], Quote | None]


def no_quote(_lines: Lines) -> Quote | None:
    """For strategies that ask for no price."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseStock:
    """A building and the units free to promise there, by SKU.

    A lower ``priority`` is preferred. ``kept`` are units that lie there but are waited for by older
    backorders; ``available`` is without them. ``ages`` are (days, units), oldest first. ``quote``
    prices lines shipped from here. ``is_allowed`` is False where the merchant's rules leave it out.
    """

    code: str
    country: str
    priority: int
    available: Lines
    kept: Lines = field(default_factory=dict)
    ages: Mapping[str, Sequence[tuple[int, int]]] = field(default_factory=dict)
    quote: Quoting = no_quote
    is_allowed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNeed:
    """What must ship and where to (ISO country); ``lines`` is units by SKU, bundles exploded."""

    destination_country: str
    lines: Lines

    def __post_init__(self) -> None:
        if not self.lines or min(self.lines.values()) <= 0:
            raise ValueError("lines: an order needs lines with a quantity above 0")


@dataclass(frozen=True, slots=True)
class Score:
    """How a building does under a strategy: a lower ``key`` is better.

    ``inputs`` are the figures it was made from, ``steps`` the sentences that lead to it.
    """

    key: tuple[Decimal | int, ...]
    inputs: Mapping[str, str]
    steps: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Considered:
    """One building looked at: its rank, what it lacks (units by SKU), its score, why it lost."""

    warehouse: str
    rank: int
    score: Score
    short: Lines
    is_allowed: bool = True
    verdict: Sentence | None = None

    @property
    def holds_everything(self) -> bool:
        """True when no line is short and the building may be used."""
        return self.is_allowed and not self.short

    def as_dict(self) -> dict[str, Any]:
        """Plain data, to be replayed and shown."""
        return {
            "warehouse": self.warehouse,
            "rank": self.rank,
            "short": dict(self.short),
            "inputs": dict(self.score.inputs),
            "steps": [step.as_dict() for step in self.score.steps],
            "verdict": self.verdict.as_dict() if self.verdict else None,
        }


@dataclass(frozen=True, slots=True)
class Pair:
    """Two buildings that hold the order together: units by SKU that each would ship."""

    first: str
    second: str
    from_first: Lines
    from_second: Lines

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the explanation."""
        return {
            "warehouses": [self.first, self.second],
            "lines": [dict(self.from_first), dict(self.from_second)],
        }


@dataclass(frozen=True, slots=True)
class AllocationPlan:
    """The building to ship from (None: split or wait), why, and everything that was looked at.

    ``pair`` is the best pair where no building alone holds the order; ``may_split`` tells whether
    it may be used.
    """

    warehouse: str | None
    strategy: str
    reason: Sentence
    considered: tuple[Considered, ...]
    pair: Pair | None = None
    may_split: bool = False

    @property
    def split(self) -> Pair | None:
        """The pair to ship from."""
        return self.pair if self.may_split else None

    @property
    def is_backorder(self) -> bool:
        """True when the order cannot ship now."""
        return self.warehouse is None and self.split is None

    def explanation(self) -> dict[str, Any]:
        """Plain data for the allocation's ``explanation`` column."""
        return {
            "strategy": self.strategy,
            "warehouse": self.warehouse,
            "reason": self.reason.as_dict(),
            "considered": [one.as_dict() for one in self.considered],
            "pair": self.pair.as_dict() if self.pair else None,
        }


@dataclass(frozen=True, slots=True)
class Strategy:
    """How buildings are compared.

    ``score`` judges one; ``together`` judges two of which each ships its part; ``won`` says why the
    chosen one was, ``lost`` why another that holds everything was not (None: by preference only).
    """

    name: str
    score: Callable[[OrderNeed, WarehouseStock], Score]
    together: Callable[[OrderNeed, WarehouseStock, WarehouseStock, Pair], Score]
    won: Callable[[Considered], Sentence]
    lost: Callable[[Considered, Considered], Sentence | None]


class UnknownStrategy(LookupError):
    """No allocation strategy has that name; the message lists those there are."""


def allocate(
    need: OrderNeed,
    stocks: Sequence[WarehouseStock],
    *,
    strategy: str = "nearest",
    may_split: bool = False,
) -> AllocationPlan:
    """Plan an order by the named strategy; raises UnknownStrategy. Reserves nothing."""
    from warehouse.rules.strategies import STRATEGIES  # noqa: PLC0415 - it is made of these types

    by = STRATEGIES.get(strategy)
    if by is None:
        raise UnknownStrategy(f"strategy: {strategy!r} is none of {', '.join(sorted(STRATEGIES))}")
    considered = _ranked(need, stocks, by)
    chosen = next((one for one in considered if one.holds_everything), None)
    pair = None if chosen else _best_pair(need, stocks, considered, by)
    kept = {stock.code: stock.kept for stock in stocks}
    return AllocationPlan(
        warehouse=chosen.warehouse if chosen else None,
        strategy=strategy,
        reason=by.won(chosen) if chosen else _why_not(considered, pair, may_split=may_split),
        considered=tuple(_judged(one, chosen, by, kept[one.warehouse]) for one in considered),
        pair=pair,
        may_split=may_split,
    )


def _ranked(
    need: OrderNeed, stocks: Sequence[WarehouseStock], by: Strategy
) -> tuple[Considered, ...]:
    scored = [(stock, by.score(need, stock)) for stock in stocks]
    scored.sort(key=lambda pair: (not pair[0].is_allowed, pair[1].key, *_preference(pair[0])))
    return tuple(
        Considered(stock.code, rank, score, _short(need, stock), stock.is_allowed)
        for rank, (stock, score) in enumerate(scored, start=1)
    )


def _preference(stock: WarehouseStock) -> tuple[int, str]:
    return stock.priority, stock.code


def _short(need: OrderNeed, stock: WarehouseStock) -> dict[str, int]:
    return {
        sku: quantity - max(stock.available.get(sku, 0), 0)
        for sku, quantity in need.lines.items()
        if stock.available.get(sku, 0) < quantity
    }


def _judged(one: Considered, chosen: Considered | None, by: Strategy, kept: Lines) -> Considered:
    if chosen is not None and one.warehouse == chosen.warehouse:
        return one
    verdict = _lacks(one, kept) if one.short else None
    if not one.is_allowed:
        verdict = Sentence("not_allowed", gettext_noop("Your rules leave this warehouse out."))
    elif verdict is None and chosen is not None:
        verdict = by.lost(one, chosen) or Sentence(
            "less_preferred",
            gettext_noop("Does as well, but {winner} comes before it in the order of warehouses."),
            {"winner": chosen.warehouse},
        )
    return Considered(one.warehouse, one.rank, one.score, one.short, one.is_allowed, verdict)


def _lacks(one: Considered, kept: Lines) -> Sentence:
    held = {sku: units for sku, units in kept.items() if sku in one.short and units > 0}
    if not held:
        return Sentence("lacks", gettext_noop("Lacks {short}."), {"short": listed(one.short)})
    return Sentence(
        "lacks_kept",
        gettext_noop("Lacks {short}. What lies there waits for older orders: {kept}."),
        {"short": listed(one.short), "kept": listed(held)},
    )


def _best_pair(
    need: OrderNeed,
    stocks: Sequence[WarehouseStock],
    considered: Sequence[Considered],
    by: Strategy,
) -> Pair | None:
    """The best two; of equal ones that whose first did best alone."""
    rank = {one.warehouse: one.rank for one in considered}
    allowed = [stock for stock in stocks if stock.is_allowed]
    found = [
        (by.together(need, first, second, pair).key, rank[first.code], rank[second.code], pair)
        for first, second, pair in _pairs(need, allowed)
    ]
    return min(found, key=lambda row: row[:-1])[-1] if found else None


def _pairs(
    need: OrderNeed, stocks: Sequence[WarehouseStock]
) -> Iterator[tuple[WarehouseStock, WarehouseStock, Pair]]:
    """Every ordered pair that holds the order: the first ships what it has, the second the rest."""
    for first, second in permutations(stocks, 2):
        taken = {
            sku: min(quantity, max(first.available.get(sku, 0), 0))
            for sku, quantity in need.lines.items()
        }
        rest = {sku: need.lines[sku] - units for sku, units in taken.items()}
        from_first = {sku: units for sku, units in taken.items() if units}
        from_second = {sku: units for sku, units in rest.items() if units}
        if from_first and all(
            second.available.get(sku, 0) >= units for sku, units in from_second.items()
        ):
            yield first, second, Pair(first.code, second.code, from_first, from_second)


def _why_not(considered: Sequence[Considered], pair: Pair | None, *, may_split: bool) -> Sentence:
    allowed = [one for one in considered if one.is_allowed]
    if not allowed:
        return Sentence("no_warehouse", gettext_noop("There is no warehouse to ship from."))
    if pair is not None:
        template = (
            gettext_noop("No warehouse holds every line: {first} ships {a}, {second} ships {b}.")
            if may_split
            else gettext_noop(
                "No warehouse holds every line; {first} ({a}) and {second} ({b}) together would do."
            )
        )
        return Sentence(
            "split" if may_split else "pair_would_do",
            template,
            {
                "first": pair.first,
                "second": pair.second,
                "a": listed(pair.from_first),
                "b": listed(pair.from_second),
            },
        )
    least = min(allowed, key=lambda one: (sum(one.short.values()), one.rank))
    return Sentence(
        "backorder",
        gettext_noop("No warehouse holds every line; {warehouse} lacks the least: {short}."),
        {"warehouse": least.warehouse, "short": listed(least.short)},
    )


def least_short(plan: AllocationPlan) -> Considered | None:
    """The allowed building that lacks the least: where missing goods should be sent."""
    allowed = [one for one in plan.considered if one.is_allowed]
    return min(allowed, key=lambda one: (sum(one.short.values()), one.rank), default=None)


def listed(units: Lines) -> str:
    """Units by SKU as text: ``1 × CAP, 2 × MUG``."""
    return ", ".join(f"{number} × {sku}" for sku, number in sorted(units.items()))
