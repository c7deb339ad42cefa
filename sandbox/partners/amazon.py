"""Amazon's Selling Partner API by its contracts: Login with Amazon, orders, confirmation, feeds.

One base path per region (`/amazon/na`, `/amazon/eu`, `/amazon/fe`), because a host of Amazon's
serves its own region's marketplaces only; `/amazon` alone serves all of them. Shapes and refusals
are the contracts' and their prose's; the login, the consent page and the feed's content are our
reading (docs/stand-ins.md).
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import asdict, dataclass
from typing import Any

from werkzeug.wrappers import Request

from sandbox import shops
from sandbox.instants import instant
from sandbox.partners import amazon_feeds, amazon_login
from sandbox.partners import amazon_rules as rules
from sandbox.partners.amazon_common import NAME, RATES, account_of, answer, request_id
from sandbox.partners.amazon_rules import refused
from sandbox.shops import Order, Shipment, Shop
from sandbox.state import State
from sandbox.validation import Problem
from sandbox.web import Answer, Call, Operation, Refused

BASES = ("/<any(na, eu, fe):region>", "")
TOKEN_LIFE_S = 24 * 3600
CONFIRM = "/orders/v0/orders/<order_id>/shipmentConfirmation"

_OF_ORDER = {
    "BUYER": "buyer", "RECIPIENT": "recipient", "PROCEEDS": "proceeds", "TAX": "tax",
    "FULFILLMENT": "fulfillment", "PACKAGES": "packages", "PAYMENT": "payment",
    "FULFILLMENT_ORDERS": "fulfillmentOrders",
}  # fmt: skip
_OF_ITEM = {
    "PROCEEDS": "proceeds", "EXPENSE": "expense", "PROMOTION": "promotion", "TAX": "tax",
    "CANCELLATION": "cancellation", "FULFILLMENT": "fulfillment",
}  # fmt: skip


class Amazon:
    """The partner: token in `x-amz-access-token`, errors as `{"errors": [...]}`."""

    name = NAME
    prefix = "/amazon"
    tells_retry_after = False
    """The contract declares no header at all on 429."""

    def __init__(self) -> None:
        self.operations = (
            *(operation for base in BASES for operation in _operations(base)),
            *amazon_feeds.STORE,
        )

    def is_authorised(self, request: Request) -> bool:  # noqa: ARG002
        """Each operation looks at its own token: Amazon answers 403 and says why."""
        return True

    def error(self, request: Request, status: int, problems: list[Problem]) -> Answer:
        """Put problems into the shape of the door that was knocked at."""
        if request.path.endswith("/auth/o2/token"):
            return amazon_login.error(status, problems)
        if "/documents/" in request.path and "/feeds/" not in request.path:
            return amazon_feeds.store_error(status, problems)
        told = 400 if status == 422 else status
        words = {401: "Unauthorized", 403: "Unauthorized", 404: "NotFound", 429: "QuotaExceeded"}
        default = words.get(told, "InternalFailure" if told >= 500 else "InvalidInput")
        body = {
            "errors": [
                {
                    "code": each.code if each.code[:1].isupper() else default,
                    "message": f"{each.message} [{each.field}]" if each.field else each.message,
                    "details": "",
                }
                for each in problems
            ]
        }
        rate = RATES.get(_operation(request), "")
        with_rate = {"x-amzn-RateLimit-Limit": rate} if rate and told in {400, 404} else {}
        return Answer(told, body, {**request_id(), **with_rate})


def _operations(base: str) -> tuple[Operation, ...]:
    return (
        *amazon_login.operations(base),
        Operation("search_orders", "GET", f"{base}/orders/2026-01-01/orders", search),
        Operation("get_order", "GET", f"{base}/orders/2026-01-01/orders/<order_id>", get),
        Operation("confirm_shipment", "POST", base + CONFIRM, confirm),
        *amazon_feeds.operations(base),
    )


def _operation(request: Request) -> str:
    if request.path.endswith("/shipmentConfirmation"):
        return "confirm_shipment"
    return "search_orders" if request.path.endswith("/orders") else "get_order"


@dataclass(frozen=True, slots=True)
class _Position:
    """What a pagination token holds: where to go on, for which question, until when."""

    at: float
    name: str
    question: str
    expires_at: float

    def token(self) -> str:
        return base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode()


def search(call: Call) -> Answer:
    """`GET /orders/2026-01-01/orders`: a keyset over the clock that was asked for."""
    account = account_of(call, "search_orders")
    region = call.args.get("region", "")
    if unknown := set(call.request.args) - rules.SEARCH_PARAMETERS:
        raise refused(f"Unknown parameters: {', '.join(sorted(unknown))}")
    clock, since, until = rules.bounds(call)
    statuses = rules.listed(call, "fulfillmentStatuses", rules.STATUSES)
    fulfillers = rules.listed(call, "fulfilledBy", rules.FULFILLERS)
    datasets = rules.listed(call, "includedData", rules.DATASETS)
    wanted = rules.listed(call, "marketplaceIds")
    if len(wanted) > 50:
        raise refused("marketplaceIds must not be more than 50", "marketplaceIds")
    rules.check_marketplaces(region, wanted)
    wanted = wanted or rules.marketplaces(region)
    size, repeats = shops.page_end(
        call.world.state, NAME, "search_orders", size=rules.page_size(call)
    )
    start = _position(call)
    after = None if start is None else (start.at, start.name)

    def fits(order: Order) -> bool:
        fulfillment = order.body["fulfillment"]
        return (
            order.body["salesChannel"].get("marketplaceId") in wanted
            and (not statuses or order.status in statuses)
            and (not fulfillers or fulfillment.get("fulfilledBy", "MERCHANT") in fulfillers)
        )

    found: list[Order] = []
    seek = after
    while len(found) <= size:
        batch = shops.orders_between(
            call.world.state, NAME, account,
            since=since, until=until, by=clock,
            after=seek, limit=500,
        )  # fmt: skip
        found += [order for order in batch if fits(order)]
        if len(batch) < 500:
            break
        seek = _key(batch[-1], clock)
    page, is_more = found[:size], len(found) > size
    body: dict[str, Any] = {"orders": [shown(order.body, datasets) for order in page]}
    last = _key(page[-1], clock) if page else None
    if repeats is not None and page:
        half = len(page) // 2
        last, is_more = (_key(page[half - 1], clock) if half else after or (since, "")), True
    if is_more and last is not None:
        position = _Position(*last, _question(call), call.now + TOKEN_LIFE_S)
        body["pagination"] = {"nextToken": position.token()}
    end = "createdBefore" if clock == "created_at" else "lastUpdatedBefore"
    body[end] = instant(until)
    return answer(200, body, operation="search_orders")


def _key(order: Order, clock: shops.Clock) -> tuple[float, str]:
    return (order.created_at if clock == "created_at" else order.updated_at), order.external_order


def _question(call: Call) -> str:
    """All parameters that must stay the same from page to page (contract)."""
    free = {"paginationToken", "maxResultsPerPage", "includedData"}
    asked = {key: value for key, value in call.request.args.items() if key not in free}
    return json.dumps(asked, sort_keys=True)


def _position(call: Call) -> _Position | None:
    token = call.request.args.get("paginationToken")
    if token is None:
        return None
    try:
        found = _Position(**json.loads(base64.urlsafe_b64decode(token)))
    except (ValueError, TypeError, binascii.Error):
        raise refused("Invalid paginationToken", "paginationToken") from None
    if found.expires_at < call.now:
        raise refused("The paginationToken has expired", "paginationToken")
    if found.question != _question(call):
        raise refused("All other parameters must be the same as before", "paginationToken")
    return found


def shown(body: dict[str, Any], datasets: frozenset[str]) -> dict[str, Any]:
    """The order with the datasets that were asked for only."""
    hidden = {key for name, key in _OF_ORDER.items() if name not in datasets}
    of_item = {key for name, key in _OF_ITEM.items() if name not in datasets}
    told = {key: value for key, value in body.items() if key not in hidden}
    told["orderItems"] = [
        {key: value for key, value in item.items() if key not in of_item}
        for item in body["orderItems"]
    ]
    return told


def _known(call: Call, account: str) -> Order:
    name, region = call.args["order_id"], call.args.get("region", "")
    order = shops.order(call.world.state, NAME, account, name)
    if order is None or _marketplace(order) not in rules.marketplaces(region):
        raise refused(f"Order {name} does not exist", status=404, code="NotFound")
    return order


def _marketplace(order: Order) -> str:
    return str(order.body["salesChannel"].get("marketplaceId", ""))


def get(call: Call) -> Answer:
    """`GET /orders/2026-01-01/orders/{orderId}`."""
    account = account_of(call, "get_order")
    if unknown := set(call.request.args) - {"includedData"}:
        raise refused(f"Unknown parameters: {', '.join(sorted(unknown))}")
    datasets = rules.listed(call, "includedData", rules.DATASETS)
    order = _known(call, account)
    return answer(200, {"order": shown(order.body, datasets)}, operation="get_order")


def confirm(call: Call) -> Answer:
    """`POST /orders/v0/orders/{orderId}/shipmentConfirmation`: 204, and the order moves on.

    A package reference that is known already is an update of that package (our reading); every
    telling is kept, so that `_shops` shows a parcel told twice.
    """
    account = account_of(call, "confirm_shipment")
    body = call.checked(rules.CONFIRMATION, status=400)
    order = _known(call, account)
    detail = body["packageDetail"]
    rules.unix(detail["shipDate"], "packageDetail", "shipDate")
    if body["marketplaceId"] != _marketplace(order):
        raise refused("MarketplaceId does not fit the order", "marketplaceId")
    if detail["carrierCode"] == "Other" and not detail.get("carrierName"):
        raise refused(
            "CarrierName is required with carrierCode Other", "packageDetail", "carrierName"
        )
    fulfillment = order.body["fulfillment"]
    if fulfillment.get("fulfilledBy", "MERCHANT") != "MERCHANT":
        raise refused("The order is fulfilled by Amazon")
    if order.status not in {"UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"}:
        raise refused(f"The order is {order.status} and cannot be confirmed")
    changed = _shipped(order.body, detail, now=call.now)
    shops.update_order(
        call.world.state, NAME, account, order.external_order,
        body=changed, status=changed["fulfillment"]["fulfillmentStatus"], now=call.now,
    )  # fmt: skip
    shops.add_shipment(
        call.world.state,
        NAME,
        account,
        Shipment(
            external_order=order.external_order,
            key=detail["packageReferenceId"],
            parcel=detail["trackingNumber"],
            body=body,
            created_at=call.now,
        ),
    )
    return answer(204, None, operation="confirm_shipment")


def _shipped(body: dict[str, Any], detail: dict[str, Any], *, now: float) -> dict[str, Any]:
    """The order with this package in it. Raises `Refused` for pieces that are not there."""
    reference = detail["packageReferenceId"]
    others = [each for each in body.get("packages", []) if each["packageReferenceId"] != reference]
    items = [
        {"orderItemId": line["orderItemId"], "quantity": int(line["quantity"])}
        for line in detail["orderItems"]
    ]
    package = {
        "packageReferenceId": reference,
        "createdTime": instant(now),
        "packageStatus": {"status": "SHIPPED"},
        "carrier": detail.get("carrierName") or detail["carrierCode"],
        "shipTime": detail["shipDate"],
        "shippingService": detail.get("shippingMethod", ""),
        "trackingNumber": detail["trackingNumber"],
        "packageItems": items,
    }
    packages = [*others, package]
    told: dict[str, int] = {}
    for line in (line for each in packages for line in each["packageItems"]):
        told[line["orderItemId"]] = told.get(line["orderItemId"], 0) + line["quantity"]
    ordered = {item["orderItemId"]: item for item in body["orderItems"]}
    for line in items:
        if line["orderItemId"] not in ordered:
            text = "OrderItemId is invalid, please obtain the value through the getOrder API"
            raise refused(text, "packageDetail", "orderItems")
    for name, quantity in told.items():
        if quantity > ordered[name]["quantityOrdered"]:
            # The words are Amazon's, as sellers report them.
            raise refused(
                "Failed to create package due to not finding a matching package or order already"
                " fulfilled"
            )
    new_items = [
        {
            **item,
            "fulfillment": {
                **item.get("fulfillment", {}),
                "quantityFulfilled": told.get(item["orderItemId"], 0),
                "quantityUnfulfilled": item["quantityOrdered"] - told.get(item["orderItemId"], 0),
            },
        }
        for item in body["orderItems"]
    ]
    is_done = all(item["fulfillment"]["quantityUnfulfilled"] == 0 for item in new_items)
    status = "SHIPPED" if is_done else "PARTIALLY_SHIPPED"
    return {
        **body,
        "orderItems": new_items,
        "packages": packages,
        "fulfillment": {**body["fulfillment"], "fulfillmentStatus": status},
        "lastUpdatedTime": instant(now),
    }


def read_order(body: dict[str, Any], now: float) -> Order:  # noqa: ARG001
    """An order as it is seeded. Raises `Refused` (422) for one Amazon could not tell."""
    if problems := list(rules.ORDER.check(body, ())):
        raise Refused(422, problems)
    marketplace = body["salesChannel"].get("marketplaceId", "")
    if marketplace not in rules.marketplaces(""):
        text = f"no marketplace {marketplace}"
        raise Refused(422, [Problem(("salesChannel", "marketplaceId"), "unknown", text)])
    return Order(
        external_order=body["orderId"],
        body=body,
        status=body["fulfillment"]["fulfillmentStatus"],
        created_at=rules.unix(body["createdTime"], "createdTime"),
        updated_at=rules.unix(body["lastUpdatedTime"], "lastUpdatedTime"),
    )


def stamp(body: dict[str, Any], updated_at: float) -> dict[str, Any]:
    """The order as changed at another time."""
    return {**body, "lastUpdatedTime": instant(updated_at)}


def consent(
    state: State, account: str, redirect_uri: str, state_parameter: str, now: float
) -> dict[str, str]:
    """What the consent page comes back with after the seller's yes."""
    del redirect_uri
    return amazon_login.consented(state, account, state_parameter, now)


PARTNER = Amazon()
SHOP = Shop(partner=NAME, read=read_order, stamp=stamp, consent=consent)
