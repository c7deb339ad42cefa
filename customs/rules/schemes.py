"""Which prepaid tax scheme a consignment may use, and what follows for the incoterm.

A scheme counts only when the seller holds its number and the goods are worth no more than the
destination's dated threshold (`prepaid_scheme` rows of customs/data/regimes.csv).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.money import NoExchangeRate, convert
from customs.rules.facts import is_eu_member, regime

SCHEMES = {
    "EU": ("IOSS", "IOSS"),
    "GB": ("UK_supply_VAT", "GB_VAT"),
    "AU": ("AU_vendor_GST", "AU_GST"),
}
"""Territory: (scheme as landed cost names it, the seller's number it needs)."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """`code` and `number` are empty without a scheme; taxes prepaid means delivered duty paid."""

    code: str
    number: str
    incoterm: str


NO_SCHEME = Scheme("", "", "DAP")


def choose_scheme(
    *,
    destination: str,
    goods_value: Decimal,
    currency: str,
    numbers: Mapping[str, str],
    on: date,
) -> Scheme:
    """Return the scheme for goods worth `goods_value` on that day, or `NO_SCHEME`.

    `numbers` are the seller's registrations: IOSS, GB_VAT, AU_GST.
    """
    territory = "EU" if is_eu_member(destination) else destination
    code, number_kind = SCHEMES.get(territory, ("", ""))
    number = numbers.get(number_kind, "")
    rule = regime(territory, "prepaid_scheme", on)
    if not code or not number or rule is None or rule.threshold is None:
        return NO_SCHEME
    try:
        worth = convert(goods_value, currency, rule.currency, on).amount
    except NoExchangeRate:
        return NO_SCHEME
    return Scheme(code, number, "DDP") if worth <= rule.threshold else NO_SCHEME
