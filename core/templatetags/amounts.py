"""Money, weight and size as people read them, in the reader's language."""

from __future__ import annotations

from decimal import Decimal
from html import escape
from typing import Protocol

from babel.numbers import format_decimal, get_currency_precision
from django import template
from django.utils.safestring import SafeString

from core.templatetags.instants import active_locale

register = template.Library()


class HasMoney(Protocol):
    """Anything with an amount and an ISO 4217 currency."""

    @property
    def amount(self) -> Decimal: ...
    @property
    def currency(self) -> str: ...


def _number(value: Decimal, *, decimals: int) -> str:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=active_locale())


@register.filter
def money(value: Decimal | HasMoney | None, currency: str = "") -> SafeString | str:
    """ "1,234.50 EUR": the code, never a bare "$", because one page shows several dollars.

    Shows more decimals than the currency has only where the amount itself carries them (unit
    prices), so that a rounded figure never stands for an exact one.
    """
    if value is None:
        return ""
    amount = value if isinstance(value, Decimal) else value.amount
    code = currency if isinstance(value, Decimal) else value.currency
    exponent = amount.normalize().as_tuple().exponent
    own_decimals = -exponent if isinstance(exponent, int) else 0
    decimals = max(get_currency_precision(code), own_decimals)
    return _with_unit(_number(amount, decimals=decimals), code)


@register.filter
def weight(grams: int | None) -> SafeString | str:
    """Grams below one kilogram, else kilograms with up to three decimals."""
    if grams is None:
        return ""
    if grams < 1000:
        return _with_unit(_number(Decimal(grams), decimals=0), "g")
    return _with_unit(format_decimal(Decimal(grams) / 1000, "#,##0.0##", active_locale()), "kg")


@register.simple_tag
def dimensions(length_mm: int | None, width_mm: int | None, height_mm: int | None) -> SafeString:
    """ "30 × 20 × 10.5 cm" from millimetres; nothing while any side is unknown."""
    sides = [side for side in (length_mm, width_mm, height_mm) if side is not None]
    if len(sides) < 3:
        return SafeString("")
    words = [format_decimal(Decimal(side) / 10, "#,##0.#", active_locale()) for side in sides]
    return _with_unit(" × ".join(words), "cm")


@register.filter
def count(value: int | None) -> str:
    """A whole number with the reader's own separators."""
    return "" if value is None else _number(Decimal(value), decimals=0)


@register.filter
def file_size(size_bytes: int) -> SafeString:
    """Kilobytes up to one megabyte, then megabytes with one decimal."""
    if size_bytes < 1_000_000:
        return _with_unit(_number(Decimal(max(1, round(size_bytes / 1000))), decimals=0), "kB")
    return _with_unit(_number(Decimal(size_bytes) / 1_000_000, decimals=1), "MB")


def _with_unit(number: str, unit: str) -> SafeString:
    return SafeString(
        f'<span class="amount">{escape(number)} <span class="unit">{escape(unit)}</span></span>'
    )
