"""Giving parcels to a partner of our own reading: once per handover number, whole or not at all."""

from __future__ import annotations

import json
from typing import Any

from sandbox.validation import Problem
from sandbox.web import Answer, Call, Refused
from sandbox.world import World


def take_over(
    call: Call, *, partner: str, id_field: str, parcels_field: str, body: dict[str, Any]
) -> Answer:
    """Start the parcels' ways: 201, 200 for the same again, 409 for another, 422 for strangers."""
    world, state = call.world, call.world.state
    handover_id, found = body[id_field], call.hash()
    before = state.one(
        "SELECT body_hash, answer FROM handover WHERE partner = ? AND handover_id = ?",
        partner,
        handover_id,
    )
    if before is not None:
        if before["body_hash"] != found:
            text = f"{id_field} {handover_id} is known with another content"
            raise Refused(409, [Problem((id_field,), "known", text)])
        return Answer(200, json.loads(before["answer"]))
    numbers: list[str] = body[parcels_field]
    if strangers := _strangers(world, partner, parcels_field, numbers):
        raise Refused(422, strangers)
    moved = sum(
        world.hand_over(partner=partner, tracking_number=number, now=call.now) for number in numbers
    )
    answer = {id_field: handover_id, "accepted": len(numbers), "newly_moving": moved}
    state.insert(
        "handover",
        partner=partner,
        handover_id=handover_id,
        body_hash=found,
        answer=json.dumps(answer),
    )
    return Answer(201, answer)


def _strangers(world: World, partner: str, field: str, numbers: list[str]) -> list[Problem]:
    return [
        Problem((field, place), "unknown", f"{number} was never announced; book it first")
        for place, number in enumerate(numbers)
        if (row := world.parcel(partner, number)) is None or row["status"] == "voided"
    ]
