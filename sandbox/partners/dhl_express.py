"""DHL Express by the MyDHL API 3.1 contract: ship, track, images, proof, pickup.

Shapes, required fields, limits and error bodies are the vendor's; the numbers in front of error
texts are the vendor's where its contract shows them. What DHL decides from its own data (which
product on which lane, which account may what) is not imitated, except that only one account exists.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
import sqlite3
import uuid
from typing import Any

from werkzeug.wrappers import Request

from sandbox.labels import Label, label_pdf
from sandbox.partners import dhl_tracking
from sandbox.partners.dhl_pickup_rules import PICKUP
from sandbox.partners.dhl_rules import SHIPMENT
from sandbox.places import hub
from sandbox.validation import Problem, Text
from sandbox.web import Answer, Call, Operation, Refused
from sandbox.world import World

NAME = "dhl_express"
USERNAME, PASSWORD, ACCOUNT = "waybridge", "stand-in", "123456789"
"""The only login and account the stand-in knows; they protect nothing and are no secret."""

LATEST_SHIP_DAYS = 10
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d) ?GMT([+-]\d\d:\d\d)")
_IMAGE_KINDS = frozenset({
    "waybill", "commercial-invoice", "customs-entry", "transport-accompanying-document",
    "generic-entry-summary", "dhl-issued-proforma-invoice",
})  # fmt: skip


class DhlExpress:
    """The partner: Basic login, `x-version`, `Message-Reference` echoed, problem documents."""

    name = NAME
    prefix = "/dhl-express"

    def __init__(self) -> None:
        self.operations = (
            Operation("book", "POST", "/shipments", book),
            Operation("find", "GET", "/tracking", find),
            Operation("track", "GET", "/shipments/<awb>/tracking", track),
            Operation("image", "GET", "/shipments/<awb>/get-image", image),
            Operation("proof", "GET", "/shipments/<awb>/proof-of-delivery", proof),
            Operation("pickup", "POST", "/pickups", pickup),
        )

    def is_authorised(self, request: Request) -> bool:
        """Whether the Basic login is the known one."""
        login = request.authorization
        return (
            login is not None
            and login.type == "basic"
            and (login.username, login.password) == (USERNAME, PASSWORD)
        )

    def error(self, request: Request, status: int, problems: list[Problem]) -> Answer:
        """Put problems into the vendor's problem document; 422 is for the body's form."""
        title, message = {
            400: ("Bad request", "Bad request"),
            401: ("Unauthorized", "Invalid Credentials"),
            404: ("Not data found", "Not data found"),
            422: ("Validation error", "Unprocessable Entity"),
            429: ("Too Many Requests", "Too Many Requests"),
            500: ("Internal Server Error", "Internal Server Error"),
        }.get(status, ("Bad request", "Bad request"))
        details = [
            f"{problem.pointer}: {problem.message}" if problem.path else problem.message
            for problem in problems
        ]
        path = request.full_path.rstrip("?").removeprefix(self.prefix)
        body: dict[str, Any] = {
            "instance": f"/expressapi{path}",
            "detail": details[0]
            if len(details) == 1
            else "Multiple problems found, see Additional Details",
            "title": title,
            "message": message,
            "status": str(status),
        }
        if len(details) > 1:
            body["additionalDetails"] = details
        # The contract's header says problem+json, its media type json: clients meet the header.
        kind = {"Content-Type": "application/problem+json"}
        return Answer(status, body, {**_headers(request), **kind})


def _headers(request: Request) -> dict[str, str]:
    reference = request.headers.get("Message-Reference") or str(uuid.uuid4())
    return {"Message-Reference": reference, "Invocation-Id": uuid.uuid4().hex}


def _bad(text: str, *path: str | int) -> Refused:
    return Refused(400, [Problem(path, "bad", text)])


def _check_headers(call: Call) -> None:
    headers = call.request.headers
    if not headers.get("x-version"):
        raise _bad("required header [x-version] not found")
    if (reference := headers.get("Message-Reference")) is not None:
        problems = list(Text(1, 36).check(reference, ("Message-Reference",)))
        if problems:
            raise Refused(400, problems)


def _flag(call: Call, name: str) -> bool:
    text = call.request.args.get(name, "false")
    if text not in {"true", "false"}:
        raise _bad(f"query parameter {name} must be true or false")
    return text == "true"


def read_moment(text: str) -> dt.datetime | None:
    """Read `2026-11-23T14:00:31 GMT+01:00` (the blank may be missing), None when it is not one."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    try:
        return dt.datetime.fromisoformat(match[1] + match[2])
    except ValueError:
        return None


def _check_moment(text: str, now: float, *field: str) -> None:
    moment = read_moment(text)
    if moment is None:
        raise _bad(
            "998: ShipTimeStamp is not well formatted."
            "(Expected Sample Format : '2010-02-11T17:10:09 GMT+01:00')"
        )
    today = dt.datetime.fromtimestamp(now, tz=moment.tzinfo).date()
    if not today <= moment.date() <= today + dt.timedelta(days=LATEST_SHIP_DAYS):
        text = f"[{text}] is in the past or more than {LATEST_SHIP_DAYS} days in the future"
        raise _bad(text, *field)


def _check_accounts(body: dict[str, Any]) -> None:
    if any(account["number"] != ACCOUNT for account in body["accounts"]):
        raise _bad(
            "8003: Account not allowed for this service."
            " Please contact your DHL Express representative."
        )


def awb(number: int) -> str:
    """Return the waybill number of a serial: nine digits and their remainder by seven."""
    serial = 100_000_000 + number % 900_000_000
    return f"{serial}{serial % 7}"


def book(call: Call) -> Answer:
    """`POST /shipments`: a waybill number and the label. The same again books again."""
    _check_headers(call)
    only_check = _flag(call, "validateDataOnly")
    body = call.checked(SHIPMENT)
    _check_moment(body["plannedShippingDateAndTime"], call.now, "plannedShippingDateAndTime")
    _check_accounts(body)
    content = body["content"]
    if content["isCustomsDeclarable"] and "exportDeclaration" not in content:
        raise _bad(
            "7120: exportDeclaration is required when isCustomsDeclarable is true", "content"
        )
    if only_check:
        return Answer(200, {"status": "Success"}, _headers(call.request))
    number = awb(call.world.state.next_number("waybill"))
    references = body.get("customerReferences", [])
    reference = next(
        (each["value"] for each in references if each.get("typeCode", "CU") == "CU"), ""
    )
    shipper, receiver = (
        body["customerDetails"][side]["postalAddress"]
        for side in ("shipperDetails", "receiverDetails")
    )
    label = label_pdf(_label(body, number, reference))
    call.world.book(
        partner=NAME,
        tracking_number=number,
        reference=reference,
        body=call.text(),
        body_hash="",
        label=label,
        origin=shipper["countryCode"],
        destination=receiver["countryCode"],
        city=receiver["cityName"],
        now=call.now,
    )
    headers = {**_headers(call.request), "Location": f"/shipments/{number}"}
    return Answer(201, _booked(call, body, number, label), headers)


def _booked(call: Call, body: dict[str, Any], number: str, label: bytes) -> dict[str, Any]:
    base = f"{call.request.host_url}dhl-express/shipments/{number}/tracking"
    answer: dict[str, Any] = {
        "shipmentTrackingNumber": number,
        "trackingUrl": base,
        "packages": [
            {
                "referenceNumber": place,
                "trackingNumber": dhl_tracking.piece_number(number, place),
                "trackingUrl": f"{base}?pieceTrackingNumber="
                f"{dhl_tracking.piece_number(number, place)}",
            }
            for place in range(1, len(body["content"]["packages"]) + 1)
        ],
        "documents": [
            {
                "imageFormat": "PDF",
                "content": base64.b64encode(label).decode(),
                "typeCode": "label",
            }
        ],
    }
    if body["pickup"]["isRequested"]:
        # The courier is asked for, not here yet: only `POST /pickups` moves parcels.
        answer["dispatchConfirmationNumber"] = _dispatch_number(call)
    return answer


def _dispatch_number(call: Call) -> str:
    day = dt.datetime.fromtimestamp(call.now, tz=dt.UTC)
    return f"PRG{day:%y%m%d}{call.world.state.next_number('pickup') % 1_000_000:06d}"


def _lines(party: dict[str, Any]) -> tuple[str, ...]:
    address, contact = party["postalAddress"], party["contactInformation"]
    who = dict.fromkeys((contact["fullName"], contact["companyName"]))
    return (
        " · ".join(who),
        *(address.get(f"addressLine{number}", "") for number in (1, 2, 3)),
        f"{address['postalCode']} {address['cityName']} {address['countryCode']}".strip(),
        contact["phone"],
    )


def _label(body: dict[str, Any], number: str, reference: str) -> Label:
    sides = body["customerDetails"]
    countries = (
        sides[side]["postalAddress"]["countryCode"]
        for side in ("shipperDetails", "receiverDetails")
    )
    weight = sum(float(package["weight"]) for package in body["content"]["packages"])
    return Label(
        title="EXPRESS",
        service=f"Product {body['productCode']}",
        tracking_number=number,
        sender=_lines(sides["shipperDetails"]),
        recipient=_lines(sides["receiverDetails"]),
        routing="-".join(hub(country).code for country in countries),
        notes=(
            f"Ref {reference}",
            f"{weight:.3f} kg",
            f"{body['content']['description']} · {body['content']['incoterm']}",
        ),
    )


def _known(world: World, number: str) -> sqlite3.Row:
    row = world.parcel(NAME, number)
    if row is None:
        raise Refused(404, [Problem((), "unknown", "No data found")])
    return row


def track(call: Call) -> Answer:
    """`GET /shipments/{awb}/tracking`."""
    _check_headers(call)
    view = dhl_tracking.read_view(call.request.args)
    row = _known(call.world, call.args["awb"])
    body = {"shipments": [dhl_tracking.shipment(call.world, row, view)]}
    return Answer(200, body, _headers(call.request))


def find(call: Call) -> Answer:
    """`GET /tracking`: by our own reference (type CU) or by waybill numbers."""
    _check_headers(call)
    view = dhl_tracking.read_view(call.request.args)
    given = call.request.args
    numbers = [each for part in given.getlist("shipmentTrackingNumber") for each in part.split(",")]
    if len(numbers) > 200:
        raise _bad("expected maximum item count: 200", "shipmentTrackingNumber")
    reference = given.get("shipmentReference", "")
    if not numbers and not reference:
        raise _bad("one of shipmentTrackingNumber, shipmentReference is required")
    if given.get("shipmentReferenceType", "CU") != "CU":
        raise _bad("only shipmentReferenceType CU is known here", "shipmentReferenceType")
    state = call.world.state
    if numbers:
        found = [call.world.parcel(NAME, number) for number in numbers]
        text = "No data found"
    else:
        found = [*state.rows(
            "SELECT * FROM parcel WHERE partner = ? AND reference = ? ORDER BY created_at",
            NAME, reference,
        )]  # fmt: skip
        text = f"No Shipments Found for ReferenceID | {reference}"
    shipments = [dhl_tracking.shipment(call.world, row, view) for row in found if row is not None]
    if not shipments:
        raise Refused(404, [Problem((), "unknown", text)])
    return Answer(200, {"shipments": shipments}, _headers(call.request))


def image(call: Call) -> Answer:
    """`GET /shipments/{awb}/get-image`: the label again, or the invoice that was sent along."""
    _check_headers(call)
    given = call.request.args
    for name in ("shipperAccountNumber", "typeCode", "pickupYearAndMonth"):
        if not given.get(name):
            raise _bad(f"required query parameter [{name}] not found")
    if given["typeCode"] not in _IMAGE_KINDS:
        raise _bad(f"{given['typeCode']} is not a valid enum value", "typeCode")
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", given["pickupYearAndMonth"]):
        raise _bad("pickupYearAndMonth must be YYYY-MM", "pickupYearAndMonth")
    row = _known(call.world, call.args["awb"])
    documents = []
    if given["typeCode"] == "waybill":
        documents = [base64.b64encode(row["label"]).decode()]
    elif given["typeCode"] == "commercial-invoice":
        sent = json.loads(row["body"]).get("documentImages", [])
        documents = [each["content"] for each in sent if each.get("typeCode", "INV") == "INV"]
    if not documents or given["shipperAccountNumber"] != ACCOUNT:
        raise Refused(404, [Problem((), "unknown", "No data found")])
    body = {
        "documents": [
            {
                "shipmentTrackingNumber": row["tracking_number"],
                "typeCode": given["typeCode"],
                "function": "both",
                "encodingFormat": "PDF",
                "content": content,
            }
            for content in documents
        ]
    }
    return Answer(200, body, _headers(call.request))


def proof(call: Call) -> Answer:
    """`GET /shipments/{awb}/proof-of-delivery`: a PDF once delivered, 404 before."""
    _check_headers(call)
    row = _known(call.world, call.args["awb"])
    page = dhl_tracking.proof_pdf(call.world, row)
    if page is None:
        raise Refused(404, [Problem((), "unknown", "No electronic proof of delivery found")])
    content = base64.b64encode(page).decode()
    documents = [{"encodingFormat": "PDF", "content": content, "typeCode": "POD"}]
    return Answer(200, {"documents": documents}, _headers(call.request))


def pickup(call: Call) -> Answer:
    """`POST /pickups`: the courier takes the shipments that are named by their waybill number."""
    _check_headers(call)
    # The contract declares no 422 for this call: the form, too, is refused with 400.
    body = call.checked(PICKUP, status=400)
    _check_moment(body["plannedPickupDateAndTime"], call.now, "plannedPickupDateAndTime")
    _check_accounts(body)
    numbers = [
        (place, each["shipmentTrackingNumber"])
        for place, each in enumerate(body["shipmentDetails"])
        if "shipmentTrackingNumber" in each
    ]
    for place, number in numbers:
        if call.world.parcel(NAME, number) is None:
            text = f"400104: The provided Shipment Identification Number {number} is invalid."
            raise _bad(text, "shipmentDetails", place, "shipmentTrackingNumber")
    for _, number in numbers:
        call.world.hand_over(partner=NAME, tracking_number=number, now=call.now)
    answer = {"dispatchConfirmationNumbers": [_dispatch_number(call)]}
    return Answer(201, answer, _headers(call.request))


PARTNER = DhlExpress()
