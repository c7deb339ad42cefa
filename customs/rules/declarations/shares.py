"""Sharing a total over items so that the shares add up to it exactly, and writing weights."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

ZERO = Decimal(0)
GRAM = Decimal("0.001")


def share(total: Decimal, weights: Sequence[Decimal], step: Decimal) -> list[Decimal]:
    """Shares of ``total`` by weight, whole steps each; the last takes what rounding left.

    All weights nought counts as equal weights.
    """
    whole = sum(weights, ZERO)
    parts = [
        (total * weight / whole if whole else total / len(weights)).quantize(step, ROUND_DOWN)
        for weight in weights[:-1]
    ]
    return [*parts, total - sum(parts, ZERO)]


def kilograms(grams: int) -> Decimal:
    """Weight in kilograms to the gram."""
    return (Decimal(grams) / 1000).quantize(GRAM)
