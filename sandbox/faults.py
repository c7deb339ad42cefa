"""Faults on demand: what shall go wrong next, for whom, how often."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.state import State
from sandbox.validation import Number, Problem, Shape, Text, choice

CALL_KINDS = ("slow", "429", "500", "reset", "lost_answer", "refuse")
"""Kinds that change the answer of one call."""

EVENT_KINDS = ("duplicate_events", "late_events", "silent")
"""Kinds that change what a parcel, a declaration or a consignment tells afterwards."""

PAGE_KINDS = ("repeat_page", "short_page")
"""Kinds that change one page of a marketplace's list: it overlaps the next one, or is short."""

PRINTER_KINDS = ("out_of_paper", "open", "paused", "drop")
"""Kinds a printer has; `slow` it has too. Its operations are `pdf`, `zebra` and `ipp`."""

RULE = Shape(
    needs={
        "partner": Text(1, 40),
        "kind": choice(" ".join(CALL_KINDS + EVENT_KINDS + PAGE_KINDS + PRINTER_KINDS)),
    },
    may={
        "operation": Text(1, 40),
        "times": Number(least=1, most=1_000_000, whole=True),
        "seconds": Number(least=0, most=600),
    },
)
"""Body of `POST /_faults`. `operation` "*" (default) is any; `times` defaults to 1."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault that has just been taken from the list and must now happen."""

    kind: str
    seconds: float


def problems(body: object, *, partners: frozenset[str]) -> list[Problem]:
    """Say what is wrong with a fault asked for; an unknown partner is a fault of the asker."""
    found = list(RULE.check(body, ()))
    if not found and isinstance(body, dict) and body["partner"] not in partners:
        names = ", ".join(sorted(partners))
        found.append(Problem(("partner",), "not_allowed", f"no such partner; one of: {names}"))
    return found


def add(
    state: State, *, partner: str, operation: str, kind: str, times: int, seconds: float
) -> int:
    """Remember a fault; it survives a restart. Returns its id."""
    with state.lock:
        return state.insert(
            "fault", partner=partner, operation=operation, kind=kind, left=times, seconds=seconds
        )


def clear(state: State) -> None:
    """Forget every fault."""
    with state.lock:
        state.run("DELETE FROM fault")


def take(state: State, *, partner: str, operation: str, kinds: tuple[str, ...]) -> Fault | None:
    """Take one use of the oldest fault that fits, or None. Each use counts `times` down."""
    with state.lock:
        if not state.has_faults:
            return None
        waiting = state.rows(
            "SELECT * FROM fault WHERE partner = ? AND operation IN (?, '*') ORDER BY id",
            partner,
            operation,
        )
        row = next((each for each in waiting if each["kind"] in kinds), None)
        if row is None:
            return None
        if row["left"] <= 1:
            state.run("DELETE FROM fault WHERE id = ?", row["id"])
        else:
            state.run("UPDATE fault SET left = left - 1 WHERE id = ?", row["id"])
        return Fault(kind=row["kind"], seconds=row["seconds"])
