"""Making our texts and amounts fit a partner's fields without losing anything.

What cannot fit is `Refused` naming our field: a label with half an address is worse than none.
Lengths are counted in Unicode characters, as JSON Schema counts them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from integrations.errors import Refused


def required(value: str, *, field: str, longest: int) -> str:
    """`value` without surrounding space. Raises `Refused` where it is empty or too long."""
    text = value.strip()
    if not text:
        raise Refused(field, "required", f"{field} is empty; the carrier needs it")
    return optional(text, field=field, longest=longest)


def optional(value: str, *, field: str, longest: int) -> str:
    """`value` without surrounding space, possibly "". Raises `Refused` where it is too long."""
    text = value.strip()
    if len(text) > longest:
        message = f"{field} has {len(text)} characters; the carrier takes {longest}: shorten it"
        params = {"length": str(len(text)), "longest": str(longest)}
        raise Refused(field, "too_long", message, params=params)
    return text


def lines(given: Sequence[str], *, field: str, count: int, longest: int) -> tuple[str, ...]:
    """An address of any number of lines as at most `count` lines of at most `longest`.

    Lines that fit stay as they are. Otherwise the text flows on, broken at spaces or between two
    ideographs (中文 has no spaces), never inside or beside a number.
    """
    kept = tuple(line.strip() for line in given if line.strip())
    if not kept:
        raise Refused(field, "required", f"{field} is empty; the carrier needs it")
    if len(kept) <= count and all(len(line) <= longest for line in kept):
        return kept
    flowed = [""]
    for piece in _pieces(" ".join(kept)):
        if len((flowed[-1] + piece).rstrip()) > longest and flowed[-1]:
            flowed[-1] = flowed[-1].rstrip()
            flowed.append("")
        flowed[-1] += piece if flowed[-1] else piece.lstrip()
    result = tuple(line.strip() for line in flowed if line.strip())
    if len(result) > count or any(len(line) > longest for line in result):
        message = f"{field} does not fit in {count} lines of {longest} characters: shorten it"
        params = {"count": str(count), "longest": str(longest)}
        raise Refused(field, "too_long", message, params=params)
    return result


def _pieces(text: str) -> list[str]:
    """`text` cut wherever a line may end; joined again it is the same text."""
    pieces = [""]
    for before, character in zip("\0" + text, text, strict=False):
        if before == " " or (_is_ideograph(before) and _is_ideograph(character)):
            pieces.append("")
        pieces[-1] += character
    return pieces


def _is_ideograph(character: str) -> bool:
    return (
        unicodedata.east_asian_width(character) == "W" and unicodedata.category(character) == "Lo"
    )


def summary(descriptions: Sequence[str], *, field: str, longest: int) -> str:
    """One line that stands for several descriptions ("Cotton shirt and 3 more").

    For fields that only summarise; the whole descriptions are sent line by line elsewhere.
    """
    distinct = list(dict.fromkeys(text.strip() for text in descriptions if text.strip()))
    if not distinct:
        raise Refused(field, "required", f"{field} has no description; the carrier needs one")
    whole = "; ".join(distinct)
    if len(whole) <= longest:
        return whole
    rest = f" and {len(distinct) - 1} more" if len(distinct) > 1 else ""
    first = lines((distinct[0],), field=field, count=len(distinct[0]), longest=longest - len(rest))[
        0
    ]
    return first + rest


def number(value: Decimal, *, field: str, places: int = 3) -> float:
    """`value` as a JSON number, exact. Raises `Refused` where digits would be lost.

    Binary floats print back their shortest decimal, which is exact up to 15 digits.
    """
    if not value.is_finite() or value != round(value, places):
        raise Refused(field, "precision", f"{field} {value} has more than {places} decimals")
    if value < 0 or value >= Decimal(10) ** (15 - places):
        raise Refused(field, "out_of_range", f"{field} {value} is out of the carrier's range")
    return float(value)


def kilograms(grams: int, *, field: str) -> float:
    """Kilograms with three decimals. Raises `Refused` at zero or below."""
    if grams <= 0:
        raise Refused(field, "required", f"{field} must be above zero grams")
    return number(Decimal(grams) / 1000, field=field)


def centimetres(millimetres: int, *, field: str) -> float:
    """Centimetres with one decimal. Raises `Refused` at zero or below."""
    if millimetres <= 0:
        raise Refused(field, "required", f"{field} must be above zero millimetres")
    return number(Decimal(millimetres) / 10, field=field)
