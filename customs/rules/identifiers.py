"""Numbers that name a party, a scheme or a thing, checked by pattern and by check digit.

``id_formats.csv`` lists the kinds; check digits are python-stdnum's where it has them, our own for
UPU S10 and air waybills. A number that passes is well formed, not proven to exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import import_module

from stdnum.exceptions import ValidationError

from core.sentences import gettext_noop
from customs.rules.facts import read_rows, regime
from customs.rules.problems import Problem, problem


class UnknownIdentifierKind(KeyError):
    """The kind is not in ``id_formats.csv``. Permanent: a fault in the caller."""


@dataclass(frozen=True, slots=True)
class IdentifierFormat:
    """One row of ``id_formats.csv``."""

    kind: str
    country: str
    pattern: str
    module: str
    description: str
    confidence: str


@dataclass(frozen=True, slots=True)
class RecipientIdRule:
    """A destination asks for the buyer's own number: any one of ``kinds`` satisfies it."""

    kinds: tuple[str, ...]
    regime_id: str
    source: str
    confidence: str


@lru_cache(maxsize=1)
def identifier_formats() -> Mapping[str, IdentifierFormat]:
    """The known kinds by name."""
    return {
        row["kind"]: IdentifierFormat(
            kind=row["kind"],
            country=row["country"],
            pattern=row["pattern"],
            module=row["module"],
            description=row["format"],
            confidence=row["confidence"],
        )
        for row in read_rows("id_formats.csv")
    }


def compact(value: str) -> str:
    """Without spaces, points, hyphens and slashes, in capitals."""
    return re.sub(r"[\s.\-/]", "", value).upper()


def s10_check_digit(serial: str) -> int:
    """Check digit of the eight digits of a UPU S10 number (weights 8 6 4 2 3 5 9 7, modulo 11)."""
    weights = (8, 6, 4, 2, 3, 5, 9, 7)
    digit = 11 - sum(w * int(d) for w, d in zip(weights, serial, strict=True)) % 11
    return {10: 0, 11: 5}.get(digit, digit)


def _own_check(kind: str, number: str) -> bool:
    if kind == "S10":
        return s10_check_digit(number[2:10]) == int(number[10])
    if kind == "AWB":  # airline prefix, then a serial whose last digit is its first seven modulo 7
        return int(number[3:10]) % 7 == int(number[10])
    return True


def _passes(form: IdentifierFormat, value: str) -> bool:
    number = compact(value)
    if form.pattern and not re.fullmatch(form.pattern, number, flags=re.ASCII):
        return False
    # python-stdnum refuses IN numbers as VAT ids; their pattern is all there is to check.
    if form.module and form.kind != "IOSS_INTERMEDIARY":
        try:
            import_module(form.module).validate(value.strip())
        except ValidationError:
            return False
        return True
    return _own_check(form.kind, number)


def check_identifier(
    kind: str, value: str, *, element: str = "", level: str = "party", line: int = 0
) -> Problem | None:
    """None when the number is well formed; raises UnknownIdentifierKind.

    The fault never repeats the number: it is personal data and faults are logged.
    """
    try:
        form = identifier_formats()[kind]
    except KeyError:
        raise UnknownIdentifierKind(kind) from None
    if not value.strip():
        code, fault = "identifier_missing", gettext_noop("the {kind} number is missing")
    elif not _passes(form, value):
        code, fault = "identifier_invalid", gettext_noop("this is no valid {kind} number")
    else:
        return None
    return problem(
        element or kind,
        level=level,
        line=line,
        code=code,
        fault=fault,
        remedy=gettext_noop("give {kind} as: {form}"),
        kind=kind,
        form=form.description,
    )


def recipient_id_required(destination: str, on: date) -> RecipientIdRule | None:
    """Which number of the buyer the destination asks for on that day, if any."""
    row = regime(destination, "recipient_id", on)
    if row is None:
        return None
    return RecipientIdRule(
        kinds=tuple(row.method.split("|")),
        regime_id=row.id,
        source=row.source,
        confidence=row.confidence,
    )


def check_recipient_id(destination: str, value: str, on: date) -> Problem | None:
    """None when the destination asks for no number, or the number fits one of its kinds."""
    rule = recipient_id_required(destination, on)
    if rule is None:
        return None
    found = [check_identifier(kind, value, element="recipient_tax_id") for kind in rule.kinds]
    return None if None in found else found[0]
