"""CityDrop, the last mile of the dedicated line: rides, tries again, brings proof. Our reading."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import sqlite3
from functools import lru_cache
from typing import Any

from PIL import Image, ImageDraw

from sandbox import faults
from sandbox.instants import instant
from sandbox.partners.our_reading import CURRENCY, GRAMS, MONEY, PARTY, OurReading
from sandbox.places import Place, town
from sandbox.validation import Problem, Shape, Text
from sandbox.web import Answer, Call, Operation, Refused
from sandbox.world import World

NAME = "delivery"
ATTEMPT_FAILS_EVERY = 15
"""At every fifteenth door nobody answers the first time."""

RULE = Shape(
    needs={
        "reference": Text(1, 60),
        "tracking_number": Text(1, 40),
        "recipient": PARTY,
        "weight_g": GRAMS,
    },
    may={"cod": Shape(needs={"amount": MONEY, "currency": CURRENCY}), "service": Text(0, 40)},
)


def consign(call: Call) -> Answer:
    """`POST /consignments`: 201, 200 for the same again, 409 for another body."""
    body = call.checked(RULE)
    state, found = call.world.state, call.hash()
    before = _row(call.world, body["reference"])
    if before is not None:
        if before["body_hash"] != found:
            text = f"reference {body['reference']} is known with another content"
            raise Refused(409, [Problem(("reference",), "known", text)])
        return Answer(200, _shown(before))
    way = ["out_for_delivery", "delivered"]
    if state.next_number("consignment") % ATTEMPT_FAILS_EVERY == 0:
        way = ["out_for_delivery", "attempted", "out_for_delivery", "delivered"]
    if faults.take(state, partner=NAME, operation="events", kinds=("silent",)):
        way = []
    state.insert(
        "consignment",
        reference=body["reference"],
        tracking_number=body["tracking_number"],
        body_hash=found,
        body=call.text(),
        status="received",
        events=json.dumps([_event(body, "received", call.now)]),
        way=json.dumps(way),
        next_due=call.now if way else None,
    )
    row = _row(call.world, body["reference"])
    if row is None:  # just written, under the lock
        raise RuntimeError("the consignment just written is not there")
    return Answer(201, _shown(row))


def look(call: Call) -> Answer:
    """`GET /consignments/{reference}`."""
    row = _row(call.world, call.args["reference"])
    if row is None:
        text = f"no consignment {call.args['reference']}"
        raise Refused(404, [Problem(("reference",), "unknown", text)])
    return Answer(200, _shown(row))


def _row(world: World, reference: str) -> sqlite3.Row | None:
    return world.state.one("SELECT * FROM consignment WHERE reference = ?", reference)


def _place(body: dict[str, Any]) -> Place:
    return town(body["recipient"]["country"], body["recipient"]["city"])


def _event(body: dict[str, Any], status: str, at: float) -> dict[str, Any]:
    place = _place(body)
    return {
        "event_id": f"{body['reference']}-{status}-{int(at * 1000)}",
        "status": status,
        "at": instant(at),
        "city": place.city,
        "country": place.country,
    }


def _shown(row: sqlite3.Row) -> dict[str, Any]:
    events = json.loads(row["events"])
    return {
        "reference": row["reference"],
        "tracking_number": row["tracking_number"],
        "status": row["status"],
        "attempts": row["attempts"],
        "events": events,
        "proof": _proof(row, events[-1]["at"]) if row["status"] == "delivered" else None,
    }


def _proof(row: sqlite3.Row, at: str) -> dict[str, Any]:
    body = json.loads(row["body"])
    place, name = _place(body), body["recipient"]["name"]
    # A door near the hub, the same one on every reading.
    spread = hashlib.sha256(row["reference"].encode()).digest()
    return {
        "signed_by": name,
        "delivered_at": at,
        "latitude": round(place.latitude + (spread[0] - 128) / 2000, 6),
        "longitude": round(place.longitude + (spread[1] - 128) / 2000, 6),
        "signature_png": base64.b64encode(signature_png(name)).decode(),
    }


@lru_cache(maxsize=256)
def signature_png(name: str) -> bytes:
    """Draw a squiggle that stands for a signature; the same name signs the same way."""
    points = [(20, 60)]
    for number, byte in enumerate(hashlib.sha256(name.encode()).digest()[:16], start=1):
        points.append((20 + number * 17, 20 + byte * 80 // 255))
    page = Image.new("1", (320, 120), 1)
    ImageDraw.Draw(page).line(points, fill=0, width=3, joint="curve")
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


def advance(world: World, now: float) -> bool:
    """Ride what is due. A parcel the line has not brought yet is waited for."""
    due = world.state.rows(
        "SELECT * FROM consignment WHERE next_due <= ? ORDER BY next_due LIMIT 200", now
    )
    moved = False
    for row in due:
        parcel = world.state.one(
            "SELECT status FROM parcel WHERE tracking_number = ?", row["tracking_number"]
        )
        status = "arrived" if parcel is None else parcel["status"]
        if status == "lost":
            _tell(world, row, status="lost", at=now, rest=[], wait=0.0)
        elif status not in {"arrived", "delivered"}:
            # Not here yet: look again in a moment.
            _wait(world, row, until=now + world.way_seconds / 20)
            continue
        elif row["step"] == 0:
            # Here: load it. The ride starts a moment from now, never before it arrived.
            _wait(world, row, until=now + world.way_seconds * 0.08, step=1)
            continue
        else:
            following, *rest = json.loads(row["way"])
            wait = world.way_seconds * (0.1 if following == "out_for_delivery" else 0.15)
            _tell(world, row, status=following, at=row["next_due"], rest=rest, wait=wait)
        moved = True
    return moved


def _wait(world: World, row: sqlite3.Row, *, until: float, step: int = 0) -> None:
    world.state.run(
        "UPDATE consignment SET next_due = ?, step = ? WHERE reference = ?",
        until,
        step,
        row["reference"],
    )


def _tell(
    world: World, row: sqlite3.Row, *, status: str, at: float, rest: list[str], wait: float
) -> None:
    events = json.loads(row["events"])
    events.append(_event(json.loads(row["body"]), status, at))
    tries = row["attempts"] + (status in {"attempted", "delivered"})
    world.state.run(
        "UPDATE consignment SET status = ?, attempts = ?, events = ?, way = ?, next_due = ?"
        " WHERE reference = ?",
        status,
        tries,
        json.dumps(events),
        json.dumps(rest),
        at + wait if rest else None,
        row["reference"],
    )


PARTNER = OurReading(
    name=NAME,
    prefix="/delivery/v1",
    operations=(
        Operation("consign", "POST", "/consignments", consign),
        Operation("look", "GET", "/consignments/<reference>", look),
    ),
)
