"""The exact requests our client sends to Amazon, held to the vendor's contracts in strict form."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import requests
from openapi_core.exceptions import OpenAPIError

from integrations import http
from integrations.channels.amazon import Amazon
from integrations.channels.base import Decision, ShippedLine, Window
from integrations.errors import PartnerError, Refused
from tests.integrations import swagger
from tests.integrations.channels import amazon_contracts as contracts
from tests.integrations.channels.keepers import NOW, Keeper, notice, tokens
from tests.integrations.outgoing import Capture

BASE = "http://127.0.0.1:9/eu"
GERMANY, BRITAIN = "A1PA6795UKMFR9", "A1F83G8C2ARO7P"
WINDOW = Window(NOW - timedelta(hours=6), NOW - timedelta(minutes=30))
ORDER = {
    "orderId": "202-1234567-8901234",
    "salesChannel": {"channelName": "AMAZON", "marketplaceId": BRITAIN},
    "orderItems": [],
}
CREDENTIALS = {"client_id": "id", "client_secret": "secret", "application_id": "app"}
ACCEPTED = Decision("202-1", is_accepted=True)
CANCELLED = Decision("202-2", False, "NoInventory", (ShippedLine("1", 1),))


def client(**options: str) -> Amazon:
    return Amazon.connect(
        credentials=CREDENTIALS,
        base_url=BASE,
        gate=http.NullGate(),
        tokens=Keeper(tokens()),
        account="amazon:1",
        options={"marketplace_ids": f"{GERMANY},{BRITAIN}", **options},
        clock=lambda: NOW,
    )


def told(status: int, body: Any) -> tuple[int, bytes]:
    return status, json.dumps(body).encode()


def sent_by(
    monkeypatch: pytest.MonkeyPatch, act: Callable[[Amazon], Any], *replies: tuple[int, bytes]
) -> list[requests.PreparedRequest]:
    capture = Capture(*replies)
    session = capture.session()
    monkeypatch.setattr(http, "session_for", lambda partner: session)
    with pytest.raises(PartnerError):
        act(client())
    return capture.sent


FOUND = told(200, {"order": ORDER})
FEED_MADE = told(201, {"feedDocumentId": "doc", "url": "http://127.0.0.1:9/doc?sig=1"})
UPLOADED = (200, b"")
FEED_TAKEN = told(202, {"feedId": "7"})
FEED_DONE = told(200, {"processingStatus": "DONE", "resultFeedDocumentId": "report/1"})
NEXT = "2026-11-26T11:00:00Z|2026-11-26T11:59:00Z|2YgYW55IGNhcm5hbCBwbGVhc3VyZS4="

CALLS: dict[str, tuple[Callable[[Amazon], Any], tuple[tuple[int, bytes], ...], int]] = {
    "search": (lambda amazon: amazon.orders(WINDOW), (), 1),
    "search, next page": (lambda amazon: amazon.orders(WINDOW, NEXT), (), 1),
    "one order": (lambda amazon: amazon.order("202-1234567-8901234"), (), 1),
    "an order id out of a file": (lambda amazon: amazon.order("a/../b?c=d"), (), 1),
    "confirm": (lambda amazon: amazon.confirm_shipment(notice()), (FOUND,), 2),
    "confirm with a carrier Amazon has no code for": (
        lambda amazon: amazon.confirm_shipment(notice(carrier="line", service_name="")),
        (FOUND,),
        2,
    ),
    "confirm with a carrier nobody knows": (
        lambda amazon: amazon.confirm_shipment(notice(carrier="x", carrier_name="Pigeon")),
        (FOUND,),
        2,
    ),
    "confirm several lines": (
        lambda amazon: amazon.confirm_shipment(
            notice(lines=tuple(ShippedLine(str(n), n) for n in range(1, 30)))
        ),
        (FOUND,),
        2,
    ),
    "feed document": (lambda amazon: amazon.decide([ACCEPTED, CANCELLED]), (), 1),
    "feed": (lambda amazon: amazon.decide([ACCEPTED]), (FEED_MADE, UPLOADED), 3),
    "feed's status": (
        lambda amazon: amazon.decide([ACCEPTED]),
        (FEED_MADE, UPLOADED, FEED_TAKEN),
        4,
    ),
    "feed's status by receipt": (lambda amazon: amazon.decide([ACCEPTED], receipt="7"), (), 1),
    "feed's report": (
        lambda amazon: amazon.decide([ACCEPTED], receipt="7"),
        (FEED_DONE,),
        2,
    ),
}


@pytest.mark.parametrize(("act", "replies", "count"), CALLS.values(), ids=CALLS.keys())
def test_every_request_satisfies_the_contract(
    monkeypatch: pytest.MonkeyPatch,
    act: Callable[[Amazon], Any],
    replies: tuple[tuple[int, bytes], ...],
    count: int,
) -> None:
    sent = sent_by(monkeypatch, act, *replies)
    assert len(sent) == count
    for each in sent:
        if not str(each.url).startswith("http://127.0.0.1:9/doc?"):
            contracts.hold_request(each, BASE)
            assert each.headers["x-amz-access-token"] == "Atza|access-secret"


def test_the_contracts_are_really_checked() -> None:
    """The vacuity probe: a bare string must be refused by every operation that takes a body."""
    probed = set()
    for prefix in contracts.FILES:
        for path, operations in contracts.contract(prefix)["paths"].items():
            for method, operation in operations.items():
                if isinstance(operation, dict) and "requestBody" in operation:
                    asked = requests.Request(
                        method.upper(),
                        BASE + path.replace("{", "").replace("}", ""),
                        data=b'"nonsense"',
                        headers={"Content-Type": "application/json"},
                    )
                    with pytest.raises(OpenAPIError):
                        contracts.hold_request(asked.prepare(), BASE)
                    probed.add(path)
    assert {
        "/orders/v0/orders/{orderId}/shipmentConfirmation",
        "/feeds/2021-06-30/feeds",
        "/feeds/2021-06-30/documents",
    } <= probed


def confirmed(monkeypatch: pytest.MonkeyPatch) -> requests.PreparedRequest:
    return sent_by(monkeypatch, lambda amazon: amazon.confirm_shipment(notice()), FOUND)[-1]


def put(value: Any, *path: Any) -> Callable[[Any], None]:
    def change(body: Any) -> None:
        for key in path[:-1]:
            body = body[key]
        body[path[-1]] = value

    return change


def without(*path: Any) -> Callable[[Any], None]:
    def change(body: Any) -> None:
        for key in path[:-1]:
            body = body[key]
        del body[path[-1]]

    return change


PACKAGE = "packageDetail"
WRONG_BODIES = {
    "a typo at the top": put("x", "marketPlaceId"),
    "a typo in the package": put("x", PACKAGE, "tracking"),
    "a typo in a line": put("x", PACKAGE, "orderItems", 0, "qty"),
    "no tracking number": without(PACKAGE, "trackingNumber"),
    "no carrier": without(PACKAGE, "carrierCode"),
    "no marketplace": without("marketplaceId"),
    "a quantity in words": put("two", PACKAGE, "orderItems", 0, "quantity"),
    "a package reference as a number": put(7, PACKAGE, "packageReferenceId"),
    "a date without a time": put("2026-11-26", PACKAGE, "shipDate"),
}


@pytest.mark.parametrize("change", WRONG_BODIES.values(), ids=WRONG_BODIES.keys())
def test_a_wrong_confirmation_is_refused_by_the_same_check(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[Any], None]
) -> None:
    sent = confirmed(monkeypatch)
    contracts.hold_request(sent, BASE)
    body = json.loads(sent.body or b"")
    change(body)
    wrong = sent.copy()
    wrong.body = json.dumps(body).encode()
    with pytest.raises(OpenAPIError):
        contracts.hold_request(wrong, BASE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("includedData=BUYER", "includedData=BUYERS"),
        ("fulfilledBy=MERCHANT", "fulfilledBy=SELLER"),
        ("maxResultsPerPage=100", "maxResultsPerPage=many"),
        ("lastUpdatedAfter=2026-11-26T06", "lastUpdatedAfter=yesterday"),
        ("lastUpdatedBefore", "lastUpdatedbefore"),
    ],
)
def test_a_wrong_search_is_refused_by_the_same_check(
    monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    sent = sent_by(monkeypatch, lambda amazon: amazon.orders(WINDOW))[0]
    contracts.hold_request(sent, BASE)
    assert old in str(sent.url)
    sent.url = str(sent.url).replace(old, new)
    with pytest.raises((OpenAPIError, AssertionError)):
        contracts.hold_request(sent, BASE)


def query(sent: requests.PreparedRequest) -> dict[str, list[str]]:
    return parse_qs(urlsplit(str(sent.url)).query)


def test_the_prose_of_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exactly one beginning, at most 100 a page, an end two minutes back: no schema says so."""
    first = query(sent_by(monkeypatch, lambda amazon: amazon.orders(WINDOW))[0])
    assert {"createdAfter", "createdBefore"}.isdisjoint(first)
    assert first["lastUpdatedAfter"] == ["2026-11-26T06:00:00Z"]
    assert 1 <= int(first["maxResultsPerPage"][0]) <= 100
    late = Window(WINDOW.since, NOW + timedelta(hours=1))
    end = query(sent_by(monkeypatch, lambda amazon: amazon.orders(late))[0])["lastUpdatedBefore"]
    assert NOW - datetime.fromisoformat(end[0]) >= timedelta(minutes=2)


def test_all_pages_ask_the_same_question(monkeypatch: pytest.MonkeyPatch) -> None:
    page = told(200, {"orders": [], "pagination": {"nextToken": "a|b=="}})
    adapter = Capture(page)
    session = adapter.session()
    monkeypatch.setattr(http, "session_for", lambda partner: session)
    moments = iter([NOW, NOW, NOW, *[NOW + timedelta(minutes=9)] * 9])
    amazon = client()
    amazon = replace(amazon, door=replace(amazon.door, clock=lambda: next(moments)))
    late = Window(WINDOW.since, NOW + timedelta(hours=1))
    cursor = amazon.orders(late).cursor
    with pytest.raises(PartnerError):
        amazon.orders(late, cursor)
    first, second = map(query, adapter.sent)
    assert second.pop("paginationToken") == ["a|b=="]
    assert first == second


def test_a_token_too_old_for_amazon_begins_the_same_window_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = NEXT.replace("2026-11-26T11:59", "2026-11-25T12:30")
    asked = query(sent_by(monkeypatch, lambda amazon: amazon.orders(WINDOW, old))[0])
    assert "paginationToken" not in asked
    assert asked["lastUpdatedBefore"] == ["2026-11-26T11:00:00Z"]


def test_the_package_reference_is_a_positive_number_and_stays_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bodies = [json.loads(confirmed(monkeypatch).body or b"") for _ in range(2)]
    assert bodies[0] == bodies[1]
    reference = bodies[0][PACKAGE]["packageReferenceId"]
    assert reference.isdecimal()
    assert int(reference) > 0


def test_a_carrier_without_a_code_is_other_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    act, replies, _ = CALLS["confirm with a carrier nobody knows"]
    detail = json.loads(sent_by(monkeypatch, act, *replies)[-1].body or b"")[PACKAGE]
    assert (detail["carrierCode"], detail["carrierName"]) == ("Other", "Pigeon")


def test_the_marketplace_is_the_orders_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert json.loads(confirmed(monkeypatch).body or b"")["marketplaceId"] == BRITAIN


def test_the_token_request_is_a_form_as_oauth_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our reading: no contract holds the token endpoint."""
    ended = Keeper(tokens(ends=NOW))
    act: Callable[[Amazon], Any] = lambda amazon: replace(amazon, tokens=ended).order("1")  # noqa: E731
    sent = sent_by(monkeypatch, act)[0]
    assert sent.url == f"{BASE}/auth/o2/token"
    assert dict(parse_qsl(str(sent.body))) == {
        "grant_type": "refresh_token",
        "refresh_token": "Atzr|refresh-secret",
        "client_id": "id",
        "client_secret": "secret",
    }


def test_the_converter_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="not a Swagger"):
        swagger.openapi3({"openapi": "3.0.0"})
    with pytest.raises(ValueError, match="securityDefinitions"):
        swagger.openapi3({"swagger": "2.0", "securityDefinitions": {}})


def test_what_amazon_would_refuse_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    capture = Capture(*[FOUND] * 2)
    session = capture.session()
    monkeypatch.setattr(http, "session_for", lambda partner: session)
    for wrong in (notice(tracking_number=""), notice(lines=())):
        with pytest.raises(Refused, match="without"):
            client().confirm_shipment(wrong)
    for decisions in (
        [replace(CANCELLED, lines=())],
        [replace(CANCELLED, reason="Bored")],
        [ACCEPTED, ACCEPTED],
    ):
        with pytest.raises(Refused):
            client().decide(decisions)
    with pytest.raises(Refused, match="no marketplaces"):
        client(marketplace_ids="").decide([ACCEPTED])
    assert [each.method for each in capture.sent] == ["GET", "GET"]
