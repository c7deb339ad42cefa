"""Duty, tax and fees to the buyer's door, with the sentences that computed them."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from core.money import Money
from customs.fact_words import facts_in_words
from customs.models import LandedCost as StoredCost
from dashboard.readings.words import sentence
from dashboard.screens.orders import LandedCost, LandedCostItem

PAID_AT_SALE = frozenset({"IOSS", "UK_supply_VAT", "AU_vendor_GST"})


def landed_cost_of(cost: StoredCost) -> LandedCost:
    """The page's part of one stored landed cost."""
    steps = tuple(filter(None, map(sentence, cost.steps)))
    # What is not verified is said beside each source.
    told = [each for each in cost.caveats if each.get("code") != "unverified_fact"]
    caveats = tuple(filter(None, map(sentence, told)))
    facts = facts_in_words(cost.regimes or [])
    if cost.status != StoredCost.Status.QUOTED:
        return LandedCost(
            items=(),
            total=None,
            paid_by="",
            facts=facts,
            not_covered=" ".join((f"{cost.get_status_display()}.", *caveats)),
            steps=steps,
        )
    parts: tuple[tuple[str, Decimal | None], ...] = (
        (_("Duty"), cost.duty),
        (_("Tax"), cost.tax),
        (_("Fees"), cost.fees),
    )
    at_sale = cost.scheme in PAID_AT_SALE
    return LandedCost(
        items=tuple(
            LandedCostItem(label=label, sentence="", amount=Money(amount, cost.currency))
            for label, amount in parts
            if amount is not None
        ),
        total=Money(cost.total_charges or Decimal(0), cost.currency),
        paid_by=_("The buyer has paid it with the purchase.")
        if at_sale
        else _("It is collected when the parcel is imported."),
        facts=facts,
        steps=steps,
        caveats=caveats,
    )
