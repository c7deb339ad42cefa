"""Values from which a destination's customs treats a consignment otherwise.

Rows of ``regimes.csv`` in force on a day. Where a destination has several (by origin or mode), all
of them count: whoever combines or parts consignments must not cross any.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.sentences import gettext_noop
from customs.rules.facts import is_eu_member, regimes

KINDS: Mapping[str, str] = {
    "prepaid_scheme": gettext_noop("up to it taxes are prepaid at the sale"),
    "duty_de_minimis": gettext_noop("up to it there is no duty"),
    "tax_de_minimis": gettext_noop("up to it there is no import tax"),
    "duty_and_tax_de_minimis": gettext_noop("up to it there is neither duty nor tax"),
    "flat_duty_per_item": gettext_noop("up to it duty is flat"),
    "flat_duty_ad_valorem": gettext_noop("up to it duty is flat"),
    "informal_entry_limit": gettext_noop("up to it the entry is informal"),
}
"""Kinds of rows that draw such a line, and what is so below it."""


@dataclass(frozen=True, slots=True)
class ValueThreshold:
    """`rule` says what holds up to `amount`; `regime` is the id of its row."""

    regime: str
    rule: str
    amount: Decimal
    currency: str
    source: str
    confidence: str


def value_thresholds(destination: str, on: date) -> tuple[ValueThreshold, ...]:
    """The lines that a consignment's value may cross, each amount once, the lowest first."""
    territory = "EU" if is_eu_member(destination) else destination
    found: dict[tuple[str, Decimal], ValueThreshold] = {}
    for kind, words in KINDS.items():
        for row in regimes(territory, kind, on):
            if row.threshold:
                found.setdefault(
                    (row.currency, row.threshold),
                    ValueThreshold(
                        row.id, words, row.threshold, row.currency, row.source, row.confidence
                    ),
                )
    return tuple(sorted(found.values(), key=lambda each: (each.currency, each.amount)))
