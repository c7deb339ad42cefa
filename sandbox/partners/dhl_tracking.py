"""DHL's tracking and proof documents, in the exact shape of the vendor's contract."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.labels import Label, label_pdf
from sandbox.validation import Problem
from sandbox.web import Refused
from sandbox.world import Told, World

PARTNER = "dhl_express"
DESCRIPTIONS = {
    "PU": "Shipment picked up",
    "PL": "Processed at {area}",
    "DF": "Shipment has departed from a DHL facility {area}",
    "AF": "Arrived at DHL Sort Facility {area}",
    "IC": "Processed for clearance at {area}",
    "CR": "Clearance processing complete at {area}",
    "UD": "Uncontrollable clearance delay {area}",
    "AR": "Arrived at DHL Delivery Facility {area}",
    "WC": "Shipment is out with courier for delivery",
    "OK": "Delivered",
    "TI": "Trace initiated",
}
_VIEWS = frozenset({
    "all-checkpoints", "all-checkpoints-with-remarks", "last-checkpoint", "shipment-details-only",
    "advance-shipment", "bbx-children",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """What the caller wants to see."""

    which: str
    detail: str
    with_offset: bool


def read_view(given: Mapping[str, str]) -> View:
    """Read the query parameters. Raises Refused with 400 on a value outside the contract."""
    view = View(
        which=given.get("trackingView", "all-checkpoints"),
        detail=given.get("levelOfDetail", "shipment"),
        with_offset=given.get("requestGMTOffsetPerEvent", "false") == "true",
    )
    allowed = (
        ("trackingView", view.which, _VIEWS),
        ("levelOfDetail", view.detail, frozenset({"shipment", "piece", "all"})),
        (
            "requestGMTOffsetPerEvent",
            given.get("requestGMTOffsetPerEvent", "false"),
            frozenset({"true", "false"}),
        ),
    )
    for name, value, values in allowed:
        if value not in values:
            raise Refused(
                400, [Problem((name,), "not_allowed", f"{value} is not a valid enum value")]
            )
    return view


def piece_number(awb: str, place: int) -> str:
    """Return the licence plate of a piece."""
    return f"JD0146{awb}{place:04d}"


def shipment(world: World, row: sqlite3.Row, view: View) -> dict[str, Any]:
    """Return one shipment with its events; without events until the courier has been there."""
    body = json.loads(row["body"])
    told = world.told(partner=PARTNER, tracking_number=row["tracking_number"])
    events = [_event(each, body, view) for each in told]
    if view.which == "last-checkpoint":
        events = events[-1:]
    elif view.which == "shipment-details-only":
        events = []
    content, sides = body["content"], body["customerDetails"]
    moment = body["plannedShippingDateAndTime"][:19]
    answer: dict[str, Any] = {
        "shipmentTrackingNumber": row["tracking_number"],
        "status": "Success",
        "shipmentTimestamp": moment,
        "productCode": body["productCode"][:1],
        "description": content["description"],
        "shipperDetails": _side(sides["shipperDetails"]),
        "receiverDetails": _side(sides["receiverDetails"]),
        "totalWeight": round(sum(float(each["weight"]) for each in content["packages"]), 3),
        "unitOfMeasurements": content["unitOfMeasurement"],
        "shipperReferences": body.get("customerReferences", []),
        "events": events,
        "numberOfPieces": len(content["packages"]),
    }
    if view.detail != "shipment":
        answer["pieces"] = [
            {
                "number": place,
                "shipmentTrackingNumber": row["tracking_number"],
                "trackingNumber": piece_number(row["tracking_number"], place),
                "weight": round(float(each["weight"]), 3),
                "unitOfMeasurements": content["unitOfMeasurement"],
                "events": events,
            }
            for place, each in enumerate(content["packages"], start=1)
        ]
    return answer


def _side(party: dict[str, Any]) -> dict[str, Any]:
    address = party["postalAddress"]
    shown = {
        name: address[name]
        for name in ("cityName", "countyName", "postalCode", "provinceCode", "countryCode")
        if name in address
    }
    return {"name": party["contactInformation"]["fullName"], "postalAddress": shown}


def _event(told: Told, body: dict[str, Any], view: View) -> dict[str, Any]:
    place, local = told.place, told.place.local(told.at)
    area = f"{place.city.upper()}-{place.country}"
    event: dict[str, Any] = {
        "date": f"{local:%Y-%m-%d}",
        "time": f"{local:%H:%M:%S}",
        "typeCode": told.code,
        "description": DESCRIPTIONS[told.code].format(area=area),
        "serviceArea": [{"code": place.code, "description": area}],
    }
    if view.with_offset:
        offset = f"{local:%z}"
        event["GMTOffset"] = f"{offset[:3]}:{offset[3:]}"
    if told.code == "OK":
        event["signedBy"] = _receiver(body)
    return event


def _receiver(body: dict[str, Any]) -> str:
    name: str = body["customerDetails"]["receiverDetails"]["contactInformation"]["fullName"]
    return name


def proof_pdf(world: World, row: sqlite3.Row) -> bytes | None:
    """Return the proof of delivery as a PDF, None before delivery."""
    told = world.told(partner=PARTNER, tracking_number=row["tracking_number"])
    delivered = next((each for each in told if each.code == "OK"), None)
    if delivered is None:
        return None
    local, body = delivered.place.local(delivered.at), json.loads(row["body"])
    return label_pdf(
        Label(
            title="PROOF OF DELIVERY",
            service="",
            tracking_number=row["tracking_number"],
            sender=("Electronic proof of delivery",),
            recipient=(
                f"Signed by {_receiver(body)}",
                f"{local:%Y-%m-%d %H:%M:%S %z}",
                f"{delivered.place.city} {delivered.place.country}",
            ),
            routing="DELIVERED",
            notes=(f"Reference {row['reference']}",),
        )
    )
