"""How far a parcel's weight may be from what is expected, learnt from parcels of the same contents.

Expected is the master weight of goods and carton, moved by what earlier parcels of the same
contents weighed beyond theirs. The tolerance is a number of standard deviations of that, never
below a floor nor above a ceiling. While there are few parcels an assumed spread counts for some.
Limits are dated rows of ``warehouse/data/weight_rules.csv``.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from core.dated import Dated, in_force, read_dated
from warehouse.rules.gs1 import DATA


@dataclass(frozen=True, slots=True)
class WeightRules:
    """The limits in force on a day; grams, percent and counts as in the file."""

    tolerance_floor: int
    tolerance_ceiling: int
    prior_parcels: int
    prior_spread: int
    spreads: int
    learnt_bound: int
    remembered_parcels: int
    repeat_floor: int
    repeat_percent: int


@dataclass(frozen=True, slots=True)
class Learnt:
    """Sums over closed parcels of one content: real minus master weight, and its square."""

    parcels: int = 0
    sum_g: int = 0
    sum_squares_g2: int = 0

    def plus(self, difference_g: int) -> Learnt:
        """After one more parcel."""
        return Learnt(
            self.parcels + 1,
            self.sum_g + difference_g,
            self.sum_squares_g2 + difference_g * difference_g,
        )


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a parcel should weigh, give or take; `parcels` says how many it was learnt from."""

    expected_g: int
    tolerance_g: int
    parcels: int

    def holds(self, weight_g: int) -> bool:
        """True within the tolerance."""
        return abs(weight_g - self.expected_g) <= self.tolerance_g


def content_key(items: Iterable[tuple[int, int]], carton: str) -> str:
    """The hash of a content: (product id, quantity) in any order, in a carton."""
    quantities: dict[int, int] = {}
    for product_id, quantity in items:
        quantities[product_id] = quantities.get(product_id, 0) + quantity
    told = ",".join(f"{product_id}x{quantities[product_id]}" for product_id in sorted(quantities))
    return hashlib.sha256(f"{told}|{carton}".encode()).hexdigest()


def expectation(master_g: int, learnt: Learnt, rules: WeightRules) -> Expectation:
    """What a parcel of this master weight should weigh after what was learnt."""
    assumed = rules.prior_parcels
    together = assumed + learnt.parcels
    shift = learnt.sum_g / together
    assumed_square = (master_g * rules.prior_spread / 100) ** 2 * assumed
    variance = max((assumed_square + learnt.sum_squares_g2) / together - shift * shift, 0.0)
    ceiling = max(rules.tolerance_floor, master_g * rules.tolerance_ceiling // 100)
    tolerance = math.ceil(rules.spreads * math.sqrt(variance))
    return Expectation(
        expected_g=max(1, master_g + round(shift)),
        tolerance_g=min(max(tolerance, rules.tolerance_floor), ceiling),
        parcels=learnt.parcels,
    )


def difference(weight_g: int, master_g: int, rules: WeightRules) -> int:
    """What a closed parcel teaches: real minus master weight, bounded."""
    bound = max(rules.tolerance_floor, master_g * rules.learnt_bound // 100)
    return max(-bound, min(weight_g - master_g, bound))


def is_same_reading(one_g: int, other_g: int, rules: WeightRules) -> bool:
    """Tell whether two readings agree, so that the second confirms the first."""
    allowed = max(rules.repeat_floor, max(one_g, other_g) * rules.repeat_percent // 100)
    return abs(one_g - other_g) <= allowed


def weight_rules_on(on: date) -> WeightRules:
    """The limits in force on that day; raises LookupError when one is missing."""
    found = dict(in_force(_rules(), on))
    missing = [name for name in WeightRules.__slots__ if name not in found]
    if missing:
        raise LookupError(f"weight_rules.csv: no {missing[0]} in force on {on.isoformat()}")
    return WeightRules(**{name: found[name] for name in WeightRules.__slots__})


@lru_cache(maxsize=1)
def _rules() -> tuple[Dated[tuple[str, int]], ...]:
    return read_dated(
        DATA / "weight_rules.csv", lambda columns: (columns["rule"], int(columns["value"]))
    )
