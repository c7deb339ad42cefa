"""Australia: GST by the vendor on low-value goods, duty and GST at the border above that.

Customs value is FOB: freight and insurance join for GST only.
"""

from __future__ import annotations

from core.sentences import gettext_noop
from customs.rules.facts import is_of_class, regime
from customs.rules.landed_cost.types import ZERO, LandedCost
from customs.rules.landed_cost.working import Working

CURRENCY = "AUD"


def quote_au(work: Working) -> LandedCost:
    """Landed cost in Australian dollars; not covered before vendor GST began (2018-07-01)."""
    on = work.question.on
    vendor = regime("AU", "prepaid_scheme", on)
    relief = regime("AU", "duty_de_minimis", on)
    gst = regime("AU", "vat_standard", on)
    if vendor is None or vendor.rate is None or relief is None or gst is None or gst.rate is None:
        work.lacks(
            "no_regime",
            gettext_noop("No AU import regime is held for {on}."),
            on=on.isoformat(),
        )
        return work.end("not_covered")
    limit = relief.threshold or ZERO
    if any(is_of_class("reduced_vat", line.hs_code) for line in work.lines):
        work.caveat(
            "standard_tax_rate_used",
            gettext_noop("The standard rate was used; some of these goods may be taxed less."),
        )
    if work.goods <= limit:
        work.use(relief)
        work.use(vendor)
        work.step(
            "vendor_gst",
            gettext_noop("customs value {value} is at most {limit}: no duty, GST at sale"),
            value=work.goods,
            limit=limit,
        )
        tax = work.tax(vendor.rate, ZERO)
        work.caveat(
            "registration_assumed",
            gettext_noop("The seller or platform is taken to be registered for Australian GST."),
        )
        return work.quote(scheme="AU_vendor_GST", collected="at_sale", duty=ZERO, tax=tax)
    work.step(
        "border_gst",
        gettext_noop("customs value {value} is above {limit}: duty and GST at the border"),
        value=work.goods,
        limit=limit,
    )
    work.use_method(regime("AU", "valuation_basis", on))
    duty = work.ad_valorem("AU", with_transport=False)
    if duty is None:
        return work.end("incomplete", scheme="standard")
    work.use(gst)
    tax = work.tax(gst.rate, duty)
    work.caveat(
        "brokerage_not_included",
        gettext_noop("Entry processing and the carrier's own clearing fee are not included."),
    )
    return work.quote(scheme="standard", collected="at_import", duty=duty, tax=tax)
