"""Shopify's seeds and signatures, and what a fulfilment leaves of an order. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from typing import Any

from sandbox.validation import Many, Number, Shape, Text

CLIENT_ID, CLIENT_SECRET = "stand-in", "stand-in"
"""The only application this stand-in knows; it protects nothing and is no secret."""

HOME = "gid://shopify/Location/1"

_COUNT = Number(least=0, whole=True)
LINE = Shape(
    needs={"id": Number(least=1, whole=True), "title": Text(1, 500), "quantity": _COUNT},
    may={"currentQuantity": _COUNT, "unfulfilledQuantity": _COUNT},
    open=True,
)
ORDER = Shape(
    needs={
        "legacyResourceId": Number(least=1, whole=True),
        "createdAt": Text(10, 40),
        "lineItems": Many(LINE, least=1, most=500),
    },
    open=True,
)
"""An order as it is seeded: the vendor's node, its connections plain lists, ids plain numbers.

A line may say at which `location` (a number) it lies; 1 is where all others do.
"""


def order_body(seed: dict[str, Any]) -> dict[str, Any]:
    """The seed with all that the schema promises, and its fulfilment orders by location."""
    number = int(seed["legacyResourceId"])
    currency = seed.get("currencyCode", "EUR")
    body: dict[str, Any] = {
        "name": f"#{number}",
        "processedAt": seed["createdAt"],
        "test": False,
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED",
        "requiresShipping": True,
        "currencyCode": currency,
        "presentmentCurrencyCode": currency,
        "taxesIncluded": False,
        "dutiesIncluded": False,
        "tags": [],
        "currentShippingPriceSet": bag("0.00", currency),
        "currentTaxLines": [],
        "localizedFields": [],
        "fulfillments": [],
        **seed,
        "id": f"gid://shopify/Order/{number}",
    }
    body["lineItems"] = [_line(line, currency) for line in seed["lineItems"]]
    body.setdefault("fulfillmentOrders", _fulfilment_orders(number, body["lineItems"]))
    return body


def bag(amount: str, currency: str) -> dict[str, Any]:
    """An amount in shop money and, the same, in what the buyer saw."""
    money = {"amount": amount, "currencyCode": currency}
    return {"shopMoney": money, "presentmentMoney": money}


def _line(line: dict[str, Any], currency: str) -> dict[str, Any]:
    current = int(line.get("currentQuantity", line["quantity"]))
    number = str(line["id"]).rpartition("/")[2]
    return {
        "requiresShipping": True,
        "isGiftCard": False,
        "unfulfilledQuantity": current,
        "discountedUnitPriceAfterAllDiscountsSet": bag("10.00", currency),
        **line,
        "currentQuantity": current,
        "id": f"gid://shopify/LineItem/{number}",
    }


def _fulfilment_orders(number: int, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_location: dict[int, list[dict[str, Any]]] = {}
    for line in lines:
        if line["requiresShipping"] and line["unfulfilledQuantity"]:
            by_location.setdefault(int(line.get("location", 1)), []).append(line)
    return [
        {
            "id": f"gid://shopify/FulfillmentOrder/{number}{location:02d}",
            "status": "OPEN",
            "location": f"gid://shopify/Location/{location}",
            "lines": [
                {
                    "id": f"gid://shopify/FulfillmentOrderLineItem/{line['id'].rpartition('/')[2]}",
                    "line": line["id"],
                    "total": line["unfulfilledQuantity"],
                    "remaining": line["unfulfilledQuantity"],
                }
                for line in found
            ],
        }
        for location, found in by_location.items()
    ]


def after_fulfilment(body: dict[str, Any], taken: dict[str, int]) -> None:
    """Write what `taken` (line of a fulfilment order -> pieces) leaves into the order's body."""
    lines = {line["id"]: line for line in body["lineItems"]}
    for fulfilment_order in body["fulfillmentOrders"]:
        for row in fulfilment_order["lines"]:
            pieces = taken.get(row["id"], 0)
            row["remaining"] -= pieces
            lines[row["line"]]["unfulfilledQuantity"] -= pieces
        is_done = not any(row["remaining"] for row in fulfilment_order["lines"])
        fulfilment_order["status"] = "CLOSED" if is_done else "IN_PROGRESS"
    is_left = any(line["unfulfilledQuantity"] for line in body["lineItems"])
    body["displayFulfillmentStatus"] = "PARTIALLY_FULFILLED" if is_left else "FULFILLED"


def unix(text: str) -> float:
    """Unix seconds of an ISO 8601 instant. Raises `ValueError` without an offset."""
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no offset")
    return moment.timestamp()


def return_parameters(*, shop: str, code: str, state: str, now: float) -> dict[str, str]:
    """What the consent page comes back with, signed."""
    parameters = {"code": code, "shop": shop, "state": state, "timestamp": str(int(now))}
    plain = "&".join(
        f"{name}={value.replace('%', '%25').replace('&', '%26')}"
        for name, value in sorted(parameters.items())
    )
    digest = hmac.new(CLIENT_SECRET.encode(), plain.encode(), hashlib.sha256).hexdigest()
    return {**parameters, "hmac": digest}
