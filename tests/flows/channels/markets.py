"""What differs between the marketplaces when a merchant's shop at one is tested."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.integrations.channels import aliexpress_seller, ebay_account, shopify_shop
from tests.sandbox import amazon
from tests.sandbox.program import unique

_numbers = count(1)
Body = dict[str, Any]


def buyer(number: int) -> str:
    """Return another buyer's name for each order: the same one twice would be held."""
    return "Erika Muster" + "".join(chr(ord("a") + int(digit)) for digit in str(number))


@dataclass(frozen=True)
class Market:
    """One marketplace: a shop's account, its orders in the vendor's words, and what it tells.

    `changes` maps a state to what makes a body say it. `number` reads the order's number.
    """

    kind: str
    account: Callable[[], str]
    order: Callable[[int, str], Body]
    number: Callable[[Body], str]
    changes: Mapping[str, Callable[[Body], None]]
    external_line: Callable[[Body], str]
    options: Callable[[str], dict[str, str]] = field(default=lambda _: {})
    renewal_hours: float = 3.0

    def orders(self, number: int, sku: str = "MUG-BLUE") -> list[Body]:
        """Return orders of a product the house has, each another one."""
        return [self.order(next(_numbers), sku) for _ in range(number)]

    def said(self, body: Body, state: str) -> Body:
        """Make a body say that the order is unpaid, shipped or cancelled; return it."""
        self.changes[state](body)
        return body


def _ebay_order(number: int, sku: str) -> Body:
    body = ebay_account.order(f"12-{number:05d}-{number:05d}")
    body["lineItems"][0]["sku"] = sku
    step = body["fulfillmentStartInstructions"][0]["shippingStep"]
    step["shipTo"]["fullName"] = buyer(number)
    return body


def _ebay_shipped(body: Body) -> None:
    body["orderFulfillmentStatus"] = "FULFILLED"
    for line in body["lineItems"]:
        line["lineItemFulfillmentStatus"] = "FULFILLED"


def _amazon_order(number: int, sku: str) -> Body:
    body = amazon.order(f"302-{number:07d}-{number:07d}", minutes_ago=60)
    body["orderItems"][0]["product"]["sellerSku"] = sku
    body["orderItems"][0]["orderItemId"] = f"{number}1001"
    body["recipient"]["deliveryAddress"]["name"] = buyer(number)
    return body


def _amazon_status(status: str) -> Callable[[Body], None]:
    def change(body: Body) -> None:
        body["fulfillment"]["fulfillmentStatus"] = status
        if status == "SHIPPED":
            done = body["orderItems"][0]["fulfillment"]
            done["quantityFulfilled"], done["quantityUnfulfilled"] = 2, 0

    return change


def _aliexpress_order(number: int, sku: str) -> Body:
    body = aliexpress_seller.body(8_000_000_000 + number)
    body["child_order_list"][0]["sku_code"] = sku
    body["receipt_address"] |= {
        "contact_person": buyer(number), "detail_address": "Heidestraße 17", "address2": "",
        "city": "Berlin", "province": "Berlin", "zip": "10557", "country": "DE",
        "phone_country": "+49", "mobile_no": "30901820", "cpf": "",
    }  # fmt: skip
    return body


def _shopify_order(number: int, sku: str) -> Body:
    name = 5_000_000_000 + number
    body = shopify_shop.body(name, lineItems=[shopify_shop.line(name * 10 + 1, sku=sku)])
    body["shippingAddress"] |= {
        "name": buyer(number), "company": "", "address1": "Heidestraße 17", "address2": "",
        "city": "Berlin", "province": "Berlin", "provinceCode": "BE", "zip": "10557",
        "countryCodeV2": "DE", "phone": "+49 30 901820",
    }  # fmt: skip
    return body


def _set(name: str, value: Any) -> Callable[[Body], None]:
    return lambda body: body.update({name: value})


EBAY = Market(
    kind="ebay",
    account=lambda: unique("seller"),
    order=_ebay_order,
    number=lambda body: str(body["orderId"]),
    changes={
        "unpaid": _set("orderPaymentStatus", "PENDING"),
        "paid": _set("orderPaymentStatus", "PAID"),
        "shipped": _ebay_shipped,
        "cancelled": _set("cancelStatus", {"cancelState": "CANCELED", "cancelRequests": []}),
    },
    external_line=lambda body: str(body["lineItems"][0]["lineItemId"]),
)
AMAZON = Market(
    kind="amazon",
    account=lambda: unique("A2SELLER"),
    order=_amazon_order,
    number=lambda body: str(body["orderId"]),
    changes={
        "unpaid": _amazon_status("PENDING"),
        "paid": _amazon_status("UNSHIPPED"),
        "shipped": _amazon_status("SHIPPED"),
        "cancelled": _amazon_status("CANCELLED"),
    },
    external_line=lambda body: str(body["orderItems"][0]["orderItemId"]),
    options=lambda _: {"region": "eu", "marketplace_ids": amazon.GERMANY},
    renewal_hours=2.0,
)
ALIEXPRESS = Market(
    kind="aliexpress",
    account=lambda: unique("267").replace("-", ""),
    order=_aliexpress_order,
    number=lambda body: str(body["id"]),
    changes={
        "unpaid": _set("order_status", "PLACE_ORDER_SUCCESS"),
        "paid": _set("order_status", "WAIT_SELLER_SEND_GOODS"),
        "shipped": _set("order_status", "WAIT_BUYER_ACCEPT_GOODS"),
        "cancelled": _set("order_status", "FUND_PROCESSING"),
    },
    external_line=lambda body: str(body["child_order_list"][0]["id"]),
    # Its clock must be ours: the token is ended at the marketplace alone.
    renewal_hours=0.0,
)
SHOPIFY = Market(
    kind="shopify",
    account=lambda: f"{unique('shop')}.myshopify.com",
    order=_shopify_order,
    number=lambda body: str(body["legacyResourceId"]),
    changes={
        "unpaid": _set("displayFinancialStatus", "PENDING"),
        "paid": _set("displayFinancialStatus", "PAID"),
        "shipped": _set("displayFulfillmentStatus", "FULFILLED"),
        "cancelled": _set("cancelledAt", "2026-11-26T09:00:00Z"),
    },
    external_line=lambda body: str(body["lineItems"][0]["id"]),
    options=lambda account: {"shop": account},
    renewal_hours=2.0,
)
MARKETS = (EBAY, AMAZON, ALIEXPRESS, SHOPIFY)
