"""AliExpress' open platform (IOP): one address for all business methods, signed and stateful.

Our reading: no contract is published in machine-readable form (docs/channels.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Request

from sandbox import faults, shops
from sandbox.partners import aliexpress_rules as rules
from sandbox.partners.aliexpress_rules import refusal
from sandbox.shop_admin import sent_back
from sandbox.shops import Order, Shipment, Shop
from sandbox.state import State
from sandbox.validation import Problem
from sandbox.web import Answer, Call, Operation, Refused

NAME = "aliexpress"
SELLER = "2671514005"
"""The seller whose browser opens the consent page."""

ACCESS_S, REFRESH_S = 30 * 86400, 60 * 86400
SERVICES = {
    "CPAM": "China Post Registered Air Mail",
    "DHL": "DHL",
    "Other": "Seller's Shipping Method",
}
SHIPPABLE = ("WAIT_SELLER_SEND_GOODS", "SELLER_PART_SEND_GOODS")
METHODS = {
    "aliexpress.solution.order.get": "orders",
    "aliexpress.trade.new.redefining.findorderbyid": "detail",
    "aliexpress.solution.order.receiptinfo.get": "receipt",
    "aliexpress.logistics.redefining.listlogisticsservice": "services",
    "aliexpress.solution.order.fulfill": "fulfil",
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A signed business call of one seller."""

    state: State
    account: str
    now: float
    parameters: dict[str, str]

    def order(self, number: int) -> Order | None:
        return shops.order(self.state, NAME, self.account, str(number))


def _parameters(request: Request) -> dict[str, str]:
    return {**request.args.to_dict(), **request.form.to_dict()}


def sync(call: Call) -> Answer:
    """`POST /sync?method=…`: one business method, its answer in the method's envelope."""
    parameters = _parameters(call.request)
    method = parameters.get("method", "")
    rules.check_signed(parameters, api_path="", now=call.now)
    if method not in METHODS:
        raise refusal("InvalidApiPath", f"no method {method}")
    state = call.world.state
    token = shops.check_token(
        state, NAME, parameters.get("access_token", ""), kind="access", now=call.now
    )
    if token is None or token.is_expired:
        raise refusal("IllegalAccessToken", "the specified access token is invalid or expired")
    shops.take_call(state, NAME, token.account, METHODS[method], now=call.now)
    asked = _Asked(state, token.account, call.now, parameters)
    answer = _HANDLERS[METHODS[method]](asked)
    return Answer(200, {method.replace(".", "_") + "_response": {**answer, "request_id": "0ba2"}})


def _orders(asked: _Asked) -> dict[str, Any]:
    query = rules.document(asked.parameters.get("param0", ""), "param0", rules.LIST)
    since, until, made_since, made_until = rules.ranges(query)
    wanted = set(query.get("order_status_list", ()))
    if "order_status" in query:
        wanted.add(query["order_status"])
    found = [
        order
        for order in shops.orders_between(
            asked.state, NAME, asked.account, since=since, until=until, limit=100_000
        )
        if made_since <= order.created_at <= made_until
        and (order.status in wanted if wanted else order.status != "FINISH")
    ]
    size, page = int(query["page_size"]), int(query["current_page"])
    shown = [_listed(order) for order in found[(page - 1) * size : page * size]]
    if faults.take(asked.state, partner=NAME, operation="orders", kinds=("repeat_page",)):
        shown = shown + shown[: max(1, size // 2)]
    return {
        "result": {
            "success": True,
            "total_count": len(found),
            "total_page": -(-len(found) // size),
            "current_page": page,
            "page_size": size,
            "target_list": {"order_dto": shown},
        }
    }


def _listed(order: Order) -> dict[str, Any]:
    """The list's row: the same order, shorter, other names, no address."""
    body = order.body
    return {
        "order_id": body["id"],
        "order_status": body["order_status"],
        "logistics_status": body.get("logistics_status", ""),
        "gmt_create": body["gmt_create"],
        "gmt_update": body["gmt_modified"],
        "gmt_pay_time": body.get("gmt_pay_success", ""),
        "pay_amount": body.get("order_amount"),
        "product_list": {
            "order_product_dto": [
                {
                    "order_id": body["id"],
                    "child_id": child["id"],
                    "product_id": child.get("product_id"),
                    "product_name": child["product_name"],
                    "product_count": child["product_count"],
                    "product_unit_price": child["product_price"],
                    "sku_code": child.get("sku_code", ""),
                    "son_order_status": child.get("order_status", body["order_status"]),
                    "logistics_service_name": body.get("logistics_service_name", ""),
                }
                for child in body["child_order_list"]
            ]
        },
    }


def _detail(asked: _Asked) -> dict[str, Any]:
    query = rules.document(asked.parameters.get("param1", ""), "param1", rules.ONE)
    order = asked.order(int(query["order_id"]))
    if order is None:
        return {"time_stamp": rules.local_text(asked.now)}
    body = dict(order.body)
    body.pop("_receipt", None)
    for name, kind in (
        ("child_order_list", "aeop_tp_child_order_dto"),
        ("logistic_info_list", "aeop_tp_logistic_info_dto"),
    ):
        body[name] = {kind: body.get(name, [])}
    return {"target": body, "time_stamp": rules.local_text(asked.now)}


def _receipt(asked: _Asked) -> dict[str, Any]:
    query = rules.document(asked.parameters.get("param1", ""), "param1", rules.ONE)
    order = asked.order(int(query["order_id"]))
    if order is None:
        raise refusal("OrderNotExist", "no such order of this seller")
    return {"result": order.body.get("_receipt") or order.body["receipt_address"]}


def _services(asked: _Asked) -> dict[str, Any]:
    del asked
    rows = [{"service_name": code, "display_name": name} for code, name in SERVICES.items()]
    return {"result_list": {"aeop_logistics_service_result": rows}, "result_success": True}


def _fulfil(asked: _Asked) -> dict[str, Any]:
    given = {
        name: asked.parameters[name]
        for name in (*rules.FULFIL.needs, *rules.FULFIL.may)
        if name in asked.parameters
    }
    if problems := list(rules.FULFIL.check(given, ())):
        told = "; ".join(f"{problem.field}: {problem.message}" for problem in problems)
        raise refusal("InvalidParameter", told)
    order = asked.order(int(given["out_ref"]))
    if given["service_name"] not in SERVICES:
        return _no("SERVICE_NAME_INVALID", "no such logistics service")
    if given["service_name"] == "Other" and "tracking_website" not in given:
        return _no("TRACKING_WEBSITE_REQUIRED", "tell where to track")
    if order is None:
        return _no("ORDER_NOT_EXIST", "no such order of this seller")
    if order.status not in SHIPPABLE:
        return _no("ORDER_STATUS_ERROR", f"the order is {order.status}")
    is_whole = given["send_type"] == "all"
    key = str(88_000_000 + asked.state.next_number("aliexpress shipment"))
    status = "WAIT_BUYER_ACCEPT_GOODS" if is_whole else "SELLER_PART_SEND_GOODS"
    body = dict(order.body)
    body["logistic_info_list"] = [
        *body.get("logistic_info_list", []),
        {
            "ship_order_id": int(key),
            "logistics_no": given["logistics_no"],
            "logistics_type_code": given["service_name"],
            "logistics_service_name": SERVICES[given["service_name"]],
            "gmt_send": rules.local_text(asked.now),
        },
    ]
    body["order_status"] = status
    body["logistics_status"] = "SELLER_SEND_GOODS" if is_whole else "SELLER_SEND_PART_GOODS"
    body["gmt_modified"] = rules.local_text(asked.now)
    shops.update_order(
        asked.state, NAME, asked.account, order.external_order,
        body=body, status=status, now=asked.now,
    )  # fmt: skip
    shops.add_shipment(
        asked.state,
        NAME,
        asked.account,
        Shipment(order.external_order, key, given["logistics_no"], given, asked.now),
    )
    return {"result": {"result_success": True}}


def _no(code: str, message: str) -> dict[str, Any]:
    told = {"result_success": False, "result_error_code": code, "result_error_desc": message}
    return {"result": told}


_HANDLERS: dict[str, Callable[[_Asked], dict[str, Any]]] = {
    "orders": _orders,
    "detail": _detail,
    "receipt": _receipt,
    "services": _services,
    "fulfil": _fulfil,
}


def authorize(call: Call) -> Answer:
    """`GET /oauth/authorize`: this seller always says yes and is sent back with a code."""
    asked = call.request.args
    if asked.get("client_id") != rules.APP_KEY or asked.get("response_type") != "code":
        raise Refused(400, [Problem(("client_id",), "InvalidAppKey", "no such application")])
    redirect = asked.get("redirect_uri", "")
    back = _consent(call.world.state, SELLER, redirect, asked.get("state", ""), call.now)
    return sent_back(redirect, back)


def create(call: Call) -> Answer:
    """`POST /rest/auth/token/create`: a consent's code becomes tokens, once."""
    parameters = _parameters(call.request)
    rules.check_signed(parameters, api_path="/auth/token/create", now=call.now)
    state, code = call.world.state, parameters.get("code", "")
    found = shops.check_token(state, NAME, code, kind="code", now=call.now)
    if found is None or found.is_expired:
        raise refusal("InvalidCode", "the code is unknown, used or too old")
    shops.spend_token(state, NAME, code)
    return _tokens(state, found.account, refresh_ends=call.now + REFRESH_S, now=call.now)


def refresh(call: Call) -> Answer:
    """`POST /rest/auth/token/refresh`: a new access token; the right to refresh ends as before."""
    parameters = _parameters(call.request)
    rules.check_signed(parameters, api_path="/auth/token/refresh", now=call.now)
    state, told = call.world.state, parameters.get("refresh_token", "")
    found = shops.check_token(state, NAME, told, kind="refresh", now=call.now)
    if found is None or found.is_expired or found.expires_at is None:
        raise refusal("IllegalRefreshToken", "the refresh token is invalid or expired")
    return _tokens(state, found.account, refresh_ends=found.expires_at, now=call.now)


def _tokens(state: State, account: str, *, refresh_ends: float, now: float) -> Answer:
    access = shops.issue_token(state, NAME, account, kind="access", expires_at=now + ACCESS_S)
    renewal = shops.issue_token(state, NAME, account, kind="refresh", expires_at=refresh_ends)
    return Answer(
        200,
        {
            "code": "0",
            "access_token": access,
            "refresh_token": renewal,
            "expires_in": ACCESS_S,
            "expire_time": int((now + ACCESS_S) * 1000),
            # As counted from now, which is what a caller must not believe after a refresh.
            "refresh_expires_in": REFRESH_S,
            "refresh_token_valid_time": int((now + REFRESH_S) * 1000),
            "seller_id": account,
            "user_nick": f"seller {account}",
        },
    )


def _read(body: dict[str, Any], now: float) -> Order:
    if problems := list(rules.ORDER.check(body, ())):
        raise Refused(422, problems)
    changed = rules.unix(body["gmt_modified"]) if "gmt_modified" in body else now
    kept = {**body, "gmt_modified": rules.local_text(changed)}
    return Order(
        external_order=str(body["id"]),
        body=kept,
        status=body["order_status"],
        created_at=rules.unix(body["gmt_create"]),
        updated_at=changed,
    )


def _stamp(body: dict[str, Any], at: float) -> dict[str, Any]:
    return {**body, "gmt_modified": rules.local_text(at)}


def _consent(
    state: State, account: str, redirect_uri: str, state_parameter: str, now: float
) -> dict[str, str]:
    del redirect_uri
    code = shops.issue_token(state, NAME, account, kind="code", expires_at=now + 600, prefix="3_")
    return {"code": code, "state": state_parameter}


@dataclass(frozen=True, slots=True)
class Iop:
    """The gateway: every no but a broken gateway comes with HTTP 200."""

    name: str
    prefix: str
    operations: tuple[Operation, ...]

    def is_authorised(self, request: Request) -> bool:  # noqa: ARG002
        """Each handler checks the signature itself."""
        return True

    def error(self, request: Request, status: int, problems: list[Problem]) -> Answer:  # noqa: ARG002
        """`{type, code, message, request_id}`, too many calls as ApiCallLimit."""
        code, message = problems[0].code, problems[0].message
        if status == 429:
            code, message = "ApiCallLimit", "access frequency exceeds the limit, ban 1 second"
        is_broken = status >= 500
        told = {"type": "ISP" if is_broken else "ISV", "code": code, "message": message}
        return Answer(status if is_broken else 200, {**told, "request_id": "0ba2887315178178017"})


def _called(request: Request) -> str:
    return METHODS.get(request.args.get("method", ""), "sync")


PARTNER = Iop(
    name=NAME,
    prefix="/aliexpress",
    operations=(
        Operation("sync", "POST", "/sync", sync, called=_called),
        Operation("authorize", "GET", "/oauth/authorize", authorize),
        Operation("token", "POST", "/rest/auth/token/create", create),
        Operation("refresh", "POST", "/rest/auth/token/refresh", refresh),
    ),
)
SHOP = Shop(partner=NAME, read=_read, stamp=_stamp, consent=_consent)
