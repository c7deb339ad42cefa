"""Numbers and names on printed documents: English forms, whatever language the reader's screen has.

A document is read by customs and carriers and its bytes are hashed, so nothing here may depend on
the active language or time zone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from django import template
from django.utils.safestring import SafeString

from core.barcodes import code128_svg, qr_svg
from core.money import minor_units
from core.pdf.addresses import country_name

register = template.Library()


@register.filter
def amount(value: Decimal | None, currency: str) -> str:
    """ "1,234.50" with the currency's decimals, more only where the amount itself carries them."""
    if value is None:
        return ""
    exponent = value.normalize().as_tuple().exponent
    own = -exponent if isinstance(exponent, int) else 0
    return f"{value:,.{max(minor_units(currency), own)}f}"


@register.filter
def kg(grams: int | None) -> str:
    """ "0.350": kilograms with three decimals, as CN22 and CN23 ask."""
    return "" if grams is None else f"{Decimal(grams) / 1000:,.3f}"


@register.filter
def cm(millimetres: int) -> str:
    """ "30.5" centimetres; a whole number without a decimal."""
    return f"{Decimal(millimetres) / 10:,.1f}".removesuffix(".0")


@register.filter
def day(value: date | datetime | None) -> str:
    """ "07 Mar 2026": no reader takes the day for the month. Instants as their day in UTC."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
    return f"{value.day:02d} {MONTHS[value.month - 1]} {value.year}"


@register.filter
def instant(value: datetime) -> str:
    """ "07 Mar 2026 14:05 UTC"."""
    value = value.astimezone(UTC)
    return f"{day(value)} {value:%H:%M} UTC"


@register.filter
def country(code: str) -> str:
    """The country's English name."""
    return country_name(code)


@register.filter
def pays(code: str) -> str:
    """The country's French name, the second language of postal forms."""
    return country_name(code, "fr")


@register.simple_tag
def code128(text: str, module_mm: str = "0.375", height_mm: int = 12) -> SafeString:
    """A Code 128 symbol; see core.barcodes."""
    return code128_svg(text, module_mm=Decimal(module_mm), height_mm=height_mm)


@register.simple_tag
def qr(text: str, module_mm: str = "0.5") -> SafeString:
    """A QR symbol; see core.barcodes."""
    return qr_svg(text, module_mm=Decimal(module_mm))


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
