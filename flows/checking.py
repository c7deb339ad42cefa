"""What the checks of an order ask of customs and money, gathered once a day and batch."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache

from core.money import NoExchangeRate, convert
from customs.rules.battery import check_battery
from customs.rules.identifiers import check_recipient_id
from customs.rules.parties import screen_party
from customs.rules.restricted import check_restricted
from customs.rules.stopwords import check_description
from orders.rules.context import CheckContext, PartyMatch, RecipientIdFault
from orders.rules.facts import AddressFacts, ProductFacts
from shipping.rules.catalogue import services


@lru_cache(maxsize=4)
def check_context(on: date) -> CheckContext:  # noqa: C901 - six small questions, one page
    """Return the checks' knowledge of one day."""
    modes = sorted({service.mode for service in services(on)})

    def battery_refusal(product: ProductFacts, country: str) -> str | None:
        """A battery is refused when no kind of service on offer may carry it."""
        del country
        verdicts = [check_battery(product.battery, mode) for mode in modes]
        if any(verdict.is_allowed for verdict in verdicts):
            return None
        return verdicts[0].reason.text

    def restriction(product: ProductFacts, country: str) -> str | None:
        found = check_restricted(product.hs_code, country, on) if product.hs_code else None
        return found.reason.text if found else None

    def recipient_id(value: str, country: str) -> RecipientIdFault | None:
        problem = check_recipient_id(country, value, on)
        if problem is None:
            return None
        why = problem.fault.text if value.strip() else ""
        return RecipientIdFault(identifier=str(problem.fault.params.get("kind", "ID")), why=why)

    def denied_party(address: AddressFacts) -> PartyMatch | None:
        for name in filter(None, (address.name, address.company)):
            matches = screen_party(name)
            if matches:
                return PartyMatch(entry=matches[0].listed_name, list_name=matches[0].program)
        return None

    def description_fault(description: str) -> str | None:
        problem = check_description(description)
        return problem.fault.text if problem else None

    def converted(amount: Decimal, source: str, target: str) -> Decimal | None:
        try:
            return convert(amount, source, target, on).amount
        except NoExchangeRate:
            return None

    return CheckContext(
        battery_refusal=battery_refusal,
        restriction=restriction,
        recipient_id=recipient_id,
        denied_party=denied_party,
        convert=converted,
        description_fault=description_fault,
    )
