"""AliExpress orders in our words. OUR READING of documentation pages and public code. Pure.

An order the list names has neither address nor memo; both are in its detail. Where AliExpress
gives the address only in encrypted form (`oaid`), every field of the recipient stays empty and
`raw["address_encrypted"]` is True: the order is to be held, never shipped to asterisks.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from integrations.answers import as_dict, as_list, text
from integrations.channels.aliexpress_time import certain_instant, instant
from integrations.channels.base import ChannelLine, ChannelOrder, OrderState

OPEN = "WAIT_SELLER_SEND_GOODS"
PART_SHIPPED = "SELLER_PART_SEND_GOODS"
SHIPPED = frozenset({"WAIT_BUYER_ACCEPT_GOODS"})
NOT_OURS_YET = frozenset({
    "PLACE_ORDER_SUCCESS", "IN_CANCEL", "IN_FROZEN", "WAIT_SELLER_EXAMINE_MONEY", "RISK_CONTROL",
})  # fmt: skip
"""Unpaid, asked to be cancelled, frozen, or under a check of the platform."""
ENDED = frozenset({"FINISH", "FUND_PROCESSING"})
SENT = frozenset({"SELLER_SEND_GOODS", "BUYER_ACCEPT_GOODS"})
"""`logistics_status` of an order that left whole."""

RECIPIENT_IDS = ("cpf", "rut_no", "tax_number", "passport_no")


def order_from(
    detail: Mapping[str, Any],
    *,
    listed: Mapping[str, Any] | None = None,
    receipt: Mapping[str, Any] | None = None,
) -> ChannelOrder:
    """The order out of its detail, helped by its row in the list and its receipt information.

    `updated_at` is None in the hour that clocks tell twice: versions cannot be compared by it.
    Raises `ValueError` where the answer names no order.
    """
    listed = listed or {}
    detail = dict(detail)
    number = text(detail, "id") or text(detail, "order_id") or text(dict(listed), "order_id")
    if not number:
        raise ValueError("an order without its number")
    address = {**as_dict(detail.get("receipt_address")), **(receipt or {})}
    encrypted = is_encrypted(detail, address)
    # The country alone is told in clear, and intake sorts by it.
    clear = {"country": address.get("country")} if encrypted else address
    money = as_dict(detail.get("order_amount")) or as_dict(dict(listed).get("pay_amount"))
    changed = text(detail, "gmt_modified") or text(dict(listed), "gmt_update")
    return ChannelOrder(
        external_order=number,
        state=state_of(detail, listed),
        placed_at=instant(text(detail, "gmt_create") or text(dict(listed), "gmt_create")),
        updated_at=certain_instant(changed),
        paid_at=instant(text(detail, "gmt_pay_success") or text(dict(listed), "gmt_pay_time")),
        # The end of the present state: only while it waits for us is that our deadline.
        ship_by=(
            instant(text(detail, "over_time_left"))
            if text(detail, "order_status") in {OPEN, PART_SHIPPED}
            else None
        ),
        currency=text(money, "currency_code"),
        shipping_price=amount(detail.get("logistics_amount")),
        recipient_name=text(clear, "contact_person"),
        company=text(clear, "company"),
        street_lines=_streets(clear),
        city=text(clear, "city"),
        region=text(clear, "province"),
        postal_code=text(clear, "zip"),
        country=country_of(text(clear, "country")),
        phone=_phone(clear),
        email="",
        recipient_id=next((found for key in RECIPIENT_IDS if (found := text(clear, key))), ""),
        service_level=_service_level(listed),
        note=text(detail, "memo"),
        lines=_lines(detail, listed),
        raw={
            "address_encrypted": encrypted,
            "order_status": text(detail, "order_status"),
            "detail": {**detail, "receipt_address": address},
            "listed": dict(listed),
        },
    )


def is_encrypted(detail: Mapping[str, Any], address: Mapping[str, Any]) -> bool:
    """Whether what stands in the address is not one: AliExpress gave an `oaid`, or asterisks."""
    if text(dict(detail), "oaid") or text(dict(address), "oaid"):
        return True
    return any(
        "**" in text(dict(address), key)
        for key in ("contact_person", "detail_address", "address", "mobile_no", "phone_number")
    )


def state_of(detail: Mapping[str, Any], listed: Mapping[str, Any]) -> OrderState:
    """Ours to ship only where the status says so in as many words; what is unknown waits."""
    status = text(dict(detail), "order_status") or text(dict(listed), "order_status")
    logistics = text(dict(detail), "logistics_status") or text(dict(listed), "logistics_status")
    if status == OPEN:
        return "open"
    if status == PART_SHIPPED:
        return "part_shipped"
    if status in SHIPPED or logistics in SENT:
        return "shipped"
    # Ended without having been sent: given back, cancelled, timed out.
    return "cancelled" if status in ENDED else "pending"


def rows(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, which the gateway tells bare or under the name of their type."""
    if isinstance(value, dict) and len(value) == 1:
        value = next(iter(value.values()))
    return [row for row in as_list(value) if isinstance(row, dict)]


def tracking_numbers(detail: Mapping[str, Any]) -> dict[str, str]:
    """Tracking number -> the platform's id of the shipment, of what it was told before."""
    told = rows(detail.get("logistic_info_list"))
    return {
        number.upper(): text(row, "ship_order_id") or number
        for row in told
        if (number := text(row, "logistics_no"))
    }


def country_of(code: str) -> str:
    """ISO 3166-1 alpha-2 of the platform's country code; where the two agree, the code itself."""
    return _countries().get(code, code)


@cache
def _countries() -> dict[str, str]:
    file = Path(__file__).parent / "data" / "aliexpress_countries.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        return {row["channel_code"]: row["country"] for row in csv.DictReader(lines)}


def amount(value: Any) -> Decimal | None:
    """The amount of a money object, or None."""
    told = text(as_dict(value), "amount")
    try:
        found = Decimal(told)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _lines(detail: Mapping[str, Any], listed: Mapping[str, Any]) -> tuple[ChannelLine, ...]:
    products = rows(listed.get("product_list"))
    by_child = {text(row, "child_id"): row for row in products}
    children = rows(detail.get("child_order_list"))
    if not children:
        return tuple(_line(row, {}) for row in products)
    return tuple(_line(row, by_child.get(text(row, "id"), {})) for row in children)


def _line(row: dict[str, Any], listed: Mapping[str, Any]) -> ChannelLine:
    told = {**listed, **{key: value for key, value in row.items() if value not in (None, "")}}
    count = text(told, "product_count")
    quantity = int(count) if count.isdecimal() and len(count) < 10 else 0
    status = text(row, "order_status") or text(told, "son_order_status")
    return ChannelLine(
        external_line=text(told, "child_id") if "child_id" in row else text(told, "id"),
        sku=text(told, "sku_code"),
        item=text(told, "product_id"),
        title=text(told, "product_name"),
        quantity=quantity,
        quantity_shipped=quantity if status in SHIPPED else 0,
        unit_price=amount(told.get("product_price") or told.get("product_unit_price")),
    )


def _streets(address: Mapping[str, Any]) -> tuple[str, ...]:
    fields = dict(address)
    first = text(fields, "detail_address") or text(fields, "address")
    second = text(fields, "address2")
    return tuple(line for line in dict.fromkeys((first, second)) if line)


def _phone(address: Mapping[str, Any]) -> str:
    fields = dict(address)
    country = text(fields, "phone_country").lstrip("+")
    number = text(fields, "mobile_no") or (
        text(fields, "phone_area") + text(fields, "phone_number")
    )
    if not number or number.startswith("+") or not country.isdecimal():
        return number
    return f"+{country} {number}"


def _service_level(listed: Mapping[str, Any]) -> str:
    """What the buyer chose, as the list tells it per product."""
    chosen = (text(row, "logistics_service_name") for row in rows(listed.get("product_list")))
    return next((name for name in chosen if name), "")
