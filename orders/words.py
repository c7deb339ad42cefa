"""Why an order is held, in the reader's language: for every door that shows holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.spoken import say
from orders.models import Hold
from orders.rules.reasons import REASONS, SENTENCES

PARTS: Mapping[str, str] = {
    "name": gettext_noop("name"),
    "company": gettext_noop("company"),
    "street": gettext_noop("street"),
    "city": gettext_noop("city"),
    "region": gettext_noop("region"),
    "postal code": gettext_noop("postal code"),
}
"""Parts of an address as the checks name them."""


def hold_words(hold: Hold) -> tuple[str, str]:
    """The reason and what would be right; as stored, where the reason is no longer known."""
    reason = REASONS.get(hold.reason_code)
    if reason is None:
        return hold.reason, hold.remedy
    values = _values(hold.params)
    try:
        return _(reason.template) % values, _(reason.remedy) % values
    except (KeyError, TypeError, ValueError):
        return hold.reason, hold.remedy


def _values(params: Mapping[str, Any]) -> dict[str, Any]:
    """The stored values, those that are words said in the reader's language."""
    values = dict(params)
    for name, told in params.items():
        if name.endswith(SENTENCES):
            values[name.removesuffix(SENTENCES)] = " ".join(map(say, told))
    if params.get("part") in PARTS:
        values["part"] = _(PARTS[params["part"]])
    return values
