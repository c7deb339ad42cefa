"""An order of Amazon's Orders API 2026-01-01 as every channel tells it.

Read tolerantly: nearly every field is optional in the contract, and its own examples break it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.answers import as_dict, as_list, instant, text
from integrations.channels.base import ChannelLine, ChannelOrder, OrderState

STATES: dict[str, OrderState] = {
    "PENDING_AVAILABILITY": "pending",
    "PENDING": "pending",
    "UNSHIPPED": "open",
    "PARTIALLY_SHIPPED": "part_shipped",
    "SHIPPED": "shipped",
    "CANCELLED": "cancelled",
    "UNFULFILLABLE": "cancelled",
}


def is_ours(raw: dict[str, Any]) -> bool:
    """Whether the merchant ships it; what Amazon ships from its own warehouses is not ours."""
    return text(as_dict(raw.get("fulfillment")), "fulfilledBy") != "AMAZON"


def read(raw: dict[str, Any]) -> ChannelOrder:
    """One order. Raises `ValueError` where it has no id; all else is for intake to judge."""
    name = text(raw, "orderId")
    if not name:
        raise ValueError("an order without an id")
    items = [item for item in as_list(raw.get("orderItems")) if isinstance(item, dict)]
    fulfillment = as_dict(raw.get("fulfillment"))
    recipient = as_dict(raw.get("recipient"))
    address = as_dict(recipient.get("deliveryAddress"))
    buyer = as_dict(raw.get("buyer"))
    currency = _currency(raw, items)
    # A status we do not know is not a reason to ship.
    state = STATES.get(text(fulfillment, "fulfillmentStatus"), "pending")
    return ChannelOrder(
        external_order=name,
        state=state,
        placed_at=moment(raw, "createdTime"),
        updated_at=moment(raw, "lastUpdatedTime"),
        paid_at=_paid_at(raw, state),
        ship_by=moment(as_dict(fulfillment.get("shipByWindow")), "latestDateTime"),
        currency=currency,
        shipping_price=_breakdown(raw.get("proceeds"), "SHIPPING", currency),
        recipient_name=text(address, "name"),
        company=text(address, "companyName"),
        street_lines=_street_lines(address),
        city=text(address, "city") or text(address, "municipality"),
        region=text(address, "stateOrRegion") or text(address, "districtOrCounty"),
        postal_code=text(address, "postalCode"),
        country=text(address, "countryCode").upper(),
        phone=text(address, "phone"),
        email=text(buyer, "buyerEmail"),
        recipient_id=_recipient_id(raw),
        service_level=text(fulfillment, "fulfillmentServiceLevel"),
        note=_note(recipient, items),
        lines=tuple(_line(item, currency) for item in items),
        taxes=_taxes(raw, items),
        context=_context(raw),
        raw=raw,
    )


def _paid_at(raw: dict[str, Any], state: OrderState) -> datetime | None:
    """When it was ordered, once it is no longer PENDING; None for cash on delivery.

    The contract tells no time of payment, only that an order is PENDING until payment is
    authorised: our reading is that one to be shipped is paid for since it was placed.
    """
    executions = map(as_dict, as_list(as_dict(raw.get("payment")).get("paymentExecutions")))
    on_delivery = any(text(each, "paymentMethod") == "CashOnDelivery" for each in executions)
    is_paid = state in {"open", "part_shipped", "shipped"} and not on_delivery
    return moment(raw, "createdTime") if is_paid else None


def moment(source: dict[str, Any], key: str) -> datetime | None:
    """The instant under `key`; None where there is none that can be read."""
    try:
        return instant(text(source, key))
    except ValueError:
        return None


def money(value: Any, currency: str) -> Decimal | None:
    """The amount of a Money object in that currency; None in another one or unreadable."""
    fields = as_dict(value)
    if currency and text(fields, "currencyCode").upper() != currency:
        return None
    try:
        amount = Decimal(text(fields, "amount"))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _currency(raw: dict[str, Any], items: list[dict[str, Any]]) -> str:
    total = as_dict(as_dict(raw.get("proceeds")).get("grandTotal"))
    prices = (
        as_dict(as_dict(as_dict(i.get("product")).get("price")).get("unitPrice")) for i in items
    )
    totals = (as_dict(as_dict(i.get("proceeds")).get("proceedsTotal")) for i in items)
    told = (text(each, "currencyCode").upper() for each in (total, *prices, *totals))
    return next(filter(None, told), "")


def _breakdown(proceeds: Any, kind: str, currency: str) -> Decimal | None:
    amounts = [
        money(each.get("subtotal"), currency)
        for each in map(as_dict, as_list(as_dict(proceeds).get("breakdowns")))
        if text(each, "type") == kind
    ]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(amounts) else None


def _line(item: dict[str, Any], currency: str) -> ChannelLine:
    product = as_dict(item.get("product"))
    quantity = _whole(item, "quantityOrdered")
    return ChannelLine(
        external_line=text(item, "orderItemId"),
        sku=text(product, "sellerSku"),
        item=text(product, "asin"),
        title=text(product, "title"),
        quantity=quantity,
        quantity_shipped=_whole(as_dict(item.get("fulfillment")), "quantityFulfilled"),
        unit_price=_unit_price(item, quantity, currency),
    )


def _unit_price(item: dict[str, Any], quantity: int, currency: str) -> Decimal | None:
    price = money(as_dict(as_dict(item.get("product")).get("price")).get("unitPrice"), currency)
    if price is not None:
        return price
    # The ITEM proceeds are of all pieces of the line (as the contract's own example adds up).
    total = _breakdown(item.get("proceeds"), "ITEM", currency)
    if total is None or quantity < 1:
        return None
    return (total / quantity).quantize(Decimal("0.0001")).normalize() + Decimal("0.00")


def _whole(source: dict[str, Any], key: str) -> int:
    value = source.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _street_lines(address: dict[str, Any]) -> tuple[str, ...]:
    lines = [text(address, f"addressLine{n}") for n in (1, 2, 3)]
    lines = [line for line in lines if line]
    extended = as_dict(address.get("extendedFields"))
    if not lines:
        street = [text(extended, key) for key in ("streetName", "streetNumber", "complement")]
        lines = [", ".join(part for part in street if part)] if any(street) else []
    # Brazil delivers by the neighbourhood, which the lines often leave out.
    neighborhood = text(extended, "neighborhood")
    if neighborhood and not any(neighborhood.lower() in line.lower() for line in lines):
        lines.append(neighborhood)
    return tuple(lines)


def _registrations(raw: dict[str, Any]) -> Iterable[dict[str, Any]]:
    return map(as_dict, as_list(as_dict(raw.get("tax")).get("taxRegistrations")))


def _recipient_id(raw: dict[str, Any]) -> str:
    """The buyer's CPF or CNPJ, which Brazil's customs asks for."""
    for each in _registrations(raw):
        kind, entity = text(each, "taxRegistrationType"), text(each, "entityType")
        if entity == "BUYER" and kind in {"CPF", "CNPJ"}:
            return text(each, "taxRegistrationNumber")
    return ""


def _taxes(raw: dict[str, Any], items: list[dict[str, Any]]) -> dict[str, str]:
    """What Amazon has collected: `ioss`, `scheme` (IOSS, UOSS), `model`, `collected_by`.

    Several values of one key stand sorted with a comma between: one parcel cannot travel under two
    IOSS numbers, and a check must see both.
    """
    found: dict[str, set[str]] = {}
    for item in items:
        shipping = as_dict(as_dict(item.get("fulfillment")).get("shipping"))
        international = as_dict(shipping.get("internationalShipping"))
        tax = as_dict(item.get("tax"))
        found.setdefault("ioss", set()).add(text(international, "iossNumber"))
        for each in map(as_dict, as_list(tax.get("taxCalculationBreakdowns"))):
            found.setdefault("scheme", set()).add(text(each, "reportingScheme"))
        for each in map(as_dict, as_list(tax.get("taxCollections"))):
            found.setdefault("model", set()).add(text(each, "model").lower())
            found.setdefault("collected_by", set()).add(text(each, "responsibleParty"))
    for each in _registrations(raw):
        if text(each, "entityType") == "BUYER" and text(each, "taxRegistrationType") == "VAT":
            found.setdefault("buyer_vat", set()).add(text(each, "taxRegistrationNumber"))
    joined = {key: ",".join(sorted(filter(None, values))) for key, values in found.items()}
    return {key: value for key, value in joined.items() if value}


def _context(raw: dict[str, Any]) -> dict[str, str]:
    """What a shipment confirmation needs of the order."""
    marketplace = text(as_dict(raw.get("salesChannel")), "marketplaceId")
    return {"marketplace_id": marketplace} if marketplace else {}


def _note(recipient: dict[str, Any], items: list[dict[str, Any]]) -> str:
    """What a packer or an agent must read: delivery instruction, gift message, a wish to cancel."""
    preference = as_dict(recipient.get("deliveryPreference"))
    told = [text(preference, "addressInstruction")]
    for item in items:
        packing = as_dict(as_dict(item.get("fulfillment")).get("packing"))
        told.append(text(as_dict(packing.get("giftOption")), "giftMessage"))
        wish = as_dict(as_dict(item.get("cancellation")).get("cancellationRequest"))
        if wish:
            reason = text(wish, "cancelReason")
            told.append(f"Cancellation requested by the buyer: {reason}".removesuffix(": "))
    return "\n".join(dict.fromkeys(each for each in told if each))
