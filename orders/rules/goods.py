"""Checks of one order line against its product: value, customs data, battery, restrictions."""

from collections.abc import Iterator
from decimal import Decimal

from orders.rules.bounds import bounds
from orders.rules.context import CheckContext
from orders.rules.facts import LineFacts, ProductFacts
from orders.rules.reasons import HoldFinding, found

BATTERY_KINDS = frozenset({"none", "contained", "packed", "alone"})


def check_value(
    line: LineFacts, product: ProductFacts, *, currency: str, context: CheckContext
) -> Iterator[HoldFinding]:
    """A true value above zero, and an order price that is plausible beside it."""
    price = line.unit_price if line.unit_price is not None else product.unit_value
    if price is None or price <= 0:
        yield found("value_missing", sku=line.sku)
        return
    value = product.unit_value
    if line.unit_price is None or value is None or value <= 0:
        return
    if product.currency != currency:
        converted = context.convert(value, product.currency, currency) if context.convert else None
        if converted is None or converted <= 0:
            return
        value = converted
    share = price / value
    params = {
        "sku": line.sku,
        "price": _money(price),
        "currency": currency,
        "value": _money(value),
    }
    if share < bounds().lowest_price_share:
        yield found("value_too_low", **params)
    elif share > bounds().highest_price_share:
        yield found("value_too_high", **params)


def _money(amount: Decimal) -> str:
    return format(amount.quantize(Decimal("0.01")), "f")


def check_customs_data(product: ProductFacts, *, context: CheckContext) -> Iterator[HoldFinding]:
    """What every declaration needs of a product."""
    if not product.hs_code:
        yield found("hs_code_missing", sku=product.sku)
    if not product.origin_country:
        yield found("origin_missing", sku=product.sku)
    if product.weight_g <= 0:
        yield found("weight_missing", sku=product.sku)
    description = product.customs_description.strip()
    if not description:
        yield found("description_missing", sku=product.sku)
    elif context.description_fault and (why := context.description_fault(description)):
        yield found("description_vague", sku=product.sku, value=description[:80], why=why)


def check_battery(
    product: ProductFacts, *, country: str, context: CheckContext
) -> Iterator[HoldFinding]:
    """A battery alone is always held; anything else is for the verdict passed in."""
    if product.battery not in BATTERY_KINDS:
        yield found("battery_unknown", sku=product.sku, value=product.battery)
    elif product.battery == "alone":
        yield found("battery_alone", sku=product.sku)
    elif product.battery != "none" and context.battery_refusal:
        why = context.battery_refusal(product, country)
        if why:
            yield found("battery_refused", sku=product.sku, country=country, why=why)


def check_restriction(
    product: ProductFacts, *, country: str, context: CheckContext
) -> Iterator[HoldFinding]:
    """What may not be sent there at all; the knowledge is passed in."""
    why = context.restriction(product, country) if context.restriction else None
    if why:
        yield found("restricted_goods", sku=product.sku, country=country, why=why)
