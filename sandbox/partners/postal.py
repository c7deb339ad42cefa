"""The post: we number the items (UPU S10), announce them, dispatch them, read one feed.

Our reading of ITMATT-like announcements and EMSEVT V3 events, not a vendor's contract.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sandbox.handovers import take_over
from sandbox.partners.our_reading import COUNTRY, CURRENCY, GRAMS, MONEY, PARTY, OurReading
from sandbox.validation import Many, Number, Path, Problem, Rule, Shape, Text
from sandbox.web import Answer, Call, Operation, Refused
from sandbox.world import Told

NAME = "postal"
LARGEST_PAGE = 1000
_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)

PIECE = Shape(
    needs={
        "description": Text(1, 200),
        "quantity": Number(least=1, most=99_999, whole=True),
        "net_weight_g": GRAMS,
        "value": MONEY,
        "currency": CURRENCY,
        "hs6": Text(6, 10, pattern=r"^\d+$"),
        "origin": COUNTRY,
    },
    open=True,
)
ITEM = Shape(
    needs={
        "sender": PARTY,
        "recipient": PARTY,
        "gross_weight_g": Number(least=1, most=30_000, whole=True),
        "nature_of_transaction": Text(1, 40),
        "pieces": Many(PIECE, least=1, most=100),
    },
    may={
        "reference": Text(0, 60),
        "declared_value": MONEY,
        "currency": CURRENCY,
        "customs_scheme_ref": Text(0, 50),
    },
    open=True,
)


class S10Numbers(Rule):
    """An S10 item number with the right check digit (UPU S10)."""

    def check(self, value: Any, path: Path) -> Iterator[Problem]:
        """Yield the problem, if any."""
        if not isinstance(value, str) or not is_s10(value):
            yield Problem(path, "not_s10", f"{value} is not a valid UPU S10 item number")


def is_s10(text: str) -> bool:
    """Whether `text` is two letters, eight digits, their check digit and a country."""
    match = re.fullmatch(r"[A-Z]{2}(\d{8})(\d)[A-Z]{2}", text)
    if match is None:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(match[1], _WEIGHTS, strict=True))
    check = 11 - total % 11
    return int(match[2]) == {10: 0, 11: 5}.get(check, check)


DISPATCH = Shape(
    needs={"dispatch_id": Text(1, 60), "items": Many(S10Numbers(), least=1, most=5000)},
    may={"handed_over_at": Text(1, 40)},
)


def announce(call: Call) -> Answer:
    """`PUT /items/{s10}`: 201, 200 for the same again, 409 for another content, 422."""
    number = call.args["item_id"]
    problems = list(S10Numbers().check(number, ("item_id",)))
    if problems:
        raise Refused(422, problems)
    body = call.checked(ITEM)
    found = call.hash()
    before = call.world.parcel(NAME, number)
    if before is not None:
        if before["body_hash"] != found:
            text = f"item {number} is announced with another content; use a new number"
            raise Refused(409, [Problem(("item_id",), "known", text)])
        return Answer(200, _item(number, "announced"))
    call.world.book(
        partner=NAME,
        tracking_number=number,
        reference=body.get("reference") or number,
        body=call.text(),
        body_hash=found,
        label=b"",
        origin=body["sender"]["country"],
        destination=body["recipient"]["country"],
        city=body["recipient"]["city"],
        now=call.now,
    )
    return Answer(201, _item(number, "announced"))


def _item(number: str, status: str) -> dict[str, Any]:
    return {"item_id": number, "status": status}


def look(call: Call) -> Answer:
    """`GET /items/{s10}`."""
    number = call.args["item_id"]
    row = call.world.parcel(NAME, number)
    if row is None:
        raise Refused(404, [Problem(("item_id",), "unknown", f"no item {number}")])
    status = "announced" if row["handed_over_at"] is None else "dispatched"
    return Answer(200, _item(number, status))


def dispatch(call: Call) -> Answer:
    """`POST /dispatches`: the items are at the outward office now."""
    body = call.checked(DISPATCH)
    return take_over(call, partner=NAME, id_field="dispatch_id", parcels_field="items", body=body)


def events(call: Call) -> Answer:
    """`GET /events?after=CURSOR&limit=N`: one feed of all items, in the order it was told."""
    after = _whole(call, "after", default=0, least=0, most=2**62)
    limit = _whole(call, "limit", default=200, least=1, most=LARGEST_PAGE)
    told = call.world.told(partner=NAME, after=after, limit=limit)
    cursor = told[-1].seq if told else after
    return Answer(200, {"events": [_event(each) for each in told], "next_cursor": str(cursor)})


def _whole(call: Call, name: str, *, default: int, least: int, most: int) -> int:
    text = call.request.args.get(name, "")
    if text == "":
        return default
    if not re.fullmatch(r"\d{1,19}", text) or not least <= int(text) <= most:
        words = f"{name} must be a whole number from {least} to {most}"
        raise Refused(422, [Problem((name,), "not_allowed", words)])
    return int(text)


def _event(told: Told) -> dict[str, Any]:
    return {
        "event_id": told.event_id,
        "item_id": told.tracking_number,
        "event_code": told.code,
        "event_at": told.place.local(told.at).isoformat(),
        "office": f"{told.place.country}{told.place.code}A",
        "city": told.place.city,
        "country": told.place.country,
        "reason": told.reason,
    }


PARTNER = OurReading(
    name=NAME,
    prefix="/postal/v1",
    operations=(
        Operation("announce", "PUT", "/items/<item_id>", announce),
        Operation("look", "GET", "/items/<item_id>", look),
        Operation("dispatch", "POST", "/dispatches", dispatch),
        Operation("events", "GET", "/events", events),
    ),
)
