"""A parcel of each partner goes its whole way: after handover, through customs, to the door."""

from __future__ import annotations

import base64
import datetime as dt
import io
from typing import Any

from PIL import Image

from tests.sandbox.program import (
    Program,
    declaration,
    dhl_body,
    dhl_pickup,
    line_body,
    party,
    postal_body,
    s10,
    unique,
    until,
)


def _dhl_codes(stand_ins: Program, number: str) -> list[str]:
    answer = stand_ins.dhl("GET", f"/shipments/{number}/tracking").json()
    return [event["typeCode"] for event in answer["shipments"][0]["events"]]


def test_express_parcel_waits_for_pickup_then_for_customs_then_arrives(stand_ins: Program) -> None:
    booked = stand_ins.dhl("POST", "/shipments", dhl_body(unique("ref"))).json()
    number = booked["shipmentTrackingNumber"]
    assert _dhl_codes(stand_ins, number) == []
    assert stand_ins.dhl("POST", "/pickups", dhl_pickup(number)).status_code == 201
    until(lambda: "IC" in _dhl_codes(stand_ins, number))
    until(lambda: stand_ins.state()["partners"]["dhl_express"]["parcels"].get("at_customs"))
    assert "CR" not in _dhl_codes(stand_ins, number)
    declared = stand_ins.call("POST", "/customs/v1/declarations", declaration(number))
    assert declared.json()["status"] == "accepted"
    until(lambda: "OK" in _dhl_codes(stand_ins, number))
    assert _dhl_codes(stand_ins, number) == [
        "PU", "PL", "DF", "AF", "DF", "AF", "IC", "CR", "PL", "DF", "AR", "WC", "OK",
    ]  # fmt: skip
    proof = stand_ins.dhl("GET", f"/shipments/{number}/proof-of-delivery").json()
    assert base64.b64decode(proof["documents"][0]["content"]).startswith(b"%PDF")


def test_express_events_are_local_time_with_an_offset_when_asked(stand_ins: Program) -> None:
    number = stand_ins.dhl("POST", "/shipments", dhl_body(unique("ref"))).json()[
        "shipmentTrackingNumber"
    ]
    stand_ins.dhl("POST", "/pickups", dhl_pickup(number))
    until(lambda: _dhl_codes(stand_ins, number))
    query = "requestGMTOffsetPerEvent=true"
    answer = stand_ins.dhl("GET", f"/shipments/{number}/tracking?{query}").json()
    event = answer["shipments"][0]["events"][0]
    at = dt.datetime.fromisoformat(f"{event['date']}T{event['time']}{event['GMTOffset']}")
    assert event["GMTOffset"] == "+08:00"
    assert dt.timedelta(0) <= dt.datetime.now(dt.UTC) - at < dt.timedelta(seconds=15)


def _feed(stand_ins: Program, item: str) -> list[dict[str, Any]]:
    cursor, found = "0", []
    while True:
        page = stand_ins.call("GET", f"/postal/v1/events?after={cursor}&limit=5").json()
        found += [event for event in page["events"] if event["item_id"] == item]
        if not page["events"]:
            return found
        cursor = page["next_cursor"]


def test_postal_item_is_told_in_one_feed_from_posting_to_delivery(stand_ins: Program) -> None:
    item = s10(1001)
    assert stand_ins.call("PUT", f"/postal/v1/items/{item}", postal_body()).status_code == 201
    assert stand_ins.call("GET", f"/postal/v1/items/{item}").json()["status"] == "announced"
    sent = {"dispatch_id": unique("D"), "items": [item], "handed_over_at": "2026-11-23T00:00:00Z"}
    assert stand_ins.call("POST", "/postal/v1/dispatches", sent).status_code == 201
    assert stand_ins.call("POST", "/postal/v1/dispatches", sent).status_code == 200
    stand_ins.call("POST", "/customs/v1/declarations", declaration(item))
    until(lambda: "EMI" in [event["event_code"] for event in _feed(stand_ins, item)])
    events = _feed(stand_ins, item)
    assert [event["event_code"] for event in events] == [
        "EMA", "EMB", "EXA", "EXC", "EMC", "EMD", "EDB", "EDC", "EMF", "EMG", "EDG", "EMI",
    ]  # fmt: skip
    instants = [dt.datetime.fromisoformat(event["event_at"]) for event in events]
    assert instants == sorted(instants)
    assert instants[-1] <= dt.datetime.now(dt.UTC)
    assert len({event["event_id"] for event in events}) == 12


def test_line_parcel_waits_for_the_last_mile_and_is_delivered_with_proof(
    stand_ins: Program,
) -> None:
    key = {"Idempotency-Key": unique("WB")}
    booked = stand_ins.call("POST", "/line/v1/parcels", line_body(), headers=key).json()
    number = booked["tracking_number"]
    handover = {"handover_id": unique("H"), "tracking_numbers": [number]}
    assert stand_ins.call("POST", "/line/v1/handovers", handover).status_code == 201
    consignment = {
        "reference": unique("C"),
        "tracking_number": number,
        "recipient": party("DE", "Berlin", "张伟"),
        "weight_g": 700,
    }
    assert stand_ins.call("POST", "/delivery/v1/consignments", consignment).status_code == 201
    look = f"/delivery/v1/consignments/{consignment['reference']}"
    until(lambda: _codes(stand_ins, number)[-1:] == ["InTransit_CustomsProcessing"])
    assert stand_ins.call("GET", look).json()["status"] == "received"
    stand_ins.call("POST", "/customs/v1/declarations", declaration(number))
    until(lambda: stand_ins.call("GET", look).json()["status"] == "delivered")
    assert _codes(stand_ins, number) == [
        "InfoReceived",
        "InTransit_PickedUp",
        "InTransit_Departure",
        "InTransit_Arrival",
        "InTransit_CustomsProcessing",
        "InTransit_CustomsReleased",
    ]
    proof = stand_ins.call("GET", look).json()["proof"]
    assert proof["signed_by"] == "张伟"
    assert abs(proof["latitude"] - 51.42) < 0.2
    assert Image.open(io.BytesIO(base64.b64decode(proof["signature_png"]))).size == (320, 120)


def _codes(stand_ins: Program, number: str) -> list[str]:
    answer = stand_ins.call("GET", f"/line/v1/parcels/{number}/events").json()
    return [event["sub_status"] for event in answer["events"]]


def test_a_parcel_at_home_meets_no_customs(stand_ins: Program) -> None:
    body = dhl_body(unique("ref"), country="CN", city="Beijing")
    number = stand_ins.dhl("POST", "/shipments", body).json()["shipmentTrackingNumber"]
    stand_ins.dhl("POST", "/pickups", dhl_pickup(number))
    until(lambda: "OK" in _dhl_codes(stand_ins, number))
    assert "CR" not in _dhl_codes(stand_ins, number)
