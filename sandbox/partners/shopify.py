"""Shopify's Admin GraphQL API: executed over a small schema of our own, charged by its cost."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    execute_sync,
    parse,
    validate,
)
from werkzeug.wrappers import Request

from sandbox import shops
from sandbox.instants import instant
from sandbox.partners import shopify_cost as cost
from sandbox.partners import shopify_rules as rules
from sandbox.partners import shopify_tokens
from sandbox.partners.shopify_schema import SCHEMA
from sandbox.shops import Order, Shipment, Shop
from sandbox.state import State
from sandbox.validation import NotJson, Problem, read_json
from sandbox.web import Answer, Call, Operation, Refused

NAME = "shopify"
SEARCH = re.compile(r"updated_at:>='([^']+)' AND updated_at:<'([^']+)'")


def graphql(call: Call) -> Answer:
    """`POST /admin/api/2026-10/graphql.json`: refused whole, or answered with what it cost."""
    state, account = call.world.state, call.args["shop"]
    told = call.request.headers.get("X-Shopify-Access-Token", "")
    token = shops.check_token(state, NAME, told, kind="access", now=call.now)
    if token is None or token.is_expired or token.account != account:
        raise Refused(401, [Problem((), "UNAUTHORIZED", "Invalid API key or access token")])
    body = call.body()
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        raise Refused(400, [Problem(("query",), "BAD_REQUEST", "query is required")])
    variables = body.get("variables") or {}
    try:
        document = parse(body["query"])
    except GraphQLError as error:
        return _errors([error.message], "PARSE_ERROR")
    if wrong := validate(SCHEMA, document):
        return _errors([error.message for error in wrong], "undefinedField")
    return _executed(state, account, document, variables, now=call.now)


def _executed(
    state: State, account: str, document: DocumentNode, variables: dict[str, Any], *, now: float
) -> Answer:
    asked = cost.requested(document, variables)
    if asked > cost.DEAREST:
        return _errors([f"Query cost is {asked}, which exceeds 1000"], "MAX_COST_EXCEEDED")
    if asked > cost.left(state, NAME, account, now=now):
        extensions = cost.told(state, NAME, account, asked=asked, spent=None, now=now)
        answer = _errors(["Throttled"], "THROTTLED")
        return Answer(200, {**answer.body, "extensions": extensions})
    root = _Root(_Admin(state, account, now))
    result = execute_sync(SCHEMA, document, root_value=root, variable_values=variables)
    if result.errors:
        return _errors([error.message for error in result.errors], "BAD_USER_INPUT")
    spent = cost.actual(result.data)
    cost.charge(state, NAME, account, min(spent, asked), now=now)
    extensions = cost.told(state, NAME, account, asked=asked, spent=spent, now=now)
    return Answer(200, {"data": result.data, "extensions": extensions})


def _errors(messages: list[str], code: str) -> Answer:
    told = [{"message": message, "extensions": {"code": code}} for message in messages]
    return Answer(200, {"errors": told})


@dataclass(frozen=True, slots=True)
class _Admin:
    """What one token sees: its shop."""

    state: State
    account: str
    now: float

    def orders(self, *, first: int, after: str | None, query: str, sort_key: str) -> dict[str, Any]:
        found = SEARCH.fullmatch(query or "")
        if found is None or sort_key != "UPDATED_AT":
            raise GraphQLError("only updated_at:>='…' AND updated_at:<'…' by UPDATED_AT is known")
        if not 1 <= first <= 250:
            raise GraphQLError("first must be between 1 and 250")
        since, until = rules.unix(found[1]), rules.unix(found[2])
        rows = [
            order
            for order in shops.orders_between(
                self.state, NAME, self.account,
                since=since, until=until, after=_place(after), limit=first + 1,
            )
            if order.updated_at < until
        ]  # fmt: skip
        size, next_begins = shops.page_end(self.state, NAME, "Orders", size=first)
        shown = rows[:size]
        has_more = len(rows) > len(shown)
        last = shown[: next_begins or len(shown)][-1] if shown else None
        return {
            "nodes": [_node(order.body) for order in shown],
            "pageInfo": {"hasNextPage": has_more, "endCursor": _cursor(last)},
        }

    def order(self, gid: str) -> Order | None:
        if not gid.startswith("gid://shopify/Order/"):
            raise GraphQLError(f"Invalid global id '{gid}'")
        return shops.order(self.state, NAME, self.account, gid.rpartition("/")[2])

    def fulfilment(self, gid: str) -> dict[str, Any] | None:
        for told in shops.shipments(self.state, NAME, self.account):
            if f"gid://shopify/Fulfillment/{told.key}" == gid:
                order = shops.order(self.state, NAME, self.account, told.external_order)
                if order is not None:
                    lines = _lines(order.body)
                    found = (f for f in order.body["fulfillments"] if f["id"] == gid)
                    return next((_fulfilment(each, lines) for each in found), None)
        return None

    def fulfil(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The payload of fulfillmentCreate. Asked again it fulfils again while pieces are left."""
        groups = asked["lineItemsByFulfillmentOrder"]
        wanted = {group["fulfillmentOrderId"]: group for group in groups}
        order = self._order_of(set(wanted))
        if order is None:
            return _user_error("Fulfillment order does not exist.")
        body = order.body
        chosen = [each for each in body["fulfillmentOrders"] if each["id"] in wanted]
        if len({each["location"] for each in chosen}) != 1:
            return _user_error("All fulfillment orders must be at the same location.")
        if any(each["status"] not in {"OPEN", "IN_PROGRESS"} for each in chosen):
            return _user_error("Fulfillment order has an unfulfillable status.")
        rows = {row["id"]: row for each in chosen for row in each["lines"]}
        taken: dict[str, int] = {}
        for each in chosen:
            given = wanted[each["id"]].get("fulfillmentOrderLineItems")
            whole = [{"id": row["id"], "quantity": row["remaining"]} for row in each["lines"]]
            for part in given if given is not None else whole:
                taken[part["id"]] = taken.get(part["id"], 0) + part["quantity"]
        if not taken or any(
            name not in rows or not 1 <= pieces <= rows[name]["remaining"]
            for name, pieces in taken.items()
        ):
            return _user_error("Invalid fulfillment order line item quantity requested.")
        return self._fulfilled(order, chosen[0]["location"], taken, rows, asked)

    def _fulfilled(
        self,
        order: Order,
        location: str,
        taken: dict[str, int],
        rows: dict[str, dict[str, Any]],
        asked: dict[str, Any],
    ) -> dict[str, Any]:
        key = str(7_000_000 + self.state.next_number("shopify fulfilment"))
        tracking = dict(asked.get("trackingInfo") or {})
        made = {
            "id": f"gid://shopify/Fulfillment/{key}",
            "status": "SUCCESS",
            "trackingInfo": [tracking] if tracking else [],
            "lines": [{"line": rows[name]["line"], "quantity": n} for name, n in taken.items()],
        }
        body = order.body
        body["fulfillments"] = [*body["fulfillments"], made]
        rules.after_fulfilment(body, taken)
        body["updatedAt"] = instant(self.now)
        shops.update_order(
            self.state, NAME, self.account, order.external_order,
            body=body, status=body["displayFulfillmentStatus"], now=self.now,
        )  # fmt: skip
        parcel = f"{tracking.get('number', '')} {location.rpartition('/')[2]}"
        told = {**tracking, "notifyCustomer": asked.get("notifyCustomer"), "lines": made["lines"]}
        shipment = Shipment(order.external_order, key, parcel, told, self.now)
        shops.add_shipment(self.state, NAME, self.account, shipment)
        return {"fulfillment": _fulfilment(made, _lines(body)), "userErrors": []}

    def _order_of(self, fulfilment_orders: set[str]) -> Order | None:
        numbers = {gid.rpartition("/")[2][:-2] for gid in fulfilment_orders}
        if len(numbers) != 1:
            return None
        order = shops.order(self.state, NAME, self.account, numbers.pop())
        known = {each["id"] for each in order.body["fulfillmentOrders"]} if order else set()
        return order if fulfilment_orders <= known else None


class _Root:
    """Root fields, as the executor's default resolver finds them."""

    def __init__(self, admin: _Admin) -> None:
        self._admin = admin

    def orders(self, info: Any, **asked: Any) -> dict[str, Any]:
        del info
        return self._admin.orders(
            first=asked.get("first") or 0,
            after=asked.get("after"),
            query=asked.get("query") or "",
            sort_key=asked["sortKey"],
        )

    def order(self, info: Any, **asked: Any) -> dict[str, Any] | None:
        del info
        found = self._admin.order(asked["id"])
        return None if found is None else _node(found.body)

    def fulfillment(self, info: Any, **asked: Any) -> dict[str, Any] | None:
        del info
        return self._admin.fulfilment(asked["id"])

    def fulfillmentCreate(self, info: Any, **asked: Any) -> dict[str, Any]:  # noqa: N802
        del info
        return self._admin.fulfil(asked["fulfillment"])


def _user_error(message: str) -> dict[str, Any]:
    return {"fulfillment": None, "userErrors": [{"field": ["fulfillment"], "message": message}]}


def _node(body: dict[str, Any]) -> dict[str, Any]:
    lines = _lines(body)
    return {
        **body,
        "lineItems": _connection(body["lineItems"]),
        "localizedFields": _connection(body["localizedFields"]),
        "fulfillments": [_fulfilment(each, lines) for each in body["fulfillments"]],
        "fulfillmentOrders": _connection(
            [_fulfilment_order(each, lines) for each in body["fulfillmentOrders"]]
        ),
    }


def _lines(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {line["id"]: line for line in body["lineItems"]}


def _fulfilment(told: dict[str, Any], lines: dict[str, dict[str, Any]]) -> dict[str, Any]:
    rows = [{"quantity": row["quantity"], "lineItem": lines[row["line"]]} for row in told["lines"]]
    return {**told, "fulfillmentLineItems": _connection(rows)}


def _fulfilment_order(told: dict[str, Any], lines: dict[str, dict[str, Any]]) -> dict[str, Any]:
    rows = [
        {
            "id": row["id"],
            "totalQuantity": row["total"],
            "remainingQuantity": row["remaining"],
            "lineItem": lines[row["line"]],
        }
        for row in told["lines"]
    ]
    location = {"id": told["location"]}
    return {
        "id": told["id"],
        "status": told["status"],
        "assignedLocation": {"name": told["location"], "location": location},
        "lineItems": _connection(rows),
    }


def _connection(rows: list[dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def page(info: Any, first: int | None = None, after: str | None = None) -> dict[str, Any]:
        del info
        begin = int(after) if after and after.isdecimal() else 0
        end = begin + (first or 0)
        has_more = len(rows) > end
        return {
            "nodes": rows[begin:end],
            "pageInfo": {"hasNextPage": has_more, "endCursor": str(end)},
        }

    return page


def _cursor(order: Order | None) -> str | None:
    if order is None:
        return None
    return base64.b64encode(f"{order.updated_at!r}|{order.external_order}".encode()).decode()


def _place(cursor: str | None) -> tuple[float, str] | None:
    if not cursor:
        return None
    try:
        at, _, name = base64.b64decode(cursor, validate=True).decode().partition("|")
        return float(at), name
    except ValueError:
        raise GraphQLError("Invalid cursor for current pagination sort.") from None


def _read(body: dict[str, Any], now: float) -> Order:
    if problems := list(rules.ORDER.check(body, ())):
        raise Refused(422, problems)
    try:
        made = rules.unix(body["createdAt"])
        changed = rules.unix(body["updatedAt"]) if "updatedAt" in body else now
    except ValueError:
        raise Refused(422, [Problem(("createdAt",), "not_an_instant", "no instant")]) from None
    kept = rules.order_body({**body, "updatedAt": instant(changed)})
    status = kept["displayFulfillmentStatus"]
    return Order(str(body["legacyResourceId"]), kept, status, made, changed)


def _stamp(body: dict[str, Any], at: float) -> dict[str, Any]:
    return {**body, "updatedAt": instant(at)}


@dataclass(frozen=True, slots=True)
class AdminApi:
    """GraphQL tells most faults with HTTP 200; a wrong token and a broken server do not."""

    name: str
    prefix: str
    operations: tuple[Operation, ...]

    def is_authorised(self, request: Request) -> bool:  # noqa: ARG002
        """The handlers check their token, which belongs to one shop."""
        return True

    def error(self, request: Request, status: int, problems: list[Problem]) -> Answer:
        """`{errors}` for GraphQL, `{error, error_description}` for tokens."""
        code, message = problems[0].code, problems[0].message
        if request.path.endswith("/access_token"):
            return Answer(status, {"error": code, "error_description": message})
        if status == 429:
            return _errors(["Throttled"], "THROTTLED")
        if status == 422:
            return _errors([message], code)
        return Answer(status, {"errors": message})


def _called(request: Request) -> str:
    """The name the caller has given its query: `query Orders(…)` is "Orders"."""
    try:
        body = read_json(request.get_data(cache=True))
    except NotJson:
        return "graphql"
    query = body.get("query") if isinstance(body, dict) else None
    found = re.search(r"\b(?:query|mutation)\s+(\w+)", query) if isinstance(query, str) else None
    return found[1] if found else "graphql"


PARTNER = AdminApi(
    name=NAME,
    prefix="/shopify",
    operations=(
        Operation(
            "graphql", "POST", "/<shop>/admin/api/2026-10/graphql.json", graphql, called=_called
        ),
        Operation("authorize", "GET", "/<shop>/admin/oauth/authorize", shopify_tokens.authorize),
        Operation("token", "POST", "/<shop>/admin/oauth/access_token", shopify_tokens.token),
    ),
)
SHOP = Shop(partner=NAME, read=_read, stamp=_stamp, consent=shopify_tokens.consent)
