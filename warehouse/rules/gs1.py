"""GS1: check digits, GTINs and element strings.

Rule source: GS1 General Specifications; the application identifiers read here are listed in
``warehouse/data/gs1_ais.csv``. Anything else in an element string is an error that names it.
"""

from __future__ import annotations

import calendar
import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"
GROUP_SEPARATOR = "\x1d"
GTIN_LENGTHS = (8, 12, 13, 14)
CHECKED = ("00", "01", "02", "402", *(f"41{n}" for n in range(8)))
"""Identifiers whose value ends in a check digit: SSCC, GTINs, shipment number, GLNs."""
_BRACKETED = re.compile(r"\((\d{2,4})\)")


class BadGs1(ValueError):
    """The code breaks a GS1 rule; the message names the element, the fault and what is right."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """One application identifier: how long its value is and what may be in it."""

    ai: str
    name: str
    shortest: int
    longest: int
    characters: str
    is_fixed: bool


def check_digit(digits: str) -> int:
    """The GS1 modulo-10 check digit of the digits before it (weights 3 1 from the right)."""
    total = sum(int(digit) * (3 if n % 2 == 0 else 1) for n, digit in enumerate(reversed(digits)))
    return -total % 10


def has_good_check_digit(number: str) -> bool:
    """True when the last digit of a GTIN, SSCC or GLN fits the others."""
    return len(number) > 1 and _is_digits(number) and check_digit(number[:-1]) == int(number[-1])


def gtin14(number: str) -> str:
    """A GTIN-8, -12, -13 or -14 in fourteen digits; raises BadGs1."""
    if not _is_digits(number) or len(number) not in GTIN_LENGTHS:
        raise BadGs1(f"gtin: {number!r} must have 8, 12, 13 or 14 digits")
    if not has_good_check_digit(number):
        raise BadGs1(
            f"gtin: the last digit of {number} should be {check_digit(number[:-1])}; "
            "a digit was misread or mistyped"
        )
    return number.zfill(14)


def parse_elements(text: str) -> dict[str, str]:
    """Read an element string into ``{ai: value}``; raises BadGs1.

    ``text`` is what a scanner sends after the symbology mark, with the group separator between
    elements, or the printed form with brackets: ``(01)09501101530003(17)270131(10)AB1``.
    """
    elements: dict[str, str] = {}
    rest = text.strip(GROUP_SEPARATOR)
    while rest:
        bracketed = _BRACKETED.match(rest)
        identifier = _identifier(bracketed[1] if bracketed else rest[:4], text)
        if bracketed:
            value, rest = _until_next_bracket(rest[bracketed.end() :])
        else:
            value, rest = _value_of(identifier, rest[len(identifier.ai) :])
        _check_value(identifier, value)
        if elements.setdefault(identifier.ai, value) != value:
            raise BadGs1(f"({identifier.ai}) {identifier.name}: given twice with two values")
    if not elements:
        raise BadGs1("the code holds no element")
    return elements


def date_of(value: str) -> date:
    """A YYMMDD date; day 00 is the last day of the month; raises BadGs1.

    The century is 2000 for 00-50 and 1900 after it. GS1 slides that window with the year of
    reading; fixed here, because rules know no clock, and right for goods until 2050.
    """
    year = 2000 + int(value[:2]) if int(value[:2]) <= 50 else 1900 + int(value[:2])
    month, day = int(value[2:4]), int(value[4:6])
    try:
        return date(year, month, day or calendar.monthrange(year, month)[1])
    except (ValueError, calendar.IllegalMonthError) as fault:
        raise BadGs1(f"date: {value} is no day of the calendar; it must be YYMMDD") from fault


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _identifier(start: str, text: str) -> Identifier:
    """The identifier that ``start`` is, or begins with; none listed is the beginning of another."""
    known = _identifiers()
    found = next((known[start[:n]] for n in (4, 3, 2) if start[:n] in known), None)
    if found is None:
        raise BadGs1(
            f"unknown application identifier at {_shown(start)!r} in {_shown(text)!r}; "
            "it must be listed in gs1_ais.csv"
        )
    return found


def _value_of(identifier: Identifier, rest: str) -> tuple[str, str]:
    if identifier.is_fixed:
        after = rest[identifier.longest :]
        return rest[: identifier.longest], after.removeprefix(GROUP_SEPARATOR)
    value, _separator, after = rest.partition(GROUP_SEPARATOR)
    return value, after


def _until_next_bracket(rest: str) -> tuple[str, str]:
    following = _BRACKETED.search(rest)
    end = following.start() if following else len(rest)
    return rest[:end].rstrip(GROUP_SEPARATOR), rest[end:]


def _check_value(identifier: Identifier, value: str) -> None:
    where = f"({identifier.ai}) {identifier.name}"
    if not identifier.shortest <= len(value) <= identifier.longest:
        wanted = f"{identifier.shortest} to {identifier.longest}"
        raise BadGs1(f"{where}: {_shown(value)!r} has {len(value)} characters instead of {wanted}")
    if identifier.characters in "nd" and not _is_digits(value):
        raise BadGs1(f"{where}: {_shown(value)!r} must be digits only")
    if identifier.characters == "x" and not re.fullmatch(r"[!-Z_a-z]+", value):
        raise BadGs1(f"{where}: {_shown(value)!r} holds a character GS1 does not allow")
    if identifier.characters == "d":
        date_of(value)
    if identifier.ai in CHECKED and not has_good_check_digit(value):
        raise BadGs1(f"{where}: the last digit of {value} should be {check_digit(value[:-1])}")


def _shown(text: str) -> str:
    return text.replace(GROUP_SEPARATOR, "|")


@lru_cache(maxsize=1)
def _identifiers() -> dict[str, Identifier]:
    """Every identifier by its digits; `310n` in the file stands for 3100 to 3105."""
    found = {}
    with (DATA / "gs1_ais.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            stem = row["ai"].removesuffix("n")
            for ai in [stem] if stem == row["ai"] else [f"{stem}{n}" for n in range(6)]:
                found[ai] = Identifier(
                    ai=ai,
                    name=row["name"],
                    shortest=int(row["digits_min"]),
                    longest=int(row["digits_max"]),
                    characters=row["characters"],
                    is_fixed=row["fixed"] == "yes",
                )
    return found


def net_weight_g(elements: Mapping[str, str]) -> int | None:
    """Grams of element 310n, rounded down to whole ones; None without it."""
    for decimals in range(6):
        value = elements.get(f"310{decimals}")
        if value is not None:
            return int(value) * 1000 // int(10**decimals)
    return None
