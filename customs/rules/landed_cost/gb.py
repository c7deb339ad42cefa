"""Great Britain: supply VAT by the seller up to the threshold, duty and import VAT above it."""

from __future__ import annotations

from core.sentences import gettext_noop
from customs.rules.facts import is_of_class, regime
from customs.rules.landed_cost.types import ZERO, LandedCost
from customs.rules.landed_cost.working import Working

CURRENCY = "GBP"


def quote_gb(work: Working) -> LandedCost:
    """Landed cost in pounds into Great Britain; not covered before 2021-01-01."""
    on = work.question.on
    supply = regime("GB", "prepaid_scheme", on)
    relief = regime("GB", "duty_de_minimis", on)
    vat = regime("GB", "vat_standard", on)
    if supply is None or supply.rate is None or relief is None or vat is None or vat.rate is None:
        work.lacks(
            "no_regime",
            gettext_noop("No GB import regime is held for {on}."),
            on=on.isoformat(),
        )
        return work.end("not_covered")
    limit = supply.threshold or ZERO
    if any(is_of_class("reduced_vat", line.hs_code) for line in work.lines):
        work.caveat(
            "standard_tax_rate_used",
            gettext_noop("The standard rate was used; some of these goods may be taxed less."),
        )
    if work.goods <= min(limit, relief.threshold or ZERO):
        work.use(supply)
        work.use(relief)
        work.step(
            "supply_vat",
            gettext_noop("consignment {value} is at most {limit}: no duty, the seller charges VAT"),
            value=work.goods,
            limit=limit,
        )
        tax = work.tax(supply.rate, ZERO)
        return work.quote(scheme="UK_supply_VAT", collected="at_sale", duty=ZERO, tax=tax)
    work.step(
        "import_vat",
        gettext_noop("consignment {value} is above {limit}: duty and import VAT on CIF"),
        value=work.goods,
        limit=limit,
    )
    work.use_method(regime("GB", "valuation_basis", on))
    duty = work.ad_valorem("GB", with_transport=True)
    if duty is None:
        return work.end("incomplete", scheme="standard")
    work.use(vat)
    tax = work.tax(vat.rate, duty)
    work.caveat(
        "brokerage_not_included",
        gettext_noop("The carrier's own fee for clearing the parcel is not included."),
    )
    return work.quote(scheme="standard", collected="at_import", duty=duty, tax=tax)
