"""Fields of a product and their values in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from orders.rules.automation.fields import BATTERIES, NATURES

FIELDS: Mapping[str, str] = {
    "title": gettext_noop("Name"),
    "brand": gettext_noop("Brand"),
    "model": gettext_noop("Model"),
    "gtin": gettext_noop("GTIN"),
    "weight_g": gettext_noop("Weight of one piece, g"),
    "length_mm": gettext_noop("Length, mm"),
    "width_mm": gettext_noop("Width, mm"),
    "height_mm": gettext_noop("Height, mm"),
    "nature": gettext_noop("Nature of the goods"),
    "hs_code": gettext_noop("HS code"),
    "origin_country": gettext_noop("Country of origin"),
    "customs_description": gettext_noop("Description for customs"),
    "unit_value": gettext_noop("Value of one piece"),
    "currency": gettext_noop("Currency"),
    "battery": gettext_noop("Battery"),
}
CODES: Mapping[str, Mapping[str, str]] = {"nature": dict(NATURES), "battery": dict(BATTERIES)}
NOTHING = "–"


def changes_in_words(data: Mapping[str, Any]) -> str:
    """What a `product.changed` or `product.customs_corrected` event tells."""
    before, after = data.get("before") or {}, data.get("after") or {}
    told = []
    for name, was in before.items():
        words = {"field": _(FIELDS.get(name, name)), "was": _value(name, was)}
        if name in after:
            sentence = _("%(field)s: %(was)s → %(now)s")
            told.append(sentence % {**words, "now": _value(name, after[name])})
        else:
            told.append(_("%(field)s: was %(was)s") % words)
    return "; ".join(told)


def _value(name: str, value: Any) -> str:
    words = CODES.get(name, {}).get(str(value))
    return (_(words) if words else str(value)) or NOTHING
