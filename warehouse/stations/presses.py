"""Presses as the browser sends them, and as they are answered: the same at many stations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError
from django.http import JsonResponse

from core.bodies import Body
from core.spoken import say
from warehouse.rules.presses import Press
from warehouse.screens import StationState
from warehouse.stations.common import (
    LARGEST,
    client_id_of,
    pressed_ms_of,
    raw_of,
    result_json,
    say_answer,
    state_json,
)


def press_of(entry: Body, index: int = 0) -> Press:
    """Read one press; `index` counts for it where it has no number. Raise `BadBody`."""
    return Press(
        client_id=client_id_of(entry),
        sequence=entry.whole("seq", least=0, most=LARGEST, default=index),
        raw=raw_of(entry),
        pressed_ms=pressed_ms_of(entry),
    )


def presses_of(entries: Sequence[Body]) -> list[Press]:
    """Read the presses of a request; raise `BadBody`."""
    return [press_of(entry, index) for index, entry in enumerate(entries)]


def answered(
    taken: Sequence[Press],
    answers: Sequence[Mapping[str, Any]],
    state: StationState,
    **more: Any,
) -> JsonResponse:
    """Answer presses in their order, and where the station stands after them."""
    results = [
        result_json(press.client_id, answer["verdict"], say_answer(answer), answer["expected"])
        for press, answer in zip(taken, answers, strict=True)
    ]
    return JsonResponse({"results": results, "state": state_json(state, **more)})


def take_each(
    entries: Sequence[Body],
    scan: Callable[[str, str], Mapping[str, Any]],
    verdicts: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Take presses that are a transaction each; return their results.

    `scan` takes client id and code, and answers a known id as before; `verdicts` names those that
    are called otherwise at the station.
    """
    results = []
    for entry in entries:
        client_id, raw = client_id_of(entry), raw_of(entry)
        try:
            answer = scan(client_id, raw)
        except IntegrityError:
            # The same press came twice at the same moment; now the first one's answer is there.
            answer = scan(client_id, raw)
        code = answer["code"]
        verdict = (verdicts or {}).get(code, code)
        results.append(result_json(client_id, verdict, say(answer["sentence"])))
    return results
