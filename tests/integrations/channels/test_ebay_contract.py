"""The exact requests our client sends to eBay, held to the vendor's contracts in strict form.

In process, captured at the adapter of the HTTP library. The token endpoint stands in no contract.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError

from integrations import http
from integrations.channels.base import ShippedLine, Window
from integrations.channels.ebay import Ebay
from integrations.channels.ebay_auth import Application
from integrations.errors import PartnerError
from tests.integrations import contracts
from tests.integrations.channels.ebay_account import CREDENTIALS, NOW, ebay, notice, order
from tests.integrations.errata import ebay as errata
from tests.integrations.outgoing import Capture, Outgoing

HOST = "http://127.0.0.1:9"
BASES = {
    "sell_fulfillment_v1": "/sell/fulfillment/v1",
    "commerce_notification_v1": "/commerce/notification/v1",
    "commerce_identity_v1": "/commerce/identity/v1",
    "developer_analytics_v1_beta": "/developer/analytics/v1_beta",
}
WINDOW = Window(since=NOW - timedelta(hours=6), until=NOW - timedelta(hours=1))
NO_FULFILMENTS = b'{"fulfillments": [], "total": 0}'
TOKEN = b'{"access_token": "t", "expires_in": 7200}'


@cache
def contract(name: str) -> dict[str, Any]:
    loaded = contracts.load(f"ebay/{name}_oas3.json")
    loaded["servers"] = [{"url": HOST + BASES[name]}]
    if name == "sell_fulfillment_v1":
        errata.add_prose(loaded)
    return contracts.strict(loaded)


@cache
def validator(name: str) -> OpenAPI:
    return OpenAPI.from_dict(contract(name), config=Config(spec_validator_cls=None))


def judge(request: Outgoing) -> None:
    name = next(name for name, base in BASES.items() if request.path.startswith(base))
    validator(name).validate_request(request)


def sent_by(
    monkeypatch: pytest.MonkeyPatch, act: Callable[[Ebay], Any], *answers: bytes
) -> list[requests.PreparedRequest]:
    capture, session = Capture(*answers), requests.Session()
    session.mount("http://", capture)
    monkeypatch.setattr(http, "session_for", lambda partner: session)
    with pytest.raises(PartnerError):
        act(ebay(HOST))
    return capture.sent


def page(*bodies: dict[str, Any], total: int, following: int | None = None) -> bytes:
    body: dict[str, Any] = {"total": total, "limit": 200, "offset": 0, "orders": list(bodies)}
    if following is not None:
        body["next"] = f"{HOST}/sell/fulfillment/v1/order?limit=200&offset={following}"
    return json.dumps(body).encode()


READS: dict[str, Callable[[Ebay], Any]] = {
    "a window": lambda client: client.orders(WINDOW),
    "a window in another zone, finer than a millisecond": lambda client: client.orders(
        Window(
            since=datetime.fromisoformat("2026-11-25T10:00:00.123456+08:00"),
            until=datetime(2026, 11, 26, 3, 0, 0, 987654, tzinfo=UTC),
        )
    ),
    "a later page": lambda client: client.orders(
        WINDOW, "2026-11-26T08:00:00.000Z|199|500|0|12-34567-89012"
    ),
    "one order": lambda client: client.order("12-34567-89012"),
    "fulfilments": lambda client: client.confirm_shipment(notice()),
}


@pytest.mark.parametrize("act", READS.values(), ids=READS.keys())
def test_reads_satisfy_the_contract(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    sent = sent_by(monkeypatch, act)
    assert len(sent) == 1
    judge(Outgoing(sent[0]))


def test_the_second_page_satisfies_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(client: Ebay) -> None:
        client.orders(WINDOW, client.orders(WINDOW).cursor)

    first = page(*(order(f"12-0-{n}") for n in range(200)), total=300, following=200)
    sent = sent_by(monkeypatch, both, first)
    assert [parse_qs(urlsplit(str(each.url)).query)["offset"] for each in sent] == [["0"], ["199"]]
    for each in sent:
        judge(Outgoing(each))


NOTICES = {
    "one line": notice(),
    "a part of two lines": notice(
        lines=(ShippedLine("9001", 1), ShippedLine("9002", 3)), is_last=False
    ),
    "the same line twice": notice(lines=(ShippedLine("9001", 1), ShippedLine("9001", 1))),
    "a carrier eBay does not list": notice(carrier="line", tracking_number="EL0000012345CN"),
    "a carrier nobody knows": notice(carrier="kite"),
    "no tracking number": notice(tracking_number=""),
    "shipped this moment": notice(shipped_at=NOW),
    "shipped in another zone": notice(
        shipped_at=datetime.fromisoformat("2026-11-26T10:00:00.5+08:00")
    ),
}


@pytest.mark.parametrize("told", NOTICES.values(), ids=NOTICES.keys())
def test_fulfilments_satisfy_the_contract(monkeypatch: pytest.MonkeyPatch, told: Any) -> None:
    sent = sent_by(monkeypatch, lambda client: client.confirm_shipment(told), NO_FULFILMENTS)
    assert [each.method for each in sent] == ["GET", "POST"]
    for each in sent:
        judge(Outgoing(each))
    body = json.loads(sent[1].body or b"")
    # "Mutually dependent", says the contract's prose: both or neither.
    assert ("trackingNumber" in body) == ("shippingCarrierCode" in body)
    lines = [line["lineItemId"] for line in body["lineItems"]]
    assert len(set(lines)) == len(lines)


APPLICATION: dict[str, Callable[[Ebay], Any]] = {
    "public key": lambda client: client._public_key("9936261a-7d7b-4621-a0f1-96ccb428af49"),
    "budgets": lambda client: client.budgets(),
}


@pytest.mark.parametrize("act", APPLICATION.values(), ids=APPLICATION.keys())
def test_the_applications_calls_satisfy_the_contract(
    monkeypatch: pytest.MonkeyPatch, act: Any
) -> None:
    monkeypatch.setattr("integrations.channels.ebay_auth._application_tokens", {})
    sent = sent_by(monkeypatch, act, TOKEN)
    assert [each.method for each in sent] == ["POST", "GET"]
    judge(Outgoing(sent[1]))


def test_asking_who_consented_satisfies_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = b'{"access_token": "t", "refresh_token": "r", "expires_in": 7200}'

    def exchange(_: Ebay) -> None:
        application = Application.of(
            credentials=CREDENTIALS, base_url=HOST, gate=http.NullGate(), options={}
        )
        application.exchange({"code": "v^1.1#i^1"})

    sent = sent_by(monkeypatch, exchange, tokens)
    assert len(sent) == 2
    judge(Outgoing(sent[1]))


def changed(sent: requests.PreparedRequest, change: Callable[[Any], Any]) -> Outgoing:
    again = sent.copy()
    again.body = json.dumps(change(json.loads(sent.body or b"null"))).encode()
    return Outgoing(again)


WRONG: dict[str, Callable[[Any], Any]] = {
    "a typo at the top": lambda body: {**body, "trackingnumber": "1"},
    "a typo in a line": lambda body: {**body, "lineItems": [{"lineItemID": "1", "quantity": 1}]},
    "no lines": lambda body: {**body, "lineItems": []},
    "lines missing": lambda body: {"shippedDate": body["shippedDate"]},
    "no line id": lambda body: {**body, "lineItems": [{"quantity": 1}]},
    "no pieces": lambda body: {**body, "lineItems": [{"lineItemId": "1", "quantity": 0}]},
    "pieces in words": lambda body: {**body, "lineItems": [{"lineItemId": "1", "quantity": "2"}]},
    "a number with a hyphen": lambda body: {**body, "trackingNumber": "12-34"},
    "a number with a space": lambda body: {**body, "trackingNumber": "12 34"},
    "a date without a time": lambda body: {**body, "shippedDate": "2026-11-26"},
    "a date with an offset": lambda body: {**body, "shippedDate": "2026-11-26T08:00:00.000+00:00"},
    "an empty carrier": lambda body: {**body, "shippingCarrierCode": ""},
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_fulfilment_is_refused_by_the_same_check(
    monkeypatch: pytest.MonkeyPatch, change: Any
) -> None:
    good = sent_by(monkeypatch, lambda client: client.confirm_shipment(notice()), NO_FULFILMENTS)[1]
    judge(changed(good, lambda body: body))
    with pytest.raises(OpenAPIError):
        judge(changed(good, change))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "201"),
        ("limit", "0"),
        ("offset", "-1"),
        ("filter", "lastmodifieddate:[2026-11-25T08:00:00.000Z..]"),
        ("filter", "lastModifiedDate:[2026-11-25T08:00:00.000Z..2026-11-25T09:00:00.000Z]"),
    ],
)
def test_a_wrong_search_is_refused_by_the_same_check(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    good = sent_by(monkeypatch, lambda client: client.orders(WINDOW))[0]
    judge(Outgoing(good))
    query = {key: values[0] for key, values in parse_qs(urlsplit(str(good.url)).query).items()}
    wrong = requests.Request(
        "GET",
        str(good.url).partition("?")[0],
        params={**query, name: value},
        headers={"Authorization": "Bearer t"},
    )
    with pytest.raises(OpenAPIError):
        judge(Outgoing(wrong.prepare()))


@pytest.mark.parametrize("name", ["sell_fulfillment_v1", "commerce_notification_v1"])
def test_the_contract_is_really_checked(name: str) -> None:
    """The vacuity probe: a bare string must be refused by every operation that takes a body."""
    probed = 0
    for path, operations in contract(name)["paths"].items():
        for method, operation in operations.items():
            if isinstance(operation, dict) and "requestBody" in operation:
                asked = requests.Request(
                    method.upper(),
                    HOST + BASES[name] + path.replace("{", "").replace("}", ""),
                    data=b'"nonsense"',
                    headers={"Content-Type": "application/json", "Authorization": "Bearer t"},
                )
                with pytest.raises(OpenAPIError):
                    validator(name).validate_request(Outgoing(asked.prepare()))
                probed += 1
    assert probed >= 5


def test_a_contracts_bare_schema_would_let_a_typo_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Why the strict form is used at all."""
    bare = contracts.load("ebay/sell_fulfillment_v1_oas3.json")
    bare["servers"] = [{"url": HOST + BASES["sell_fulfillment_v1"]}]
    loose = OpenAPI.from_dict(bare, config=Config(spec_validator_cls=None))
    good = sent_by(monkeypatch, lambda client: client.confirm_shipment(notice()), NO_FULFILMENTS)[1]
    loose.validate_request(changed(good, WRONG["a typo at the top"]))


def test_every_addition_finds_its_place() -> None:
    fresh = contracts.load("ebay/sell_fulfillment_v1_oas3.json")
    assert errata.add_prose(fresh) == len(errata.ADDITIONS) + len(errata.PARAMETERS)
