"""What the checks of an order ask of customs and money, gathered once a day and batch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from core.money import NoExchangeRate, convert
from core.sentences import Told
from customs.rules.battery import check_battery
from customs.rules.declarations import choose_dataset
from customs.rules.destinations import closed_destination
from customs.rules.identifiers import check_recipient_id
from customs.rules.parties import screen_party
from customs.rules.restricted import check_restricted
from customs.rules.stopwords import check_description
from orders.rules.checks import OrderCheck
from orders.rules.context import CheckContext, PartyMatch, RecipientIdFault
from orders.rules.facts import AddressFacts, OrderFacts, ProductFacts
from orders.rules.reasons import HoldFinding, found
from shipping.rules.catalogue import services
from shipping.rules.choice import NoServiceFits
from shipping.rules.services import ParcelFacts, eligible_services

ORIGIN = "CN"
"""Where the operator's first warehouses stand; every service on offer collects there."""
TEN_DIGITS = 10
TEN_DIGIT_DATASETS = frozenset({"EU_H1", "CN_BGD_报关单"})


@lru_cache(maxsize=4)
def check_context(on: date) -> CheckContext:  # noqa: C901 - seven small questions, one page
    """Return the checks' knowledge of one day."""
    modes = sorted({service.mode for service in services(on)})

    # The answers below depend on few values and are asked for every line that comes in.
    @lru_cache(maxsize=100)
    def battery_answer(battery: str) -> str | None:
        verdicts = [check_battery(battery, mode) for mode in modes]
        if any(verdict.is_allowed for verdict in verdicts):
            return None
        return Told(verdicts[0].reason)

    def battery_refusal(product: ProductFacts, country: str) -> str | None:
        """A battery is refused when no kind of service on offer may carry it."""
        del country
        return battery_answer(product.battery)

    @lru_cache(maxsize=10_000)
    def restricted(hs_code: str, country: str) -> str | None:
        found = check_restricted(hs_code, country, on)
        return Told(found.reason) if found else None

    def restriction(product: ProductFacts, country: str) -> str | None:
        return restricted(product.hs_code, country) if product.hs_code else None

    def recipient_id(value: str, country: str) -> RecipientIdFault | None:
        problem = check_recipient_id(country, value, on)
        if problem is None:
            return None
        why = Told(problem.fault) if value.strip() else ""
        return RecipientIdFault(identifier=str(problem.fault.params.get("kind", "ID")), why=why)

    def denied_party(address: AddressFacts) -> PartyMatch | None:
        for name in filter(None, (address.name, address.company)):
            matches = screen_party(name)
            if matches:
                return PartyMatch(entry=matches[0].listed_name, list_name=matches[0].program)
        return None

    @lru_cache(maxsize=10_000)
    def description_fault(description: str) -> str | None:
        problem = check_description(description)
        return Told(problem.fault) if problem else None

    @lru_cache(maxsize=10_000)
    def converted(amount: Decimal, source: str, target: str) -> Decimal | None:
        try:
            return convert(amount, source, target, on).amount
        except NoExchangeRate:
            return None

    def closed(country: str) -> str | None:
        policy = closed_destination(country, on)
        return Told(policy.reason) if policy else None

    return CheckContext(
        closed_destination=closed,
        battery_refusal=battery_refusal,
        restriction=restriction,
        recipient_id=recipient_id,
        denied_party=denied_party,
        convert=converted,
        description_fault=description_fault,
    )


def declaration_findings(
    order: OrderFacts,
    check: OrderCheck,
    products: Mapping[str, ProductFacts],
    *,
    value: Decimal,
    currency: str,
    on: date,
) -> list[HoldFinding]:
    """Find the products whose commodity code is too short for the declarations of this order.

    `value` is that of the goods, in `currency`, for which there is an exchange rate.
    """
    sold = [piece for line in order.lines for piece, _pieces in products[line.sku].pieces]
    countries = []
    for direction, country in (("export", ORIGIN), ("import", check.address.country)):
        choice = choose_dataset(
            direction=direction,
            origin=ORIGIN,
            destination=check.address.country,
            value=value,
            currency=currency,
            on=on,
        )
        if choice.dataset in TEN_DIGIT_DATASETS:
            countries.append(country)
    return [
        found("commodity_code_short", country=country, sku=product.sku)
        for country in countries[:1]
        for product in {product.sku: product for product in sold}.values()
        if len(product.hs_code) < TEN_DIGITS
    ]


def service_finding(
    order: OrderFacts,
    check: OrderCheck,
    products: Mapping[str, ProductFacts],
    *,
    value: Decimal,
    currency: str,
    on: date,
) -> HoldFinding | None:
    """Say why no service on offer takes an order that passed its other checks, else None.

    `value` is that of the goods, in `currency`. Sizes are not known before a carton is; weight is
    that of the goods alone. An origin counts when a service collects there, for the warehouse is
    chosen later.
    """
    sold = [(products[line.sku], line) for line in order.lines]
    facts = ParcelFacts(
        destination=check.address.country,
        origin=ORIGIN,
        weight_g=sum(product.weight_g * line.quantity for product, line in sold),
        length_mm=0,
        width_mm=0,
        height_mm=0,
        value=value,
        currency=currency,
        battery=frozenset(
            piece.battery for product, _ in sold for piece, _pieces in product.pieces
        ),
        has_phone=bool(check.phone_e164),
        on=on,
    )
    try:
        verdicts = tuple(eligible_services(facts))
    except NoExchangeRate as error:
        return found("no_exchange_rate", currency=error.currency)
    if any(verdict.ok for verdict in verdicts):
        return None
    refused = NoServiceFits(verdicts)
    return found(f"no_service_{refused.hold}", why=Told(*refused.reasons) or str(refused))
