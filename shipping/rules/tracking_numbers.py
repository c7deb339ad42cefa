"""Tracking numbers as a person types them in: which carrier's they can be.

Source: ``shipping/data/tracking_numbers.csv``, dated, with source and confidence on each row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from core.dated import Dated, in_force, read_dated
from core.sentences import Sentence, gettext_noop
from shipping.rules import s10

DATA = Path(__file__).parent.parent / "data" / "tracking_numbers.csv"
REMAINDER_BY_7, S10 = "remainder_by_7", "s10"
DIVISOR = 7


class BadTrackingNumber(ValueError):
    """It cannot be that carrier's number; `sentence` says why and what one looks like."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.text)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How one carrier's numbers look."""

    carrier: str
    pattern: str
    check_digit: str
    example: str


@lru_cache(maxsize=1)
def _formats() -> tuple[Dated[NumberFormat], ...]:
    def make(row: Mapping[str, str]) -> NumberFormat:
        return NumberFormat(row["carrier"], row["pattern"], row["check_digit"], row["example"])

    return read_dated(DATA, make)


def read_tracking_number(carrier: str, typed: str, *, on: date, ours: str = "") -> str:
    """Return the number without spaces, in capitals; raise `BadTrackingNumber`.

    `ours` is the number we gave the item ourselves, where we did: then it can be no other.
    """
    number = re.sub(r"[\s-]", "", typed).upper()
    form = next((each for each in in_force(_formats(), on) if each.carrier == carrier), None)
    if form is None:
        raise LookupError(f"{DATA.name} has no row for {carrier} in force on {on}.")
    if not number.isascii() or not re.fullmatch(form.pattern, number):
        template = gettext_noop("It does not look like this carrier's number, such as {example}.")
        raise _bad("number_form", template, example=form.example)
    is_right = form.check_digit != REMAINDER_BY_7 or int(number[:-1]) % DIVISOR == int(number[-1])
    if not is_right or (form.check_digit == S10 and not s10.is_valid(number)):
        raise _bad("number_check", gettext_noop("Its check digit does not fit: read it again."))
    if ours and number != ours:
        template = gettext_noop("We gave this item the number {ours}; it is booked under no other.")
        raise _bad("number_ours", template, ours=ours)
    return number


def _bad(code: str, template: str, **params: str) -> BadTrackingNumber:
    return BadTrackingNumber(Sentence(code, template, params))
