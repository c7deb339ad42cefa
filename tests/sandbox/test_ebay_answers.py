"""The stand-in eBay's answers, held to the contracts; its signed pushes, to a real endpoint."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse

from integrations.channels.base import BadSignature, Push
from integrations.channels.ebay_push import challenge_answer
from tests.integrations import contracts
from tests.integrations.channels.ebay_account import order
from tests.integrations.channels.test_ebay_contract import BASES
from tests.sandbox.ebay_shop import Shop, parcel
from tests.sandbox.program import Program, until

ORDER = "/sell/fulfillment/v1/order"
ONE = f"{ORDER}/12-34567-89012"


@cache
def contract(name: str, url: str) -> OpenAPI:
    """With every object of an answer closed, so that a field eBay does not have is seen."""
    loaded = contracts.load(f"ebay/{name}_oas3.json")
    loaded["servers"] = [{"url": url + BASES[name]}]
    for schema in loaded["components"]["schemas"].values():
        if schema.get("properties"):
            schema["additionalProperties"] = False
    return OpenAPI.from_dict(loaded, config=Config(spec_validator_cls=None))


def judge(shop: Shop, answer: requests.Response) -> None:
    path = urlsplit(str(answer.request.url)).path.removeprefix("/ebay")
    name = next(name for name, base in BASES.items() if path.startswith(base))
    request = RequestsOpenAPIRequest(answer.request)
    contract(name, shop.url).validate_response(request, RequestsOpenAPIResponse(answer))


@pytest.fixture(scope="module")
def shop(stand_ins: Program) -> Shop:
    opened = Shop.open(stand_ins)
    opened.seed(order(), *(order(f"1-{number}") for number in range(3)))
    opened.client().confirm_shipment(parcel(tracking_number="A1"))
    return opened


CALLS: dict[str, Callable[[Shop], requests.Response]] = {
    "orders": lambda shop: shop.get(ORDER),
    "the first of two pages": lambda shop: shop.get(ORDER, limit="2"),
    "no orders": lambda shop: shop.get(ORDER, orderIds="9-9"),
    "one order": lambda shop: shop.get(ONE),
    "fulfilments": lambda shop: shop.get(f"{ONE}/shipping_fulfillment"),
    "one fulfilment": lambda shop: shop.get(f"{ONE}/shipping_fulfillment/A1"),
    "no fulfilments": lambda shop: shop.get(f"{ORDER}/1-1/shipping_fulfillment"),
    "user": lambda shop: shop.get("/commerce/identity/v1/user/"),
    "budgets": lambda shop: shop.get("/developer/analytics/v1_beta/rate_limit/"),
    "told": lambda shop: shop.post(
        f"{ORDER}/1-2/shipping_fulfillment",
        {
            "lineItems": [{"lineItemId": "9001", "quantity": 1}],
            "trackingNumber": "B2",
            "shippingCarrierCode": "Other",
        },
    ),
}


@pytest.mark.parametrize("act", CALLS.values(), ids=CALLS.keys())
def test_an_answer_is_one_the_contract_declares(
    shop: Shop, act: Callable[[Shop], requests.Response]
) -> None:
    answer = act(shop)
    assert answer.ok, answer.text
    judge(shop, answer)


def test_a_field_ebay_does_not_have_would_be_seen(shop: Shop) -> None:
    answer = shop.get(ONE)
    answer._content = json.dumps({**answer.json(), "ordrId": "1"}).encode()
    with pytest.raises(Exception, match=r"ordrId|Invalid"):
        judge(shop, answer)


STATUSES: dict[str, tuple[Callable[[Shop], requests.Response], int]] = {
    "an unknown order": (lambda shop: shop.get(f"{ORDER}/9-9"), 404),
    "an unknown order's fulfilments": (
        lambda shop: shop.get(f"{ORDER}/9-9/shipping_fulfillment"),
        400,
    ),
    "an unknown fulfilment": (lambda shop: shop.get(f"{ONE}/shipping_fulfillment/Z9"), 404),
    "a bad search": (lambda shop: shop.get(ORDER, limit="201"), 400),
    "an unknown key": (lambda shop: shop.get("/commerce/notification/v1/public_key/no"), 404),
}


@pytest.mark.parametrize(("act", "status"), STATUSES.values(), ids=STATUSES.keys())
def test_a_refusal_has_a_status_the_contract_declares(
    shop: Shop, act: Callable[[Shop], requests.Response], status: int
) -> None:
    answer = act(shop)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["errorId"]
    judge(shop, answer)


# ---- pushes ---------------------------------------------------------------------------------

TOKEN = "waybridge-verification-token-0123456789"


@dataclass
class Endpoint:
    """Ours, as eBay would meet it: answers the challenge, keeps what is pushed."""

    url: str = ""
    is_honest: bool = True
    refuse: int = 0
    pushes: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def endpoint(**how: Any) -> Iterator[Endpoint]:
    state = Endpoint(**how)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code = parse_qs(urlsplit(self.path).query)["challenge_code"][0]
            token = TOKEN if state.is_honest else "another"
            told = challenge_answer(code, verification_token=token, endpoint=state.url)
            self._answer(200, json.dumps(told).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if state.refuse:
                state.refuse -= 1
                self._answer(503, b"")
                return
            state.pushes.append((dict(self.headers.items()), body))
            self._answer(204, b"")

        def _answer(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            del args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}/push/ebay"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def register(shop: Shop, there: Endpoint) -> requests.Response:
    config = {"endpoint": there.url, "verificationToken": TOKEN}
    body = {"name": "ours", "status": "ENABLED", "deliveryConfig": config}
    return shop.post("/commerce/notification/v1/destination", body)


def test_an_endpoint_that_fails_the_challenge_is_not_registered(fresh: Program) -> None:
    fresh.start()
    shop = Shop.open(fresh)
    with endpoint(is_honest=False) as there:
        assert register(shop, there).status_code == 409
        shop.seed(order())
    assert there.pushes == []


def test_a_placed_order_is_pushed_signed_until_it_is_taken(fresh: Program) -> None:
    fresh.start()
    shop = Shop.open(fresh)
    with endpoint(refuse=1) as there:
        answer = register(shop, there)
        assert answer.status_code == 201
        judge(shop, answer)
        shop.seed(order())
        until(lambda: there.pushes)
        headers, body = there.pushes[0]
        push = shop.client().read_push(headers, body)
        assert push == Push(push.event_id, "ORDER_CONFIRMATION", ("12-34567-89012",))
        assert json.loads(body)["notification"]["publishAttemptCount"] == 2
        read = shop.client().order(push.external_orders[0])
        assert read is not None
        with pytest.raises(BadSignature):
            shop.client().read_push(headers, body.replace(b"12-34567", b"12-34568"))
        key = json.loads(fresh.call("GET", "/_calls?partner=ebay").text)["counts"]["ebay"]
        assert key["public_key"] == 1
