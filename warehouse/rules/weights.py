"""A weight as a scale or a person gives it at a station: "1250", "1250 g", "1.25 kg"."""

from __future__ import annotations

import re
from decimal import Decimal

LEAST_G, MOST_G = 1, 100_000
_WEIGHT = re.compile(r"([0-9]{1,6})(?:[.,]([0-9]{1,3}))?\s*(kg|g)?", re.IGNORECASE)
_LONGEST_BARE = 5
"""Digits of a weight without its unit: product numbers have eight or more."""


def read_weight(raw: str) -> int | None:
    """Return grams, None for what is no weight or outside 1 g to 100 kg."""
    match = _WEIGHT.fullmatch(raw.strip())
    if match is None:
        return None
    whole, fraction, unit = match.group(1), match.group(2), (match.group(3) or "").lower()
    if not unit and (fraction or len(whole) > _LONGEST_BARE):
        return None
    value = Decimal(f"{whole}.{fraction or '0'}") * (1000 if unit == "kg" else 1)
    grams = int(value.to_integral_value())
    return grams if LEAST_G <= grams <= MOST_G else None


def has_unit(raw: str) -> bool:
    """Tell whether the weight names its unit, so that it can be nothing else."""
    return raw.strip().lower().endswith("g")
