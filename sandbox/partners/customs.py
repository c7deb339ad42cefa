"""The customs authority: takes declarations, decides them after a moment. Our reading."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3

from sandbox import faults
from sandbox.instants import instant
from sandbox.partners.our_reading import COUNTRY, OurReading
from sandbox.validation import Problem, Shape, Text, choice
from sandbox.web import Answer, Call, Operation, Refused
from sandbox.world import World

NAME = "customs"
HELD_EVERY = 20
"""Every twentieth import declaration is looked at more closely before it is released."""

_EXPORT_WAY = 0.05
_IMPORT_WAY = 0.08
_HELD_FOR = 0.20
"""Parts of the parcel's whole way."""

RULE = Shape(
    needs={
        "lrn": Text(1, 35),
        "direction": choice("export import"),
        "country": COUNTRY,
        "dataset": Text(1, 40, pattern="^[A-Z0-9_]+$"),
        "transport_document": Text(1, 40),
        "data": Shape(open=True, least=1),
    }
)


def _shown(row: sqlite3.Row) -> dict[str, str]:
    return {
        "lrn": row["lrn"],
        "mrn": row["mrn"],
        "status": row["status"],
        "reason_code": row["reason_code"],
        "reason": REASONS.get(row["reason_code"], ""),
        "at": instant(row["at"]),
    }


REASONS = {
    "H1": "Selected for a documentary check",
    "R1": "Refused on demand",
}


def _mrn(country: str, number: int, now: float) -> str:
    """Return an 18-character reference in the shape of an EU MRN (year, country, 14 more)."""
    year = dt.datetime.fromtimestamp(now, tz=dt.UTC).year % 100
    return f"{year:02d}{country}{number:013d}{number % 10}"


def declare(call: Call) -> Answer:
    """`POST /declarations`: 201, 200 for the same again, 409 for another under the same LRN."""
    body = call.checked(RULE)
    state, found = call.world.state, call.hash()
    before = state.one("SELECT * FROM declaration WHERE lrn = ?", body["lrn"])
    if before is not None:
        if before["body_hash"] != found:
            text = f"LRN {body['lrn']} is known with another content; use a new LRN"
            raise Refused(409, [Problem(("lrn",), "known", text)])
        return Answer(200, _shown(before))
    number = state.next_number("declaration")
    way, first = _way(call.world, body["direction"])
    state.insert(
        "declaration",
        lrn=body["lrn"],
        mrn=_mrn(body["country"], number, call.now),
        body_hash=found,
        direction=body["direction"],
        country=body["country"],
        dataset=body["dataset"],
        transport_document=body["transport_document"],
        status="accepted",
        at=call.now,
        way=json.dumps(way),
        next_due=None if first is None else call.now + first,
    )
    row = state.one("SELECT * FROM declaration WHERE lrn = ?", body["lrn"])
    if row is None:  # just written, under the lock
        raise RuntimeError("the declaration just written is not there")
    return Answer(201, _shown(row))


def _way(world: World, direction: str) -> tuple[list[tuple[str, str, float]], float | None]:
    """Return (status, reason code, seconds until the next one) in order, and the first wait."""
    state, whole = world.state, world.way_seconds
    asked = faults.take(
        state, partner=NAME, operation="decide", kinds=("refuse", "silent", "late_events")
    )
    if asked is not None and asked.kind == "silent":
        return [], None
    if direction == "export":
        return [("released", "", 0.0)], min(1.0, _EXPORT_WAY * whole)
    if asked is not None and asked.kind == "refuse":
        return [("refused", "R1", 0.0)], _IMPORT_WAY * whole
    is_late = asked is not None
    if state.next_number("import declaration") % HELD_EVERY == 0 or is_late:
        held = asked.seconds if asked is not None and asked.seconds else _HELD_FOR * whole
        return [("held", "H1", held), ("released", "", 0.0)], _IMPORT_WAY * whole
    return [("released", "", 0.0)], _IMPORT_WAY * whole


def look(call: Call) -> Answer:
    """`GET /declarations/{lrn}`."""
    row = call.world.state.one("SELECT * FROM declaration WHERE lrn = ?", call.args["lrn"])
    if row is None:
        text = f"no declaration with LRN {call.args['lrn']}"
        raise Refused(404, [Problem(("lrn",), "unknown", text)])
    return Answer(200, _shown(row))


def withdraw(call: Call) -> Answer:
    """`DELETE /declarations/{lrn}`: the goods do not leave under it. 200, again 200, 404, 409."""
    state, lrn = call.world.state, call.args["lrn"]
    row = state.one("SELECT * FROM declaration WHERE lrn = ?", lrn)
    if row is None:
        raise Refused(404, [Problem(("lrn",), "unknown", f"no declaration with LRN {lrn}")])
    parcel = state.one(
        "SELECT handed_over_at FROM parcel WHERE tracking_number = ?", row["transport_document"]
    )
    if parcel is not None and parcel["handed_over_at"] is not None:
        raise Refused(409, [Problem(("lrn",), "left", "the goods have left the country")])
    if row["status"] != "withdrawn":
        state.run(
            "UPDATE declaration SET status = 'withdrawn', reason_code = '', at = ?, way = '[]',"
            " next_due = NULL WHERE lrn = ?",
            call.now,
            lrn,
        )
    found = state.one("SELECT * FROM declaration WHERE lrn = ?", lrn)
    if found is None:  # just written, under the lock
        raise RuntimeError("the declaration just withdrawn is not there")
    return Answer(200, _shown(found))


def advance(world: World, now: float) -> bool:
    """Decide what is due; tell the parcels that wait for it. True when something was decided."""
    state = world.state
    due = state.rows(
        "SELECT * FROM declaration WHERE next_due <= ? ORDER BY next_due LIMIT 200", now
    )
    for row in due:
        (status, reason, wait), *rest = json.loads(row["way"])
        at = row["next_due"]
        state.run(
            "UPDATE declaration SET status = ?, reason_code = ?, at = ?, way = ?, next_due = ?"
            " WHERE lrn = ?",
            status,
            reason,
            at,
            json.dumps(rest),
            at + wait if rest else None,
            row["lrn"],
        )
        if row["direction"] == "import":
            world.customs_decided(
                transport_document=row["transport_document"], status=status, reason=reason, at=at
            )
    return bool(due)


PARTNER = OurReading(
    name=NAME,
    prefix="/customs/v1",
    operations=(
        Operation("declare", "POST", "/declarations", declare),
        Operation("look", "GET", "/declarations/<lrn>", look),
        Operation("withdraw", "DELETE", "/declarations/<lrn>", withdraw),
    ),
)
