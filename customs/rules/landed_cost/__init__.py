"""Landed cost: duty, tax and fees to the buyer's door, from dated regimes.

``landed_cost(LandedCostInput(...))`` answers ``quoted`` with amounts, or says why there are none:
``not_covered`` (no regime of ours), ``incomplete`` (what is missing is listed; never a guess) or
``formal_declaration_required``. The same input on the same facts always gives the same answer, so a
stored input replays.
"""

from __future__ import annotations

from core.money import ExchangeRates, NoExchangeRate, reference_rates
from core.sentences import gettext_noop
from customs.rules.facts import excluded_territory, is_eu_member, is_of_class, regime
from customs.rules.landed_cost import au, eu, gb
from customs.rules.landed_cost.types import (
    ZERO,
    FactUsed,
    InvalidLandedCostInput,
    LandedCost,
    LandedCostInput,
    LandedCostLine,
    OtherFee,
)
from customs.rules.landed_cost.working import Working

__all__ = [
    "FactUsed",
    "InvalidLandedCostInput",
    "LandedCost",
    "LandedCostInput",
    "LandedCostLine",
    "OtherFee",
    "customs_territory",
    "landed_cost",
]

_REGIMES = {
    "EU": (eu.CURRENCY, eu.quote_eu),
    "GB": (gb.CURRENCY, gb.quote_gb),
    "AU": (au.CURRENCY, au.quote_au),
}


def customs_territory(country: str) -> str:
    """``EU`` for a member state, else the country itself."""
    return "EU" if is_eu_member(country) else country


def landed_cost(question: LandedCostInput, *, rates: ExchangeRates | None = None) -> LandedCost:
    """Answer one question; ``rates`` replaces the platform's exchange rates."""
    table = rates or reference_rates()
    territory = customs_territory(question.destination)
    if territory not in _REGIMES:
        return _outside(Working(question, question.currency, table))
    currency, quote = _REGIMES[territory]
    try:
        work = Working(question, currency, table)
    except NoExchangeRate as error:
        work = Working(question, question.currency, table)
        work.lacks(
            "exchange_rate",
            gettext_noop("No exchange rate of {currency} is held for {on}."),
            currency=error.currency,
            on=error.on.isoformat(),
        )
        return work.end("incomplete")
    if question.dispatch_country and customs_territory(question.dispatch_country) == territory:
        work.step(
            "no_border",
            gettext_noop("goods stay inside the customs territory of {territory}: no charges"),
            territory=territory,
        )
        return work.quote(scheme="", collected="", duty=ZERO, tax=ZERO)
    return _not_ours(work) or quote(work)


def _outside(work: Working) -> LandedCost:
    formal = regime(work.question.destination, "formal_declaration_required", work.question.on)
    if formal is None:
        work.lacks(
            "not_covered",
            gettext_noop("Landed cost to {country} is not covered yet."),
            country=work.question.destination,
        )
        return work.end("not_covered")
    work.use(formal)
    work.step(
        "formal_declaration",
        gettext_noop("a full declaration is needed: {basis}"),
        basis=formal.basis,
    )
    return work.end("formal_declaration_required")


def _not_ours(work: Working) -> LandedCost | None:
    """Special areas and excise goods, then gaps in the goods themselves."""
    question = work.question
    area = excluded_territory(question.destination, question.postal_code)
    if area is not None:
        work.lacks(
            "territory",
            gettext_noop("{area} is not covered yet: {note}."),
            area=area.name,
            note=area.note,
        )
        return work.end("not_covered")
    if any(is_of_class("excise", line.hs_code) for line in work.lines):
        work.lacks(
            "excise",
            gettext_noop("Goods under excise duty (alcohol, tobacco) are not covered."),
        )
        return work.end("not_covered")
    work.check_goods()
    return work.end("incomplete") if work.has_gaps else None
