"""Scans of the stations that add to something, as the browser sends them and as it is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.bodies import Body
from warehouse.rules.presses import Press
from warehouse.stations.common import (
    LARGEST,
    client_id_of,
    pressed_ms_of,
    raw_of,
    result_json,
    say_answer,
)


def take_scans(entries: Sequence[Body]) -> list[Press]:
    """Read the scans of a request; raise `BadBody`."""
    return [
        Press(
            client_id=client_id_of(entry),
            sequence=entry.whole("seq", least=0, most=LARGEST, default=index),
            raw=raw_of(entry),
            pressed_ms=pressed_ms_of(entry),
        )
        for index, entry in enumerate(entries)
    ]


def results_json(
    taken: Sequence[Press], answers: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the answers in the order of the scans."""
    return [
        result_json(scan.client_id, answer["verdict"], say_answer(answer), answer["expected"])
        for scan, answer in zip(taken, answers, strict=True)
    ]
