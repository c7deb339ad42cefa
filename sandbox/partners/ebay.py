"""eBay by its Fulfillment, Identity, Notification and Analytics contracts, and its token endpoint.

Stateful: a fulfilment changes the order and its lastModifiedDate. It books again when asked again,
as eBay does: `/_shops/ebay/{account}` shows the `doubles`.
"""

from __future__ import annotations

import json
from typing import Any

from werkzeug.wrappers import Request

from sandbox import shops
from sandbox.partners import ebay_push
from sandbox.partners.ebay_access import (
    authorize,
    consent,
    destination,
    public_key,
    put_ru_name,
    rate_limit,
    seller_of,
    token,
    user,
)
from sandbox.partners.ebay_push import NAME, stamp
from sandbox.partners.ebay_rules import (
    ORDER,
    bad,
    check_field_groups,
    check_fulfilment,
    search_of,
    stamp_seconds,
)
from sandbox.shops import Order, Shipment, Shop
from sandbox.state import State
from sandbox.validation import Problem
from sandbox.web import Answer, Call, Operation, Refused

_UNTRACKED = "999"


class EbayStandIn:
    """The partner: bearer tokens, eBay's error list, no Retry-After with 429 (none is declared)."""

    name = NAME
    prefix = "/ebay"
    tells_retry_after = False

    def __init__(self) -> None:
        order = "/sell/fulfillment/v1/order"
        notification = "/commerce/notification/v1"
        self.operations = (
            Operation("ru_name", "PUT", "/_ru_name", put_ru_name),
            Operation("authorize", "GET", "/oauth2/authorize", authorize),
            Operation("token", "POST", "/identity/v1/oauth2/token", token),
            Operation("user", "GET", "/commerce/identity/v1/user/", user),
            Operation("orders", "GET", order, orders),
            Operation("order", "GET", f"{order}/<order_id>", one_order),
            Operation("fulfilments", "GET", f"{order}/<order_id>/shipping_fulfillment", told),
            Operation("ship", "POST", f"{order}/<order_id>/shipping_fulfillment", ship),
            Operation(
                "fulfilment", "GET", f"{order}/<order_id>/shipping_fulfillment/<key>", one_told
            ),
            Operation("public_key", "GET", f"{notification}/public_key/<kid>", public_key),
            Operation("destination", "POST", f"{notification}/destination", destination),
            Operation("rate_limit", "GET", "/developer/analytics/v1_beta/rate_limit/", rate_limit),
        )

    def is_authorised(self, request: Request) -> bool:  # noqa: ARG002
        """Tokens are looked up where the state is at hand, by each call."""
        return True

    def error(self, request: Request, status: int, problems: list[Problem]) -> Answer:
        """eBay's {errors: [...]}, at the token endpoint RFC 6749's {error, error_description}."""
        if request.path.endswith("/oauth2/token"):
            code = problems[0].code if problems else "invalid_request"
            text = problems[0].message if problems else ""
            return Answer(status, {"error": code, "error_description": text})
        numbers = {401: 1001, 404: 2002, 409: 32099, 429: 2001, 500: 30500}
        return Answer(
            status,
            {
                "errors": [
                    {
                        "errorId": int(problem.code)
                        if problem.code.isdecimal()
                        else numbers.get(status, 2000),
                        "domain": "OAuth" if status == 401 else "API_FULFILLMENT",
                        "category": "APPLICATION" if status >= 500 else "REQUEST",
                        "message": problem.message[:50],
                        "longMessage": problem.message[:200],
                        "parameters": [{"name": problem.field, "value": ""}]
                        if problem.path
                        else [],
                    }
                    for problem in problems
                ]
            },
        )


def orders(call: Call) -> Answer:
    """`GET /order`: by offset over a set that moves under the reader, oldest change first."""
    account, state = seller_of(call, "orders"), call.world.state
    search = search_of(call.request.args, call.now)
    if search.ids:
        named = [shops.order(state, NAME, account, each) for each in search.ids]
        found = [each for each in named if each is not None]
    else:
        found = shops.orders_between(
            state,
            NAME,
            account,
            since=search.since,
            until=search.until,
            by="created_at" if search.by_creation else "updated_at",
            limit=10**9,
        )
    if search.statuses:
        found = [each for each in found if each.status in search.statuses]
    rows, next_row = shops.page_end(state, NAME, "orders", size=search.limit)
    page = found[search.offset : search.offset + rows]
    following = search.offset + (rows if next_row is None else next_row)
    body: dict[str, Any] = {
        "href": _href(call, search.offset, search.limit),
        "total": len(found),
        "limit": search.limit,
        "offset": search.offset,
        "orders": [_listed(each.body) for each in page],
    }
    if page and following < len(found):
        body["next"] = _href(call, following, search.limit)
    return Answer(200, body)


def _href(call: Call, offset: int, limit: int) -> str:
    given = {**call.request.args.to_dict(), "limit": str(limit), "offset": str(offset)}
    query = "&".join(f"{name}={value}" for name, value in given.items())
    return f"{call.request.base_url}?{query}"


def _listed(body: dict[str, Any]) -> dict[str, Any]:
    """As getOrders tells it: cancel requests always empty, no tax identifier."""
    listed: dict[str, Any] = json.loads(json.dumps(body))
    listed["cancelStatus"]["cancelRequests"] = []
    listed.get("buyer", {}).pop("taxIdentifier", None)
    return listed


def _known(call: Call, account: str) -> Order:
    order = shops.order(call.world.state, NAME, account, call.args["order_id"])
    if order is None:
        raise Refused(404, [Problem((), "32100", f"Invalid order ID: {call.args['order_id']}")])
    return order


def one_order(call: Call) -> Answer:
    """`GET /order/{orderId}`."""
    order = _known(call, seller_of(call, "order"))
    check_field_groups(call.request.args)
    return Answer(200, order.body)


def _known_here(call: Call, account: str) -> Order:
    """As `_known`; below shipping_fulfillment the contract declares 400, no 404."""
    try:
        return _known(call, account)
    except Refused as refusal:
        raise Refused(400, refusal.problems) from None


def told(call: Call) -> Answer:
    """`GET /order/{orderId}/shipping_fulfillment`."""
    account = seller_of(call, "fulfilments")
    order = _known_here(call, account)
    found = shops.shipments(call.world.state, NAME, account, order.external_order)
    return Answer(200, {"fulfillments": [each.body for each in found], "total": len(found)})


def one_told(call: Call) -> Answer:
    """`GET /order/{orderId}/shipping_fulfillment/{fulfillmentId}`."""
    account = seller_of(call, "fulfilment")
    order = _known_here(call, account)
    found = shops.shipments(call.world.state, NAME, account, order.external_order)
    for each in found:
        if each.key == call.args["key"]:
            return Answer(200, each.body)
    text = f"Invalid shipping fulfillment ID: {call.args['key']}"
    raise Refused(404, [Problem((), "32110", text)])


def ship(call: Call) -> Answer:
    """`POST /order/{orderId}/shipping_fulfillment`: told again when asked again."""
    account, state = seller_of(call, "ship"), call.world.state
    order = _known_here(call, account)
    body = call.body()
    check_fulfilment(body, order.body, call.now)
    if order.body["cancelStatus"]["cancelState"] == "CANCELED":
        raise Refused(409, [Problem((), "conflict", "the order is cancelled")])
    # The contract: the fulfilment's id is the tracking number, without one "such as 999".
    key = body.get("trackingNumber", _UNTRACKED)
    fulfilment = {
        "fulfillmentId": key,
        "lineItems": [{"quantity": 1, **line} for line in body["lineItems"]],
        "shippedDate": body.get("shippedDate", stamp(call.now)),
    }
    if "trackingNumber" in body:
        fulfilment["shipmentTrackingNumber"] = body["trackingNumber"]
        fulfilment["shippingCarrierCode"] = body["shippingCarrierCode"]
    parcel = key if key != _UNTRACKED else f"{key} {fulfilment['shippedDate']}"
    shops.add_shipment(
        state, NAME, account, Shipment(order.external_order, key, parcel, fulfilment, call.now)
    )
    place = f"{call.request.base_url}/{key}"
    changed = _after_shipping(state, account, order, place, call.now)
    shops.update_order(
        state,
        NAME,
        account,
        order.external_order,
        body=changed,
        status=changed["orderFulfillmentStatus"],
        now=call.now,
    )
    return Answer(201, {}, {"Location": place})


def _after_shipping(
    state: State, account: str, order: Order, place: str, now: float
) -> dict[str, Any]:
    pieces: dict[str, int] = {}
    for each in shops.shipments(state, NAME, account, order.external_order):
        for line in each.body["lineItems"]:
            pieces[line["lineItemId"]] = pieces.get(line["lineItemId"], 0) + line["quantity"]
    lines = [
        {
            **line,
            "lineItemFulfillmentStatus": _status(
                pieces.get(line["lineItemId"], 0), int(line["quantity"])
            ),
        }
        for line in order.body["lineItems"]
    ]
    statuses = {line["lineItemFulfillmentStatus"] for line in lines}
    whole = statuses.pop() if len(statuses) == 1 else "IN_PROGRESS"
    return {
        **order.body,
        "lineItems": lines,
        "orderFulfillmentStatus": whole,
        "fulfillmentHrefs": [*order.body.get("fulfillmentHrefs", []), place],
        "lastModifiedDate": stamp(now),
    }


def _status(shipped: int, ordered: int) -> str:
    if shipped == 0:
        return "NOT_STARTED"
    return "FULFILLED" if shipped >= ordered else "IN_PROGRESS"


def _read(body: dict[str, Any], now: float) -> Order:
    """An order to be put into a shop; what eBay always returns is filled in where it is missing."""
    if problems := list(ORDER.check(body, ())):
        raise Refused(422, problems)
    whole: dict[str, Any] = {
        "orderFulfillmentStatus": "NOT_STARTED",
        "orderPaymentStatus": "PAID",
        "cancelStatus": {"cancelState": "NONE_REQUESTED", "cancelRequests": []},
        "lastModifiedDate": stamp(now),
        **body,
    }
    for line in whole["lineItems"]:
        line.setdefault("lineItemFulfillmentStatus", "NOT_STARTED")
    times = [stamp_seconds(whole[name]) for name in ("creationDate", "lastModifiedDate")]
    created, updated = times
    if created is None or updated is None:
        raise Refused(422, bad(30810, "Invalid date format", "creationDate").problems)
    return Order(
        external_order=whole["orderId"],
        body=whole,
        status=whole["orderFulfillmentStatus"],
        created_at=created,
        updated_at=updated,
    )


def _stamped(body: dict[str, Any], updated_at: float) -> dict[str, Any]:
    return {**body, "lastModifiedDate": stamp(updated_at)}


def _seeded(state: State, account: str, order: Order, now: float) -> None:
    line = order.body["lineItems"][0]["lineItemId"]
    ebay_push.queue(state, account, order.external_order, line=line, now=now)


PARTNER = EbayStandIn()
SHOP = Shop(partner=NAME, read=_read, stamp=_stamped, consent=consent, seeded=_seeded)
