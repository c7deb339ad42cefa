"""Formats of data elements: ``an..35``, ``n6``, ``n6..10``, ``a2``, ``decimal``, ``kg``, ``date``.

Values are as in JSON: text, or whole numbers; decimals and dates are text. ``list of an3`` is a
list of such values.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from customs.rules.identifiers import check_identifier

_CODED = re.compile(r"(?:text )?(an|a|n)(\d+)?(?:\.\.(\d+))?")
_CLASSES = {"an": r"[^\n]", "a": "[A-Z]", "n": r"\d"}
_LIST = "list of "
_AMOUNTS = frozenset({"decimal", "amount0", "kg", "cm", "usd", "gbp", "int usd"})
_IDENTIFIERS = frozenset({"EORI", "IOSS"})


@lru_cache(maxsize=256)
def _pattern(form: str) -> re.Pattern[str] | None:
    found = _CODED.fullmatch(form)
    if found is None:
        return None
    letters, low, high = _CLASSES[found[1]], found[2], found[3]
    if high is not None:
        return re.compile(f"{letters}{{{low or 1},{high}}}", re.ASCII)
    return re.compile(f"{letters}{{{low}}}" if low else f"{letters}+", re.ASCII)


def _is_amount(form: str, text: str) -> bool:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return False
    if not number.is_finite() or (form == "int usd" and number != number.to_integral_value()):
        return False
    return number >= 0 if form == "amount0" else number > 0


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def fits(form: str, value: object) -> bool:
    """Whether one filled value has the format; a format that is only a word asks for any text.

    ``amount0`` is an amount that may be nought (free shipping); every other amount is above 0.
    """
    if form.startswith(_LIST):
        return isinstance(value, list) and all(fits(form.removeprefix(_LIST), v) for v in value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if is_number and (form in _AMOUNTS or form[:1] in {"n", ""}):
        return _text_fits(form, str(value))
    return isinstance(value, str) and _text_fits(form, value.strip())


def _text_fits(form: str, text: str) -> bool:
    if form in _AMOUNTS:
        return _is_amount(form, text)
    if form in _IDENTIFIERS:
        return check_identifier(form, text) is None
    if form == "date":
        return _is_date(text)
    pattern = _pattern(form)
    if pattern is None:
        return bool(text)
    return pattern.fullmatch(text) is not None and (form != "n" or int(text) > 0)
