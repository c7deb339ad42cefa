"""Shopify orders in our words. Pure.

Money is shop money, the currency the merchant keeps books in; what the buyer saw (presentment) is
named in `raw` only. Quantities are current ones: after removals, edits and refunds. Lines that need
no shipping, and lines of which nothing is left, are not lines of ours; they stay in `raw`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.answers import as_dict, as_list, instant, text
from integrations.channels.base import ChannelLine, ChannelOrder, OrderState

PAID = frozenset({"PAID", "PARTIALLY_REFUNDED"})
OPEN = frozenset({"UNFULFILLED", "OPEN", "IN_PROGRESS", "PENDING_FULFILLMENT"})


def order_from(node: Mapping[str, Any]) -> ChannelOrder:
    """The order out of its node, all its lines in it. Raises `ValueError` without a number."""
    order = dict(node)
    number = text(order, "legacyResourceId") or id_of(text(order, "id"))
    if not number:
        raise ValueError("an order without its number")
    address = as_dict(order.get("shippingAddress"))
    shipping_line = as_dict(order.get("shippingLine"))
    financial = text(order, "displayFinancialStatus")
    return ChannelOrder(
        external_order=number,
        state=state_of(order),
        placed_at=_at(order, "createdAt"),
        updated_at=_at(order, "updatedAt"),
        # Shopify names no instant of payment; an order paid at checkout is processed then.
        paid_at=_at(order, "processedAt") if financial in PAID else None,
        ship_by=None,
        currency=text(order, "currencyCode"),
        shipping_price=_money(order.get("currentShippingPriceSet")),
        recipient_name=text(address, "name")
        or " ".join(filter(None, (text(address, "firstName"), text(address, "lastName")))),
        company=text(address, "company"),
        street_lines=tuple(
            line for key in ("address1", "address2") if (line := text(address, key))
        ),
        city=text(address, "city"),
        region=text(address, "provinceCode") or text(address, "province"),
        postal_code=text(address, "zip"),
        country=text(address, "countryCodeV2"),
        phone=text(address, "phone") or text(order, "phone"),
        email=text(order, "email"),
        recipient_id=_recipient_id(order, text(address, "countryCodeV2")),
        service_level=text(shipping_line, "title"),
        note=text(order, "note"),
        lines=tuple(_lines(nodes(order.get("lineItems")))),
        taxes=_taxes(order),
        raw=order,
    )


def state_of(order: Mapping[str, Any]) -> OrderState:
    """Ours to ship only when it is paid, real and asked for; what is unknown waits."""
    told = dict(order)
    financial = text(told, "displayFinancialStatus")
    fulfilment = text(told, "displayFulfillmentStatus")
    if text(told, "cancelledAt") or fulfilment == "RESTOCKED":
        return "cancelled"
    if (
        fulfilment in {"FULFILLED", "FULFILLMENT_NOT_REQUIRED"}
        or told.get("requiresShipping") is False
    ):
        return "shipped"
    if financial in {"REFUNDED", "VOIDED"}:
        return "cancelled"
    if told.get("test") is True or financial not in PAID:
        return "pending"
    if fulfilment == "PARTIALLY_FULFILLED":
        return "part_shipped"
    return "open" if fulfilment in OPEN else "pending"


def nodes(connection: Any) -> list[dict[str, Any]]:
    """The objects of a connection."""
    return [node for node in as_list(as_dict(connection).get("nodes")) if isinstance(node, dict)]


def id_of(gid: str) -> str:
    """The number at the end of "gid://shopify/LineItem/123"."""
    return gid.rpartition("/")[2]


def gid(kind: str, number: str) -> str:
    """The global id of a number."""
    return f"gid://shopify/{kind}/{number}"


def _lines(found: Iterable[dict[str, Any]]) -> Iterable[ChannelLine]:
    for node in found:
        quantity = _count(node, "currentQuantity")
        if not quantity or node.get("requiresShipping") is False:
            continue
        variant = text(node, "variantTitle")
        title = text(node, "title")
        yield ChannelLine(
            external_line=id_of(text(node, "id")),
            sku=text(node, "sku"),
            item=id_of(text(as_dict(node.get("variant")), "id"))
            or id_of(text(as_dict(node.get("product")), "id")),
            title=f"{title} - {variant}" if variant else title,
            quantity=quantity,
            quantity_shipped=max(0, quantity - _count(node, "unfulfilledQuantity")),
            unit_price=_money(node.get("discountedUnitPriceAfterAllDiscountsSet")),
            brand=text(node, "vendor"),
        )


def _count(node: Mapping[str, Any], key: str) -> int:
    value = node.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _money(bag: Any) -> Decimal | None:
    money = as_dict(as_dict(bag).get("shopMoney"))
    try:
        amount = Decimal(text(money, "amount"))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _told_money(bag: Any) -> str:
    money = as_dict(as_dict(bag).get("shopMoney"))
    return f"{text(money, 'amount')} {text(money, 'currencyCode')}"


def _at(order: dict[str, Any], key: str) -> datetime | None:
    told = text(order, key)
    try:
        return instant(told) if told else None
    except ValueError:
        return None


def _recipient_id(order: Mapping[str, Any], country: str) -> str:
    """The number customs of the destination asks of a buyer, as checkout took it down."""
    fields = [
        field
        for field in nodes(order.get("localizedFields"))
        if text(field, "countryCode") == country
        and "_CREDENTIAL_" in text(field, "key")
        and not any(part in text(field, "key") for part in ("_TYPE_", "_USE_"))
    ]
    fields.sort(key=lambda field: text(field, "purpose") != "SHIPPING")
    return text(fields[0], "value") if fields else ""


def _taxes(order: Mapping[str, Any]) -> dict[str, str]:
    """`collected`: taxes that Shopify or its channel pays over; `charged`: those left to the shop.

    `duties`: import duties the buyer has paid at checkout. All in shop money.
    """
    lines = [as_dict(line) for line in as_list(order.get("currentTaxLines"))]
    told = {
        name: "; ".join(
            f"{text(line, 'title')} {_told_money(line.get('priceSet'))}"
            for line in lines
            if (line.get("channelLiable") is True) == is_collected
        )
        for name, is_collected in (("collected", True), ("charged", False))
    }
    duties = order.get("currentTotalDutiesSet")
    if _money(duties):
        told["duties"] = _told_money(duties)
    if order.get("taxesIncluded") is True:
        told["included_in_prices"] = "yes"
    return {name: value for name, value in told.items() if value}
