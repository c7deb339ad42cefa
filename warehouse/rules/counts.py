"""Cycle counts: classes by what is shipped, tolerances, what a count's result leads to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from core.dated import Dated, in_force, read_dated
from warehouse.rules.gs1 import DATA

Class = Literal["A", "B", "C"]
CLASSES: tuple[Class, ...] = ("A", "B", "C")
Outcome = Literal["agrees", "adjust", "second", "approve"]
Goods = tuple[int, str, date | None, str]
"""Product, lot, expiry, condition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRules:
    """Limits in force on a day; see ``warehouse/data/count_rules.csv``."""

    window_days: int
    a_percent: int
    b_percent: int
    tolerance_pieces: int
    tolerance_percent: int
    most_bins: int


def count_rules(on: date) -> CountRules:
    """Return the limits of a day."""
    found = dict(in_force(_rules(), on))
    return CountRules(
        window_days=found["abc_window"],
        a_percent=found["abc_a"],
        b_percent=found["abc_b"],
        tolerance_pieces=found["tolerance_pieces"],
        tolerance_percent=found["tolerance_percent"],
        most_bins=found["list_bins"],
    )


@lru_cache(maxsize=1)
def _rules() -> tuple[Dated[tuple[str, int]], ...]:
    return read_dated(
        DATA / "count_rules.csv", lambda columns: (columns["rule"], int(columns["value"]))
    )


def classify(shipped: Mapping[int, int], *, a_percent: int, b_percent: int) -> dict[int, Class]:
    """Class every product by pieces shipped: A are the fastest that make up `a_percent` of all,
    B those up to `b_percent`, C the rest and whatever was not shipped at all.

    A product that begins below the limit belongs to the class, so the fastest one is always A.
    """
    everything = sum(shipped.values())
    classes: dict[int, Class] = {}
    before = 0
    for product_id, pieces in sorted(shipped.items(), key=lambda pair: (-pair[1], pair[0])):
        share = before * 100
        if pieces and share < everything * a_percent:
            classes[product_id] = "A"
        elif pieces and share < everything * b_percent:
            classes[product_id] = "B"
        else:
            classes[product_id] = "C"
        before += pieces
    return classes


@dataclass(frozen=True, slots=True)
class Difference:
    """Pieces the ledger has and pieces that were counted, of one kind of goods in a bin."""

    goods: Goods
    expected: int
    counted: int

    @property
    def pieces(self) -> int:
        """Positive: more was found than the ledger has."""
        return self.counted - self.expected


def differences(ledger: Mapping[Goods, int], counted: Mapping[Goods, int]) -> list[Difference]:
    """Lay a count over the ledger. What was not counted at all is 0: the bin is counted whole."""
    keys = sorted({*ledger, *counted}, key=lambda key: (key[0], key[1], str(key[2] or ""), key[3]))
    rows = [Difference(key, ledger.get(key, 0), counted.get(key, 0)) for key in keys]
    return [row for row in rows if row.expected or row.counted]


def is_tolerated(row: Difference, rules: CountRules) -> bool:
    """True when a difference is small enough to be taken over from one count."""
    most = max(rules.tolerance_pieces, row.expected * rules.tolerance_percent // 100)
    return abs(row.pieces) <= most


def outcome(rows: Sequence[Difference], *, attempt: int, rules: CountRules) -> Outcome:
    """What a bin's count leads to: nothing, a ledger row at once, a second count by somebody
    else (`attempt` 1), or a decision by a person (a later attempt)."""
    if all(row.pieces == 0 for row in rows):
        return "agrees"
    if all(is_tolerated(row, rules) for row in rows):
        return "adjust"
    return "second" if attempt == 1 else "approve"


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How true the ledger was: bins that were right of all counted, pieces that were."""

    bins: int
    right: int
    expected: int
    off: int

    @property
    def bins_percent(self) -> float | None:
        """None when nothing was counted."""
        return round(100 * self.right / self.bins, 1) if self.bins else None

    @property
    def pieces_percent(self) -> float | None:
        """Pieces missed or found count alike; None when none were expected."""
        return round(max(0.0, 100 * (1 - self.off / self.expected)), 1) if self.expected else None


def accuracy(bins: Iterable[Sequence[Difference]]) -> Accuracy:
    """Judge the ledger by the counts of many bins."""
    found = list(bins)
    return Accuracy(
        bins=len(found),
        right=sum(all(row.pieces == 0 for row in rows) for rows in found),
        expected=sum(row.expected for rows in found for row in rows),
        off=sum(abs(row.pieces) for rows in found for row in rows),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """Pieces of a balance that an order was promised; smaller `urgency` is more urgent."""

    order_id: int
    quantity: int
    urgency: tuple[int, float, int]
    can_wait: bool


def give_up(short: int, promises: Sequence[Promised]) -> tuple[list[int], int]:
    """Choose the orders that lose their promise when `short` promised pieces are not there.

    The least urgent first, and only those no parcel is planned for (`can_wait`). Returns their ids
    and the pieces that remain promised and are not there.
    """
    chosen: list[int] = []
    for promise in sorted(promises, key=lambda each: each.urgency, reverse=True):
        if short <= 0:
            break
        if promise.can_wait:
            chosen.append(promise.order_id)
            short -= promise.quantity
    return chosen, max(0, short)
