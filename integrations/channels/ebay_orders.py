"""eBay's order as a `ChannelOrder`, by the Fulfillment contract v1.20.7. Pure.

Read tolerantly: the contract requires no field, and one odd order must not hide the others of its
page. What cannot be read is "", None or 0, and the checks of intake hold it. The values of the
enumerations are eBay's documentation pages', the contract types them as plain strings; a word we do
not know never makes an order ours to ship.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.answers import as_dict, as_list, instant, text
from integrations.channels.base import ChannelLine, ChannelOrder, OrderState

SHIPPABLE_PAYMENTS = frozenset({"PAID", "PARTIALLY_REFUNDED"})
OURS_TO_SHIP = "SHIP_TO"
"""Of fulfilment instructions; DIGITAL, PREPARE_FOR_PICKUP and FULFILLED_BY_EBAY are not ours."""

_FINEST = Decimal("0.0001")
_ABSURD = Decimal(10) ** 12
_IOSS = re.compile(r"IM\d{10}")


def order_of(raw: Mapping[str, Any], *, shipped: Mapping[str, int] | None = None) -> ChannelOrder:
    """The order as eBay says it; `shipped` is pieces by line where its fulfilments were read."""
    body = dict(raw)
    pricing, instructions = as_dict(body.get("pricingSummary")), _instructions(body)
    step = as_dict(instructions.get("shippingStep"))
    # Never the buyer's registration address: it is where they live, not where the parcel goes.
    recipient = as_dict(step.get("shipTo"))
    address = as_dict(recipient.get("contactAddress"))
    buyer = as_dict(body.get("buyer"))
    raw_lines = [as_dict(line) for line in as_list(body.get("lineItems"))]
    currency = _currency(pricing, raw_lines)
    return ChannelOrder(
        external_order=text(body, "orderId"),
        state=_state(body, instructions),
        placed_at=_instant(body, "creationDate"),
        updated_at=_instant(body, "lastModifiedDate"),
        paid_at=_paid_at(body),
        ship_by=_ship_by(raw_lines),
        currency=currency,
        shipping_price=_shipping_price(pricing, currency),
        recipient_name=text(recipient, "fullName"),
        company=text(recipient, "companyName"),
        street_lines=_street_lines(address, step),
        city=text(address, "city"),
        region=text(address, "stateOrProvince") or text(address, "county"),
        postal_code=text(address, "postalCode"),
        country=text(address, "countryCode"),
        phone=text(as_dict(recipient.get("primaryPhone")), "phoneNumber"),
        email=text(recipient, "email"),
        # Only getOrder tells it, and only for buyers of some countries.
        recipient_id=text(as_dict(buyer.get("taxIdentifier")), "taxpayerId"),
        service_level=text(step, "shippingServiceCode"),
        note=text(body, "buyerCheckoutNotes"),
        lines=tuple(_line(line, currency, shipped) for line in raw_lines),
        taxes=_taxes(body, raw_lines, text(address, "countryCode")),
        raw=body,
    )


def needs_fulfilments(raw: Mapping[str, Any]) -> bool:
    """Whether some line is part shipped: eBay tells the pieces only with the fulfilments."""
    return any(
        text(as_dict(line), "lineItemFulfillmentStatus") == "IN_PROGRESS"
        for line in as_list(raw.get("lineItems"))
    )


def shipped_pieces(fulfilments: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Pieces by line over all fulfilments; one without a quantity counts as 1 (its default)."""
    pieces: dict[str, int] = {}
    for fulfilment in fulfilments:
        for line in map(as_dict, as_list(fulfilment.get("lineItems"))):
            key = text(line, "lineItemId")
            pieces[key] = pieces.get(key, 0) + (_whole(line, "quantity") or 1)
    return pieces


def _instructions(body: dict[str, Any]) -> dict[str, Any]:
    """The first set that sends a parcel to an address, else the first, else nothing."""
    sets = [as_dict(each) for each in as_list(body.get("fulfillmentStartInstructions"))]
    ours = [each for each in sets if text(each, "fulfillmentInstructionsType") == OURS_TO_SHIP]
    return next(iter(ours or sets), {})


def _state(body: dict[str, Any], instructions: dict[str, Any]) -> OrderState:
    cancelling = text(as_dict(body.get("cancelStatus")), "cancelState") or "NONE_REQUESTED"
    fulfilment, paid = text(body, "orderFulfillmentStatus"), text(body, "orderPaymentStatus")
    if cancelling == "CANCELED":
        return "cancelled"
    if fulfilment == "FULFILLED":
        return "shipped"
    if paid == "FULLY_REFUNDED":
        return "cancelled"
    is_ours = text(instructions, "fulfillmentInstructionsType") == OURS_TO_SHIP
    if not is_ours or cancelling != "NONE_REQUESTED" or paid not in SHIPPABLE_PAYMENTS:
        return "pending"
    known: dict[str, OrderState] = {"NOT_STARTED": "open", "IN_PROGRESS": "part_shipped"}
    return known.get(fulfilment, "pending")


def _paid_at(body: dict[str, Any]) -> datetime | None:
    payments = [
        as_dict(each) for each in as_list(as_dict(body.get("paymentSummary")).get("payments"))
    ]
    times = [_instant(each, "paymentDate") for each in payments]
    return max((at for at in times if at), default=None)


def _ship_by(lines: Sequence[dict[str, Any]]) -> datetime | None:
    times = [
        _instant(as_dict(line.get("lineItemFulfillmentInstructions")), "shipByDate")
        for line in lines
    ]
    return min((at for at in times if at), default=None)


def _street_lines(address: dict[str, Any], step: dict[str, Any]) -> tuple[str, ...]:
    lines = [text(address, "addressLine1"), text(address, "addressLine2")]
    # eBay's hub finds the buyer by this number; a parcel without it is lost there.
    reference = text(step, "shipToReferenceId")
    if reference and not any(reference in line for line in lines):
        lines.append(reference)
    return tuple(line for line in lines if line)


def _line(raw: dict[str, Any], currency: str, shipped: Mapping[str, int] | None) -> ChannelLine:
    quantity = _whole(raw, "quantity")
    line_id = text(raw, "lineItemId")
    status = text(raw, "lineItemFulfillmentStatus")
    sku, item, variation = (text(raw, k) for k in ("sku", "legacyItemId", "legacyVariationId"))
    if variation and not sku:
        # The item alone would name every size and colour of the listing.
        item = f"{item}:{variation}"
    if status == "FULFILLED":
        quantity_shipped = quantity
    else:
        quantity_shipped = min(quantity, (shipped or {}).get(line_id, 0))
    return ChannelLine(
        external_line=line_id,
        sku=sku,
        item=item,
        title=_title(raw),
        quantity=quantity,
        quantity_shipped=quantity_shipped,
        unit_price=_unit_price(raw, quantity, currency),
    )


def _title(raw: dict[str, Any]) -> str:
    aspects = [
        f"{text(as_dict(each), 'name')}: {text(as_dict(each), 'value')}"
        for each in as_list(raw.get("variationAspects"))
    ]
    title = text(raw, "title")
    return f"{title} ({', '.join(aspects)})" if aspects else title


def _unit_price(raw: dict[str, Any], quantity: int, currency: str) -> Decimal | None:
    """Of one piece as paid, promotions taken off: eBay tells the line's sum."""
    cost = _amount(raw.get("discountedLineItemCost"), currency)
    if cost is None:
        cost = _amount(raw.get("lineItemCost"), currency)
    if cost is None or quantity < 1:
        return None
    each = cost / quantity
    rounded = each.quantize(_FINEST)
    return each if each == rounded else rounded


def _shipping_price(pricing: dict[str, Any], currency: str) -> Decimal | None:
    cost = _amount(pricing.get("deliveryCost"), currency)
    discount = _amount(pricing.get("deliveryDiscount"), currency)
    # The discount is told as a negative number.
    return cost if cost is None or discount is None else cost - abs(discount)


def _taxes(body: dict[str, Any], lines: Sequence[dict[str, Any]], country: str) -> dict[str, str]:
    """`collected_by` and `types` where eBay collects, and each number it names (`ioss`, `voec`).

    Several values of one key stand sorted with a comma between: a check must see both.
    """
    collected = [
        as_dict(tax) for line in lines for tax in as_list(line.get("ebayCollectAndRemitTaxes"))
    ]
    if not collected and body.get("ebayCollectAndRemitTax") is not True:
        return {}
    found: dict[str, set[str]] = {"collected_by": {"ebay"}}
    for tax in collected:
        kind, reference = text(tax, "taxType"), as_dict(tax.get("ebayReference"))
        name, value = text(reference, "name").lower(), text(reference, "value")
        found.setdefault("types", set()).add(kind)
        # eBay tells its British number under the name IOSS, too: that is no IOSS registration.
        if country == "GB" and not _IOSS.fullmatch(value) and (name == "ioss" or kind == "VAT"):
            found.setdefault("gb_marketplace", set()).add(value or "ebay")
        elif name:
            found.setdefault(name, set()).add(value)
    joined = {key: ",".join(sorted(filter(None, values))) for key, values in found.items()}
    return {key: value for key, value in joined.items() if value}


def _currency(pricing: dict[str, Any], lines: Sequence[dict[str, Any]]) -> str:
    amounts = [pricing.get("total"), *(line.get("lineItemCost") for line in lines)]
    return next(filter(None, (text(as_dict(each), "currency") for each in amounts)), "")


def _amount(value: Any, currency: str) -> Decimal | None:
    """None where it is missing, no number, or in another currency than the order's."""
    amount = as_dict(value)
    try:
        number = Decimal(text(amount, "value"))
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= _ABSURD:
        return None
    return number if text(amount, "currency") in {"", currency} else None


def _instant(source: dict[str, Any], name: str) -> datetime | None:
    try:
        return instant(text(source, name))
    except (ValueError, OverflowError):
        return None


def _whole(source: dict[str, Any], name: str) -> int:
    value = text(source, name)
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0
