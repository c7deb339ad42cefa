"""Our DHL Express accepts and refuses what the vendor's contract accepts and refuses."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.sandbox import contract
from tests.sandbox.program import Program, dhl_body, dhl_pickup, unique

Change = Callable[[dict[str, Any]], Any]


def _set(path: str, value: Any) -> Change:
    def change(body: dict[str, Any]) -> None:
        *way, last = [int(part) if part.isdigit() else part for part in path.split("/")]
        node: Any = body
        for part in way:
            node = node[part]
        node[last] = value

    change.__name__ = f"{path}={str(value)[:20]}"
    return change


def _drop(path: str) -> Change:
    def change(body: dict[str, Any]) -> None:
        *way, last = [int(part) if part.isdigit() else part for part in path.split("/")]
        node: Any = body
        for part in way:
            node = node[part]
        del node[last]

    change.__name__ = f"without {path}"
    return change


RECEIVER = "customerDetails/receiverDetails"
LINE = "content/exportDeclaration/lineItems/0"
DG = {"contentId": "966"}
CHANGES: list[Change] = [
    # good ones
    _set("productCode", "D"),
    _set(f"{RECEIVER}/postalAddress/addressLine2", "Hinterhaus"),
    _set(f"{RECEIVER}/postalAddress/postalCode", ""),
    _set(f"{RECEIVER}/registrationNumbers",
         [{"typeCode": "SDT", "number": "IM2760000742", "issuerCountryCode": "DE"}]),
    _set("valueAddedServices", [{"serviceCode": "WY"}]),
    _set("valueAddedServices", [
        {"serviceCode": "HD", "dangerousGoods": [{**DG, "unCodes": ["3481"]}]}]),
    _set("documentImages", [{"typeCode": "INV", "imageFormat": "PDF", "content": "JVBERi0="}]),
    _set("content/incoterm", "DDP"),
    _set(f"{LINE}/quantity/unitOfMeasurement", "NO"),
    _set("content/exportDeclaration/customsDocuments", [{"typeCode": "INV", "value": "1"}]),
    _set("content/exportDeclaration/additionalCharges",
         [{"value": 4.5, "caption": "Freight", "typeCode": "freight"}]),
    _set("getAdditionalInformation", [{"typeCode": "pickupDetails", "isRequested": True}]),
    _set("parentShipment", {"productCode": "P", "packagesCount": 2}),
    _set("pickup", {"isRequested": True, "closeTime": "18:00", "location": "door 3"}),
    # missing
    *map(_drop, (
        "plannedShippingDateAndTime", "pickup", "productCode", "accounts", "customerDetails",
        "content", "pickup/isRequested", "content/packages", "content/packages/0/weight",
        "content/incoterm", "content/unitOfMeasurement", "content/description",
        "content/isCustomsDeclarable", "customerDetails/shipperDetails", RECEIVER,
        f"{RECEIVER}/postalAddress", f"{RECEIVER}/postalAddress/postalCode",
        f"{RECEIVER}/postalAddress/cityName", f"{RECEIVER}/postalAddress/addressLine1",
        f"{RECEIVER}/contactInformation/phone", f"{RECEIVER}/contactInformation/companyName",
        f"{LINE}/weight", f"{LINE}/price", f"{LINE}/manufacturerCountry", f"{LINE}/quantity/value",
        "content/exportDeclaration/lineItems", "content/exportDeclaration/invoice/date",
        "accounts/0/number", "content/packages/0/dimensions/width",
    )),
    # too long, too short, empty
    _set(f"{RECEIVER}/postalAddress/addressLine1", "x" * 46),
    _set(f"{RECEIVER}/postalAddress/addressLine2", ""),
    _set(f"{RECEIVER}/postalAddress/cityName", "x" * 46),
    _set(f"{RECEIVER}/postalAddress/countryCode", "DEU"),
    _set(f"{RECEIVER}/postalAddress/postalCode", "1234567890123"),
    _set(f"{RECEIVER}/postalAddress/provinceCode", "B"),
    _set(f"{RECEIVER}/contactInformation/phone", ""),
    _set(f"{RECEIVER}/contactInformation/companyName", "x" * 101),
    _set(f"{RECEIVER}/contactInformation/email", "x" * 71),
    _set("customerReferences/0/value", "x" * 36),
    _set("content/description", "x" * 71),
    _set("content/description", " leading blank"),
    _set(f"{LINE}/description", "x" * 513),
    _set("accounts", []),
    _set("content/packages", []),
    _set("content/exportDeclaration/lineItems", []),
    _set("productCode", ""),
    _set("accounts/0/number", "1234567890123"),
    _set("plannedShippingDateAndTime", "x" * 30),
    # wrong value or type
    _set("content/incoterm", "XXX"),
    _set("content/unitOfMeasurement", "grams"),
    _set("content/isCustomsDeclarable", "true"),
    _set("content/packages/0/weight", "0.7"),
    _set("content/packages/0/weight", 0),
    _set("content/packages/0/dimensions/length", -1),
    _set("content/packages", {"weight": 1}),
    _set("accounts/0/typeCode", "receiver"),
    _set("customerReferences/0/typeCode", "XX"),
    _set("outputImageProperties/encodingFormat", "png"),
    _set("outputImageProperties/imageOptions/0/typeCode", "labels"),
    _set("outputImageProperties/imageOptions/0/numberOfCopies", 3),
    _set("outputImageProperties/printerDPI", 203),
    _set("outputImageProperties", {}),
    _set(f"{LINE}/quantity/value", 1.5),
    _set(f"{LINE}/quantity/value", 0),
    _set(f"{LINE}/quantity/unitOfMeasurement", "PIECES"),
    _set(f"{LINE}/commodityCodes/0/value", "6"),
    _set(f"{LINE}/exportReasonType", "sale"),
    _set("content/exportDeclaration/invoice/date", "20.11.2026"),
    _set("content/declaredValueCurrency", "EURO"),
    _set(f"{RECEIVER}/typeCode", "consumer"),
    _set(f"{RECEIVER}/registrationNumbers",
         [{"typeCode": "IOSS", "number": "IM2760000742", "issuerCountryCode": "DE"}]),
    _set("valueAddedServices", [{"serviceCode": "HD", "dangerousGoods": [DG]}]),
    _set("valueAddedServices", [{"serviceCode": "HD", "dangerousGoods": [
        {**DG, "unCodes": ["3481"], "dryIceTotalNetWeight": 1}]}]),
    _set("content/exportDeclaration/customsDocuments", [
        {"typeCode": "INV", "value": "1"}, {"typeCode": "INV", "value": "1"}]),
    _set("pickup/closeTime", "25:00"),
    # unknown keys
    _set("customerReference", "A-1"),
    _set(f"{RECEIVER}/postalAddress/street", "x"),
    _set(f"{RECEIVER}/contactInformation/mobile", "x"),
    _set("content/packages/0/weightUnit", "kg"),
    _set(f"{LINE}/exportControlClassificationNumber", "EAR99"),
    _set("content/exportDeclaration/lineItems/0/quantity/unit", "PCS"),
]  # fmt: skip


def _request(stand_ins: Program, path: str, body: Any) -> requests.Request:
    return requests.Request(
        "POST",
        f"{stand_ins.url}/dhl-express{path}",
        json=body,
        auth=("waybridge", "stand-in"),
        headers={"x-version": "3.1.0", "Message-Reference": unique("message-reference-of-28")},
    )


def _verdicts(stand_ins: Program, path: str, body: Any) -> tuple[bool, requests.Response]:
    base = f"{stand_ins.url}/dhl-express"
    request = _request(stand_ins, path, body)
    allowed = contract.accepts(base, request)
    answer = requests.Session().send(request.prepare(), timeout=10)
    contract.check_answer(base, request, answer)
    return allowed, answer


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_shipment_is_judged_as_the_contract_judges_it(stand_ins: Program, change: Change) -> None:
    body = dhl_body(unique("ref"))
    change(body)
    allowed, answer = _verdicts(stand_ins, "/shipments", body)
    assert (answer.status_code == 201) is allowed, answer.text
    assert answer.status_code in {201, 422}


def test_most_changes_are_refused_and_the_untouched_body_is_not(stand_ins: Program) -> None:
    assert _verdicts(stand_ins, "/shipments", dhl_body("ref"))[1].status_code == 201
    base = f"{stand_ins.url}/dhl-express"
    verdicts = []
    for change in CHANGES:
        body = dhl_body("ref")
        change(body)
        verdicts.append(contract.accepts(base, _request(stand_ins, "/shipments", body)))
    assert verdicts.count(True) == 14


def test_a_bare_string_is_no_shipment(stand_ins: Program) -> None:
    allowed, answer = _verdicts(stand_ins, "/shipments", "anything")
    assert (allowed, answer.status_code) == (False, 422)


PICKUP_CHANGES: list[Change] = [
    _set("locationType", "business"),
    _set("remark", "ring twice"),
    _drop("shipmentDetails/0/shipmentTrackingNumber"),
    _drop("plannedPickupDateAndTime"),
    _drop("accounts"),
    _drop("shipmentDetails/0/packages"),
    _drop("shipmentDetails/0/productCode"),
    _drop("customerDetails/shipperDetails/contactInformation"),
    _set("shipmentDetails", []),
    _set("shipmentDetails/0/packages/0/typeCode", "BOX"),
    _set("shipmentDetails/0/unitOfMeasurement", "si"),
    _set("locationType", "warehouse"),
    _set("closeTime", "6 pm"),
    _set("customerDetails/shipperDetails/typeCode", "business"),
    _set("shipments", []),
]


@pytest.mark.parametrize("change", PICKUP_CHANGES, ids=lambda change: change.__name__)
def test_pickup_is_judged_as_the_contract_judges_it(stand_ins: Program, change: Change) -> None:
    number = stand_ins.dhl("POST", "/shipments", dhl_body(unique("ref"))).json()
    body = dhl_pickup(number["shipmentTrackingNumber"])
    change(body)
    allowed, answer = _verdicts(stand_ins, "/pickups", body)
    assert (answer.status_code == 201) is allowed, answer.text
    assert answer.status_code in {201, 400}


def test_decimals_beyond_the_third_are_refused_in_decimal(stand_ins: Program) -> None:
    body = dhl_body(unique("ref"))
    for weight, status in ((0.7, 201), (2500.123, 201), (0.0701, 422)):
        body["content"]["packages"][0]["weight"] = weight
        assert stand_ins.dhl("POST", "/shipments", body).status_code == status


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (_set("plannedShippingDateAndTime", "2020-01-01T10:00:00 GMT+08:00"), "in the past"),
        (_set("plannedShippingDateAndTime", "2099-01-01T10:00:00 GMT+08:00"), "10 days"),
        (_set("plannedShippingDateAndTime", "tomorrow"), "998"),
        (_set("accounts/0/number", "999999999"), "8003"),
        (_drop("content/exportDeclaration"), "exportDeclaration"),
    ],
)
def test_what_a_schema_cannot_say_is_refused_with_400(
    stand_ins: Program, change: Change, text: str
) -> None:
    body = dhl_body(unique("ref"))
    change(body)
    answer = stand_ins.dhl("POST", "/shipments", body)
    assert answer.status_code == 400
    assert text in answer.json()["detail"]


def test_login_and_version_are_asked_for(stand_ins: Program) -> None:
    body = dhl_body(unique("ref"))
    wrong = stand_ins.call(
        "POST",
        "/dhl-express/shipments",
        body,
        headers={"x-version": "3.1.0"},
        auth=("waybridge", "x"),
    )
    assert wrong.status_code == 401
    assert wrong.json()["status"] == "401"
    login = ("waybridge", "stand-in")
    unversioned = stand_ins.call("POST", "/dhl-express/shipments", body, auth=login)
    assert unversioned.status_code == 400
    assert "x-version" in unversioned.json()["detail"]


def test_every_answer_of_a_shipments_life_is_one_of_the_contract(stand_ins: Program) -> None:
    base, reference = f"{stand_ins.url}/dhl-express", unique("ref")
    booked = stand_ins.dhl("POST", "/shipments", dhl_body(reference)).json()
    number = booked["shipmentTrackingNumber"]
    assert int(number[:9]) % 7 == int(number[9])
    stand_ins.dhl("POST", "/pickups", dhl_pickup(number))
    account = {"shipperAccountNumber": "123456789"}
    calls: list[tuple[str, dict[str, str], int]] = [
        (f"/shipments/{number}/tracking", {}, 200),
        (f"/shipments/{number}/tracking", {"levelOfDetail": "all"}, 200),
        (f"/shipments/{number}/tracking", {"requestGMTOffsetPerEvent": "true"}, 200),
        ("/tracking", {"shipmentReference": reference, "shipmentReferenceType": "CU"}, 200),
        ("/tracking", {"shipmentReference": "nobody"}, 404),
        ("/shipments/1234567890/tracking", {}, 404),
        (f"/shipments/{number}/get-image",
         {**account, "typeCode": "waybill", "pickupYearAndMonth": "2026-11"}, 200),
        (f"/shipments/{number}/get-image",
         {**account, "typeCode": "commercial-invoice", "pickupYearAndMonth": "2026-11"}, 404),
        (f"/shipments/{number}/proof-of-delivery", {}, 404),
    ]  # fmt: skip
    for path, query, status in calls:
        request = requests.Request(
            "GET",
            base + path,
            params=copy.copy(query),
            auth=("waybridge", "stand-in"),
            headers={"x-version": "3.1.0"},
        )
        answer = requests.Session().send(request.prepare(), timeout=10)
        assert answer.status_code == status, (path, answer.text)
        contract.check_answer(base, request, answer)
