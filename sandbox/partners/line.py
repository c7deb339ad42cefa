"""EastLine, the dedicated line: books by key, tells by push, ends at the destination's hub.

Our reading of what consolidators offer; event codes are 17TRACK sub-statuses.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from typing import Any

from sandbox.handovers import take_over
from sandbox.instants import instant
from sandbox.labels import Label, label_pdf
from sandbox.partners.our_reading import COUNTRY, CURRENCY, GRAMS, MONEY, PARTY, OurReading
from sandbox.places import hub
from sandbox.validation import Many, Number, Problem, Shape, Text
from sandbox.web import Answer, Call, Operation, Refused
from sandbox.world import Told

NAME = "line"
_MILLIMETRES = Number(least=1, most=2_000, whole=True)

CONTENT = Shape(
    needs={
        "description": Text(1, 200),
        "quantity": Number(least=1, most=99_999, whole=True),
        "unit_value": MONEY,
        "currency": CURRENCY,
        "hs_code": Text(6, 14, pattern=r"^\d+$"),
        "origin_country": COUNTRY,
    },
    open=True,
)
PARCEL = Shape(
    needs={
        "sender": PARTY,
        "recipient": PARTY,
        "weight_g": Number(least=1, most=30_000, whole=True),
        "contents": Many(CONTENT, least=1, most=100),
    },
    may={
        "reference": Text(1, 60),
        "length_mm": _MILLIMETRES,
        "width_mm": _MILLIMETRES,
        "height_mm": _MILLIMETRES,
        "declared_value": MONEY,
        "currency": CURRENCY,
        "weight_net_g": GRAMS,
    },
    open=True,
)
HANDOVER = Shape(
    needs={
        "handover_id": Text(1, 60),
        "tracking_numbers": Many(Text(1, 40), least=1, most=5000),
    },
)
CALLBACK = Shape(needs={"url": Text(1, 500, pattern="^https?://"), "secret": Text(8, 200)})

DESCRIPTIONS = {
    "InfoReceived": "Shipment information received",
    "InTransit_PickedUp": "Parcel collected",
    "InTransit_Departure": "Departed from origin airport",
    "InTransit_Arrival": "Arrived at destination airport",
    "InTransit_CustomsProcessing": "Customs clearance in progress",
    "InTransit_CustomsRequiringInformation": "Held by customs",
    "InTransit_CustomsReleased": "Released by customs, ready for last mile",
    "Exception_Lost": "Parcel declared lost",
}


def book(call: Call) -> Answer:
    """`POST /parcels` under an `Idempotency-Key`: 201, 200 the same answer, 409, 422."""
    key = call.request.headers.get("Idempotency-Key", "")
    if not 1 <= len(key) <= 60:
        text = "send the header Idempotency-Key with your reference, 1 to 60 characters"
        raise Refused(422, [Problem(("Idempotency-Key",), "required", text)])
    body = call.checked(PARCEL)
    world, found = call.world, call.hash()
    before = world.state.one("SELECT * FROM parcel WHERE partner = ? AND reference = ?", NAME, key)
    if before is not None:
        if before["body_hash"] != found:
            text = f"key {key} is known with another content; use a new key"
            raise Refused(409, [Problem(("Idempotency-Key",), "known", text)])
        return Answer(200, _parcel(before))
    number = f"EL{world.state.next_number('line parcel'):010d}"
    world.book(
        partner=NAME,
        tracking_number=number,
        reference=key,
        body=call.text(),
        body_hash=found,
        label=label_pdf(_label(body, number, key)),
        origin=body["sender"]["country"],
        destination=body["recipient"]["country"],
        city=body["recipient"]["city"],
        now=call.now,
    )
    row = world.parcel(NAME, number)
    if row is None:  # just written, under the lock
        raise RuntimeError("the parcel just written is not there")
    return Answer(201, _parcel(row))


def party_lines(party: dict[str, Any]) -> tuple[str, ...]:
    """Return the lines of an address as they stand on a label."""
    return (
        " · ".join(text for text in (party["name"], party.get("company", "")) if text),
        *party["street_lines"][:3],
        " ".join(
            text for text in (party.get("postal_code", ""), party["city"], party["country"]) if text
        ),
        party.get("phone", ""),
    )


def _label(body: dict[str, Any], number: str, reference: str) -> Label:
    origin, destination = body["sender"]["country"], body["recipient"]["country"]
    return Label(
        title="EASTLINE",
        service="Dedicated line",
        tracking_number=number,
        sender=party_lines(body["sender"]),
        recipient=party_lines(body["recipient"]),
        routing=f"{hub(origin).code}-{hub(destination).code}",
        notes=(f"Ref {reference}", f"{int(body['weight_g']) / 1000:.3f} kg"),
    )


def _parcel(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "reference": row["reference"],
        "tracking_number": row["tracking_number"],
        "label_pdf": base64.b64encode(row["label"]).decode(),
        "created_at": instant(row["created_at"]),
    }


def find(call: Call) -> Answer:
    """`GET /parcels?reference=…`: the booking made under a key, an empty list when none was."""
    reference = call.request.args.get("reference", "")
    if not reference:
        text = "say which reference: /parcels?reference=…"
        raise Refused(422, [Problem(("reference",), "required", text)])
    rows = call.world.state.rows(
        "SELECT * FROM parcel WHERE partner = ? AND reference = ?", NAME, reference
    )
    return Answer(200, {"parcels": [_parcel(row) for row in rows]})


def void(call: Call) -> Answer:
    """`DELETE /parcels/{number}`: 200, again 200, 409 once it is handed over, 404."""
    number = call.args["tracking_number"]
    row = call.world.parcel(NAME, number)
    if row is None:
        raise Refused(404, [Problem(("tracking_number",), "unknown", f"no parcel {number}")])
    if row["handed_over_at"] is not None:
        text = f"{number} is handed over: it cannot be voided any more"
        raise Refused(409, [Problem(("tracking_number",), "handed_over", text)])
    call.world.void(partner=NAME, tracking_number=number)
    return Answer(200, {"tracking_number": number, "status": "voided"})


def hand_over(call: Call) -> Answer:
    """`POST /handovers`: the parcels are at the line's gateway now."""
    body = call.checked(HANDOVER)
    return take_over(
        call, partner=NAME, id_field="handover_id", parcels_field="tracking_numbers", body=body
    )


def callback(call: Call) -> Answer:
    """`PUT /callback`: where events are pushed from now on, also those that already wait."""
    body = call.checked(CALLBACK)
    call.world.state.run(
        "INSERT INTO callback (partner, url, secret) VALUES (?, ?, ?)"
        " ON CONFLICT (partner) DO UPDATE SET url = excluded.url, secret = excluded.secret",
        NAME,
        body["url"],
        body["secret"],
    )
    return Answer(200, {"url": body["url"]})


def events(call: Call) -> Answer:
    """`GET /parcels/{tracking_number}/events`: the same events by asking."""
    number = call.args["tracking_number"]
    if call.world.parcel(NAME, number) is None:
        raise Refused(404, [Problem(("tracking_number",), "unknown", f"no parcel {number}")])
    told = call.world.told(partner=NAME, tracking_number=number)
    return Answer(200, {"tracking_number": number, "events": [event_body(each) for each in told]})


def event_body(told: Told) -> dict[str, Any]:
    """Return an event as it is pushed and as it is read."""
    return {
        "event_id": told.event_id,
        "tracking_number": told.tracking_number,
        "sub_status": told.code,
        "event_at": instant(told.at),
        "city": told.place.city,
        "country": told.place.country,
        "description": DESCRIPTIONS[told.code],
    }


def push_body(told: Told) -> bytes:
    """Return the bytes that are pushed and signed."""
    return json.dumps(event_body(told), ensure_ascii=False).encode()


PARTNER = OurReading(
    name=NAME,
    prefix="/line/v1",
    operations=(
        Operation("book", "POST", "/parcels", book),
        Operation("find", "GET", "/parcels", find),
        Operation("void", "DELETE", "/parcels/<tracking_number>", void),
        Operation("handover", "POST", "/handovers", hand_over),
        Operation("callback", "PUT", "/callback", callback),
        Operation("events", "GET", "/parcels/<tracking_number>/events", events),
    ),
)
