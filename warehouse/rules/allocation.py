"""Which warehouse an order ships from, with an explanation that is stored beside the reservation.

Strategies are looked up by name. The one of today, ``single_warehouse``, wants one building to
hold every line; where none does, the order is a backorder.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.sentences import Sentence, gettext_noop
from warehouse.rules.gs1 import DATA


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseStock:
    """A building and the units free to promise there, by SKU. A lower ``priority`` is preferred."""

    code: str
    country: str
    priority: int
    available: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNeed:
    """What must ship and where to (ISO country); ``lines`` is units by SKU, bundles exploded."""

    destination_country: str
    lines: Mapping[str, int]

    def __post_init__(self) -> None:
        if not self.lines or min(self.lines.values()) <= 0:
            raise ValueError("lines: an order needs lines with a quantity above 0")


@dataclass(frozen=True, slots=True)
class Considered:
    """One building looked at: where it came in the ranking, and what it lacks (units by SKU)."""

    warehouse: str
    rank: int
    nearness: str
    short: Mapping[str, int]

    @property
    def holds_everything(self) -> bool:
        """True when no line is short."""
        return not self.short


@dataclass(frozen=True, slots=True)
class AllocationPlan:
    """The building to ship from (None is a backorder), why, and everything that was looked at."""

    warehouse: str | None
    strategy: str
    reason: Sentence
    considered: tuple[Considered, ...]

    @property
    def is_backorder(self) -> bool:
        """True when no building can ship the order now."""
        return self.warehouse is None

    def explanation(self) -> dict[str, Any]:
        """Plain data for the allocation's ``explanation`` column."""
        return {
            "strategy": self.strategy,
            "warehouse": self.warehouse,
            "reason": self.reason.as_dict(),
            "considered": [
                {
                    "warehouse": one.warehouse,
                    "rank": one.rank,
                    "nearness": one.nearness,
                    "short": dict(one.short),
                }
                for one in self.considered
            ],
        }


Strategy = Callable[[OrderNeed, Sequence[WarehouseStock]], AllocationPlan]


class UnknownStrategy(LookupError):
    """No allocation strategy has that name; the message lists those there are."""


def allocate(
    need: OrderNeed, stocks: Sequence[WarehouseStock], *, strategy: str = "single_warehouse"
) -> AllocationPlan:
    """Plan an order by the named strategy; raises UnknownStrategy. Reserves nothing."""
    chosen = STRATEGIES.get(strategy)
    if chosen is None:
        raise UnknownStrategy(f"strategy: {strategy!r} is none of {', '.join(sorted(STRATEGIES))}")
    return chosen(need, stocks)


def single_warehouse(need: OrderNeed, stocks: Sequence[WarehouseStock]) -> AllocationPlan:
    """The nearest building (country, region, elsewhere; then priority) that holds every line."""
    ranked = sorted(stocks, key=lambda stock: (_distance(stock, need), stock.priority, stock.code))
    considered = tuple(
        Considered(
            warehouse=stock.code,
            rank=rank,
            nearness=_NEARNESS[_distance(stock, need)],
            short={
                sku: quantity - stock.available.get(sku, 0)
                for sku, quantity in need.lines.items()
                if stock.available.get(sku, 0) < quantity
            },
        )
        for rank, stock in enumerate(ranked, start=1)
    )
    chosen = next((one for one in considered if one.holds_everything), None)
    return AllocationPlan(
        warehouse=chosen.warehouse if chosen else None,
        strategy="single_warehouse",
        reason=_why(chosen) if chosen else _why_not(considered),
        considered=considered,
    )


STRATEGIES: dict[str, Strategy] = {"single_warehouse": single_warehouse}

_NEARNESS = ("same_country", "same_region", "elsewhere")


def _distance(stock: WarehouseStock, need: OrderNeed) -> int:
    if stock.country == need.destination_country:
        return 0
    here, there = _regions().get(stock.country), _regions().get(need.destination_country)
    return 1 if here is not None and here == there else 2


def _why(chosen: Considered) -> Sentence:
    template = {
        "same_country": gettext_noop("{warehouse} holds every line, in the buyer's country."),
        "same_region": gettext_noop("{warehouse} holds every line, in the buyer's region."),
        "elsewhere": gettext_noop("{warehouse} holds every line; none nearer to the buyer does."),
    }[chosen.nearness]
    return Sentence(chosen.nearness, template, {"warehouse": chosen.warehouse})


def _why_not(considered: Sequence[Considered]) -> Sentence:
    if not considered:
        return Sentence("no_warehouse", gettext_noop("There is no warehouse to ship from."))
    least = min(considered, key=lambda one: (sum(one.short.values()), one.rank))
    return Sentence(
        "backorder",
        gettext_noop("No warehouse holds every line; {warehouse} lacks the least: {short}."),
        {
            "warehouse": least.warehouse,
            "short": ", ".join(f"{units} × {sku}" for sku, units in sorted(least.short.items())),
        },
    )


@lru_cache(maxsize=1)
def _regions() -> dict[str, str]:
    with (DATA / "regions.csv").open(encoding="utf-8", newline="") as file:
        return {row["country"]: row["region"] for row in csv.DictReader(file)}
