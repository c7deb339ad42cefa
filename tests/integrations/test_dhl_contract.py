"""The exact requests our client sends to DHL Express, held to the vendor's contract.

Captured at the adapter of the HTTP library: URL, headers and bytes as they would go out.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError

from integrations import http
from integrations.carriers.dhl_express import DhlExpress
from integrations.errors import PartnerError, Unavailable
from tests.integrations import contracts
from tests.integrations.errata import dhl_express as errata
from tests.integrations.examples import HANDOVER, NOW, RECIPIENT, SENDER, SHIRT, booking, to
from tests.integrations.outgoing import Capture, Outgoing

FILE = "dhl_express/dpdhl-express-api-3.1.1_swagger.yaml"
BASE = "http://127.0.0.1:9/mydhlapi"


@cache
def cured_contract() -> tuple[dict[str, Any], dict[errata.Erratum, int]]:
    contract = contracts.load(FILE)
    counts = errata.cure(contract)
    contract["servers"] = [{"url": BASE}]
    return contract, counts


@cache
def validator() -> OpenAPI:
    contract = contracts.strict(cured_contract()[0])
    return OpenAPI.from_dict(contract, config=Config(spec_validator_cls=None))


@pytest.fixture
def capture(monkeypatch: pytest.MonkeyPatch) -> Capture:
    adapter = Capture()
    session = adapter.session()
    monkeypatch.setattr(http, "session_for", lambda partner: session)
    return adapter


def client() -> DhlExpress:
    return DhlExpress.connect(
        credentials={"username": "u", "password": "p", "account_number": "123456789"},
        base_url=BASE,
        gate=http.NullGate(),
        clock=lambda: NOW,
    )


def sent_by(capture: Capture, act: Callable[[DhlExpress], Any]) -> requests.PreparedRequest:
    with pytest.raises(PartnerError):
        act(client())
    return capture.sent[-1]


def changed(sent: requests.PreparedRequest, change: Callable[[Any], Any]) -> Outgoing:
    body = json.loads(sent.body or b"null")
    again = sent.copy()
    again.body = json.dumps(change(body)).encode()
    return Outgoing(again)


BOOKINGS = {
    "a parcel under IOSS": booking(),
    "battery in equipment, unpaid duty": booking(battery="contained", incoterm="DAP"),
    "battery with equipment": booking(battery="packed"),
    "Britain under its own scheme": replace(to("GB"), tax_scheme_id="GB123456789"),
    "Brazil with a personal number": to("BR", tax_id="123.456.789-09", region="SP"),
    "no postcode, long region": to("HK", postal_code="", region="Hong Kong Island South"),
    "Chinese script": to("TW", name="王小明", street_lines=("信義路五段7號" * 6,), city="臺北市"),
    "Arabic script": to("AE", name="محمد علي", street_lines=("شارع الشيخ زايد " * 6,), city="دبي"),
    "Japanese script": to(
        "JP", name="山田太郎", street_lines=("千代田区丸の内1-9-1",), city="東京"
    ),
    "within one customs union": replace(booking(), sender=replace(RECIPIENT, country="FR")),
    "within one country": replace(booking(), sender=RECIPIENT, tax_scheme_id=""),
    "many lines and odd decimals": booking(
        weight_g=2501,
        length_mm=7,
        contents=tuple(
            replace(SHIRT, sku=str(n), unit_value=Decimal(n) / 10 + Decimal("0.005"))
            for n in range(1, 40)
        ),
    ),
    "no commodity code": booking(contents=(replace(SHIRT, hs_code=""),)),
    "longest of everything": booking(
        reference="R" * 35,
        invoice_number="I" * 35,
        sender=replace(
            SENDER,
            name="N" * 255,
            company="C" * 100,
            street_lines=("A" * 45, "B" * 45, "C" * 45),
            city="T" * 45,
            region="P" * 35,
            postal_code="1" * 12,
            phone="2" * 70,
            email="e" * 58 + "@example.com",
            tax_id="3" * 35,
        ),
        contents=(replace(SHIRT, description="D " * 255 + "DD", hs_code="6" * 18),),
    ),
}

CALLS: dict[str, Callable[[DhlExpress], Any]] = {
    "look up": lambda dhl: dhl.find_by_reference("WB-2026-000123"),
    "track": lambda dhl: dhl.track("1234567890"),
    "waybill": lambda dhl: dhl.waybill("1234567890", month="2026-11"),
    "proof": lambda dhl: dhl.proof_of_delivery("1234567890"),
    "pickup": lambda dhl: dhl.hand_over(HANDOVER),
}


@pytest.mark.parametrize("request_", BOOKINGS.values(), ids=BOOKINGS.keys())
def test_bookings_satisfy_the_contract(capture: Capture, request_: Any) -> None:
    validator().validate_request(Outgoing(sent_by(capture, lambda dhl: dhl.book(request_))))


@pytest.mark.parametrize("act", CALLS.values(), ids=CALLS.keys())
def test_other_calls_satisfy_the_contract(capture: Capture, act: Any) -> None:
    validator().validate_request(Outgoing(sent_by(capture, act)))


@pytest.mark.parametrize("request_", BOOKINGS.values(), ids=BOOKINGS.keys())
def test_no_number_has_more_than_three_decimals(capture: Capture, request_: Any) -> None:
    """What the dropped multipleOf would have held."""
    sent = sent_by(capture, lambda dhl: dhl.book(request_))
    numbers: list[Decimal] = []
    json.loads(sent.body or b"", parse_float=lambda text: numbers.append(Decimal(text)))
    assert numbers
    assert all(number == round(number, 3) for number in numbers)


def test_the_contract_is_really_checked() -> None:
    """The vacuity probe: a bare string must be refused by every operation that takes a body."""
    contract, probed = cured_contract()[0], 0
    for path, operations in contract["paths"].items():
        for method, operation in operations.items():
            if isinstance(operation, dict) and "requestBody" in operation:
                asked = requests.Request(
                    method.upper(),
                    BASE + path.replace("{", "").replace("}", ""),
                    data=b'"nonsense"',
                    headers={"Content-Type": "application/json", "x-version": "3.1.0"},
                    auth=("u", "p"),
                )
                with pytest.raises(OpenAPIError):
                    validator().validate_request(Outgoing(asked.prepare()))
                probed += 1
    assert probed >= 10


def without(*path: Any) -> Callable[[Any], Any]:
    def change(body: Any) -> Any:
        node = body
        for key in path[:-1]:
            node = node[key]
        del node[path[-1]]
        return body

    return change


def put(value: Any, *path: Any) -> Callable[[Any], Any]:
    def change(body: Any) -> Any:
        node = body
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = value
        return body

    return change


RECEIVER = ("customerDetails", "receiverDetails")
LINE_ITEM = ("content", "exportDeclaration", "lineItems", 0)
WRONG = {
    "a typo at the top": put("x", "productcode"),
    "a typo in an address": put("x", *RECEIVER, "postalAddress", "addresLine2"),
    "a typo in a line item": put("x", *LINE_ITEM, "hsCode"),
    "no phone": without(*RECEIVER, "contactInformation", "phone"),
    "a line of 46 characters": put("x" * 46, *RECEIVER, "postalAddress", "addressLine1"),
    "a weight in words": put("heavy", "content", "packages", 0, "weight"),
    "no weight at all": put(0, "content", "packages", 0, "weight"),
    "an unknown registration": put(
        [{"typeCode": "IOS", "number": "1", "issuerCountryCode": "DE"}],
        *("customerDetails", "shipperDetails", "registrationNumbers"),
    ),
    "an unknown term of delivery": put("XXX", "content", "incoterm"),
    "an unknown unit": put("PIECES", *LINE_ITEM, "quantity", "unitOfMeasurement"),
    "half a piece": put(0.5, *LINE_ITEM, "quantity", "value"),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_request_is_refused_by_the_same_check(capture: Capture, change: Any) -> None:
    sent = sent_by(capture, lambda dhl: dhl.book(booking()))
    validator().validate_request(changed(sent, lambda body: body))
    with pytest.raises(OpenAPIError):
        validator().validate_request(changed(sent, change))


def test_every_call_names_version_and_message(capture: Capture) -> None:
    """Asserted here because the contract gives x-version a default, so no check would miss it."""
    sent = sent_by(capture, lambda dhl: dhl.track("1234567890"))
    assert sent.headers["x-version"] == "3.1.0"
    assert len(sent.headers["Message-Reference"]) == 36
    assert sent.headers["Authorization"] == "Basic dTpw"


def test_every_erratum_still_applies_as_often_as_reviewed() -> None:
    counts = cured_contract()[1]
    assert {erratum.title: n for erratum, n in counts.items()} == {
        erratum.title: erratum.count for erratum in counts
    }


def test_without_the_errata_a_right_request_would_be_refused(capture: Capture) -> None:
    contract = copy.deepcopy(contracts.load(FILE))
    contract["servers"] = [{"url": BASE}]
    bare = OpenAPI.from_dict(contract, config=Config(spec_validator_cls=None))
    sent = sent_by(capture, lambda dhl: dhl.book(booking(weight_g=700)))
    with pytest.raises(OpenAPIError):
        bare.validate_request(Outgoing(sent))


def test_a_missing_contract_is_a_failure_in_ci_and_a_visible_skip_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="not beside this checkout"):
        contracts.load("nobody/none.yaml")
    monkeypatch.setenv("CI", "")
    with pytest.raises(pytest.skip.Exception, match="not beside this checkout"):
        contracts.load("nobody/none.yaml")


def test_the_look_up_is_repeatable(capture: Capture) -> None:
    with pytest.raises(Unavailable):
        client().find_by_reference("WB-1")
    assert parse_qs(urlsplit(str(capture.sent[0].url)).query)["shipmentReferenceType"] == ["CU"]
