"""What DHL Express answers, read over a real socket."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.carriers.dhl_express import DhlExpress
from integrations.errors import AnswerLost, NotAuthorised, Refused, Unavailable
from integrations.http import NullGate
from tests.integrations.examples import HANDOVER, NOW, RECIPIENT, SENDER, SHIRT, booking, to
from tests.integrations.servers import answer, partner, reset

PDF = base64.b64encode(b"%PDF-1.7 label").decode()
BOOKED = {
    "shipmentTrackingNumber": "1234567890",
    "packages": [{"trackingNumber": "JD01"}],
    "documents": [
        {"imageFormat": "PDF", "typeCode": "invoice", "content": "AAAA"},
        {"imageFormat": "PDF", "typeCode": "label", "content": PDF},
    ],
}


def dhl(url: str) -> DhlExpress:
    return DhlExpress.connect(
        credentials={"username": "u", "password": "secret", "account_number": "123456789"},
        base_url=url,
        gate=NullGate(),
        clock=lambda: NOW,
    )


def test_a_booking_gives_number_and_label() -> None:
    with partner(answer(201, BOOKED)) as there:
        got = dhl(there.url).book(booking())
    assert (got.tracking_number, got.label) == ("1234567890", b"%PDF-1.7 label")
    assert got.label_content_type == "application/pdf"
    assert "documents" not in got.raw
    sent = there.seen[0]
    assert (sent.method, sent.path) == ("POST", "/shipments")
    assert sent.body["content"]["packages"] == [
        {"weight": 0.7, "dimensions": {"length": 30.5, "width": 20.0, "height": 10.0}}
    ]


@pytest.mark.parametrize("documents", [[], None, [{"typeCode": "label", "content": "!"}]])
def test_a_booking_without_a_readable_label_is_still_a_booking(documents: Any) -> None:
    with partner(answer(201, {**BOOKED, "documents": documents})) as there:
        got = dhl(there.url).book(booking())
    assert (got.tracking_number, got.label, got.label_content_type) == ("1234567890", None, "")


@pytest.mark.parametrize(
    "reply",
    [answer(500, {}), reset(), answer(201, {}), answer(201, []), answer(201, raw=b"")],
    ids=["500", "reset", "no number", "a list", "nothing"],
)
def test_a_booking_whose_answer_is_lost_may_have_happened(reply: Any) -> None:
    with partner(reply) as there, pytest.raises(AnswerLost):
        dhl(there.url).book(booking())


def test_a_refusal_names_code_and_field_of_the_vendor() -> None:
    problem = {
        "title": "Validation error",
        "detail": "7008: service #/valueAddedServices/0/serviceCode 'DD' is not available",
        "additionalDetails": ["#/content/packages/0/weight: too heavy"],
    }
    with partner(answer(422, problem)) as there, pytest.raises(Refused) as raised:
        dhl(there.url).book(booking())
    refusal = raised.value
    assert (refusal.code, refusal.field) == ("7008", "valueAddedServices.0.serviceCode")
    assert "too heavy" in refusal.message


def test_wrong_credentials_are_named() -> None:
    with partner(answer(401, {"title": "no"})) as there, pytest.raises(NotAuthorised) as raised:
        dhl(there.url).book(booking())
    assert "secret" not in str(raised.value)


def found(*numbers: str, reference: str = "WB-1") -> dict[str, Any]:
    return {
        "shipments": [
            {
                "shipmentTrackingNumber": number,
                "shipmentTimestamp": "2026-10-30T10:00:00",
                "shipperReferences": [{"value": reference, "typeCode": "CU"}],
            }
            for number in numbers
        ]
    }


def test_a_lost_booking_is_found_by_our_reference_with_its_archived_waybill() -> None:
    image = {"documents": [{"typeCode": "waybill", "encodingFormat": "PDF", "content": PDF}]}
    with partner(answer(200, found("1234567890")), answer(200, image)) as there:
        got = dhl(there.url).find_by_reference("WB-1")
    assert got is not None
    assert (got.tracking_number, got.label) == ("1234567890", b"%PDF-1.7 label")
    look, fetch = there.seen
    assert look.query["shipmentReference"] == ["WB-1"]
    assert look.query["dateRangeTo"] == ["2026-11-24"]
    assert fetch.query["pickupYearAndMonth"] == ["2026-10"]


@pytest.mark.parametrize(
    "reply",
    [
        answer(404, {"title": "No data found"}),
        answer(200, {}),
        answer(200, found("1", reference="X")),
    ],
    ids=["404", "nothing", "another's"],
)
def test_an_unknown_reference_is_none(reply: Any) -> None:
    with partner(reply) as there:
        assert dhl(there.url).find_by_reference("WB-1") is None


def test_two_shipments_under_one_reference_are_for_a_person() -> None:
    with partner(answer(200, found("1", "2"))) as there, pytest.raises(Refused) as raised:
        dhl(there.url).find_by_reference("WB-1")
    assert raised.value.code == "ambiguous"


def test_a_look_up_that_fails_is_not_taken_for_none() -> None:
    with partner(answer(500, {})) as there, pytest.raises(Unavailable):
        dhl(there.url).find_by_reference("WB-1")


def checkpoint(**changes: Any) -> dict[str, Any]:
    return {
        "date": "2026-11-23",
        "time": "00:30:00",
        "GMTOffset": "+08:00",
        "typeCode": "PU",
        "description": "Shipment picked up",
        "serviceArea": [{"code": "SZX", "description": "SHENZHEN-CN"}],
    } | changes


def tracked(*events: dict[str, Any]) -> Callable[..., None]:
    shipment = {"shipmentTrackingNumber": "1234567890", "events": list(events)}
    return answer(200, {"shipments": [shipment]})


def test_checkpoints_become_instants_in_utc() -> None:
    with partner(tracked(checkpoint())) as there:
        (event,) = dhl(there.url).events(numbers=["1234567890"]).events
    assert event.happened_at == datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    assert event.happened_at.utcoffset() == timedelta(0)
    assert (event.vendor, event.code) == ("DHL_EXPRESS", "PU")
    assert (event.city, event.country) == ("SHENZHEN", "CN")
    assert there.seen[0].query["requestGMTOffsetPerEvent"] == ["true"]


def test_the_same_checkpoint_read_twice_has_the_same_id_and_others_differ() -> None:
    events = [checkpoint(), checkpoint(typeCode="DF"), checkpoint(time="00:31:00")]
    with partner(tracked(*events)) as there:
        first, again = dhl(there.url).track("1234567890"), dhl(there.url).track("1234567890")
    ids = [event.vendor_event_id for event in first]
    assert ids == [event.vendor_event_id for event in again]
    assert len(set(ids)) == 3


@pytest.mark.parametrize("broken", [{"date": "soon"}, {"typeCode": ""}, {"time": 7}])
def test_one_broken_checkpoint_does_not_hide_the_others(
    broken: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with partner(tracked(checkpoint(**broken), checkpoint())) as there:
        assert len(dhl(there.url).track("1234567890")) == 1
    assert "left out" in caplog.text


def test_nothing_known_yet_is_no_event() -> None:
    with partner(answer(404, {})) as there:
        assert dhl(there.url).track("1234567890") == ()


def test_a_tracking_number_cannot_change_the_path() -> None:
    with partner(answer(200, {})) as there:
        dhl(there.url).track("../pickups?x=1")
        with pytest.raises(Refused):
            dhl(there.url).track("..")
    assert [seen.path for seen in there.seen] == ["/shipments/..%2Fpickups%3Fx%3D1/tracking"]


def test_proof_of_delivery_says_who_signed() -> None:
    epod = answer(200, {"documents": [{"encodingFormat": "PDF", "content": PDF}]})
    signed = tracked(checkpoint(typeCode="OK", signedBy="GROSS"))
    with partner(epod, signed) as there:
        proof = dhl(there.url).proof_of_delivery("1234567890")
    assert proof is not None
    assert (proof.signed_by, proof.document) == ("GROSS", b"%PDF-1.7 label")


def test_no_proof_before_delivery() -> None:
    with partner(answer(404, {})) as there:
        assert dhl(there.url).proof_of_delivery("1234567890") is None


def test_a_handover_is_a_pickup_naming_every_waybill() -> None:
    with partner(answer(201, {"dispatchConfirmationNumbers": ["PRG1"]})) as there:
        got = dhl(there.url).hand_over(HANDOVER)
    assert got.confirmation == "PRG1"
    numbers = [d["shipmentTrackingNumber"] for d in there.seen[0].body["shipmentDetails"]]
    assert numbers == ["1234567890", "2234567890"]


def test_the_planned_instant_is_never_in_the_past() -> None:
    with partner(answer(201, {"dispatchConfirmationNumbers": ["P"]})) as there:
        dhl(there.url).hand_over(replace(HANDOVER, at=NOW - timedelta(days=1)))
    assert there.seen[0].body["plannedPickupDateAndTime"] == "2026-11-23T06:05:00 GMT+00:00"


def test_the_tax_scheme_is_told_as_the_contract_types_it() -> None:
    with partner(answer(201, BOOKED)) as there:
        dhl(there.url).book(booking())
    numbers = there.seen[0].body["customerDetails"]["shipperDetails"]["registrationNumbers"]
    assert {"typeCode": "SDT", "number": "IM2760000007", "issuerCountryCode": "DE"} in numbers


REFUSED = {
    "recipient.phone": to("DE", phone=" "),
    "recipient.name": to("DE", name="", company=""),
    "recipient.city": to("DE", city="x" * 46),
    "recipient.street_lines": to("DE", street_lines=("x" * 46,)),
    "recipient.postal_code": to("DE", postal_code="1" * 13),
    "recipient.country": to("Germany"),
    "sender.email": booking(sender=replace(SENDER, email="e" * 71)),
    "reference": booking(reference="R" * 36),
    "invoice_number": booking(invoice_number=""),
    "weight_g": booking(weight_g=0),
    "height_mm": booking(height_mm=-1),
    "contents": booking(contents=()),
    "contents[0].currency": booking(contents=(replace(SHIRT, currency="USD"),)),
    "contents[0].origin_country": booking(contents=(replace(SHIRT, origin_country=""),)),
    "contents[0].quantity": booking(contents=(replace(SHIRT, quantity=0),)),
    "contents[0].description": booking(contents=(SHIRT, replace(SHIRT, description=""))[::-1]),
    "battery": booking(battery="alone"),
    "tax_scheme_id": booking(tax_scheme_id="IM9990000007"),
    "service_code": booking(service_code="OVERNIGHT"),
    "ship_date": booking(ship_date=(NOW + timedelta(days=12)).date()),
}


@pytest.mark.parametrize(("field", "request_"), REFUSED.items(), ids=REFUSED.keys())
def test_what_cannot_be_sent_is_refused_by_our_field_before_any_call(
    field: str, request_: Any
) -> None:
    with partner(answer(201, BOOKED)) as there:
        with pytest.raises(Refused) as raised:
            dhl(there.url).book(request_)
        assert there.seen == []
    assert raised.value.field == field


def test_a_parcel_inside_one_customs_union_is_not_declared() -> None:
    with partner(answer(201, BOOKED)) as there:
        dhl(there.url).book(booking(sender=replace(RECIPIENT, country="FR"), tax_scheme_id=""))
    content = there.seen[0].body["content"]
    assert content["isCustomsDeclarable"] is False
    assert "exportDeclaration" not in content
