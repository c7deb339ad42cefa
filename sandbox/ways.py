"""The way of a parcel per partner: which code is told where, and how long after the one before.

Delays are parts of the whole way, so that `--way-seconds` stretches everything alike. The codes
are those of the partner's own code set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Where = Literal["origin", "transit", "destination", "town"]

EU = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One event: its code, where, its delay as a part of the way; a gate waits for customs."""

    code: str
    where: Where
    delay: float
    is_gate: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """All steps of a partner's parcel, and what is told when something else happens.

    `lost_after` is the number of steps a lost parcel still tells; `lost_code` "" is silence.
    """

    steps: tuple[Step, ...]
    last_status: str
    held_code: str
    lost_after: int
    lost_code: str
    booked_code: str = ""


WAYS: dict[str, Way] = {
    "dhl_express": Way(
        steps=(
            Step("PU", "origin", 0.02),
            Step("PL", "origin", 0.08),
            Step("DF", "origin", 0.08),
            Step("AF", "transit", 0.14),
            Step("DF", "transit", 0.08),
            Step("AF", "destination", 0.14),
            Step("IC", "destination", 0.04),
            Step("CR", "destination", 0.06, is_gate=True),
            Step("PL", "destination", 0.04),
            Step("DF", "destination", 0.04),
            Step("AR", "town", 0.08),
            Step("WC", "town", 0.08),
            Step("OK", "town", 0.12),
        ),
        last_status="delivered",
        held_code="UD",
        lost_after=2,
        lost_code="TI",
    ),
    "postal": Way(
        steps=(
            Step("EMA", "origin", 0.02),
            Step("EMB", "origin", 0.08),
            Step("EXA", "origin", 0.04),
            Step("EXC", "origin", 0.04),
            Step("EMC", "origin", 0.10),
            Step("EMD", "destination", 0.24),
            Step("EDB", "destination", 0.04),
            Step("EDC", "destination", 0.08, is_gate=True),
            Step("EMF", "destination", 0.06),
            Step("EMG", "town", 0.10),
            Step("EDG", "town", 0.08),
            Step("EMI", "town", 0.12),
        ),
        last_status="delivered",
        held_code="EME",
        lost_after=2,
        lost_code="",
    ),
    "line": Way(
        steps=(
            Step("InTransit_PickedUp", "origin", 0.04),
            Step("InTransit_Departure", "origin", 0.16),
            Step("InTransit_Arrival", "destination", 0.30),
            Step("InTransit_CustomsProcessing", "destination", 0.05),
            Step("InTransit_CustomsReleased", "destination", 0.05, is_gate=True),
        ),
        last_status="arrived",
        held_code="InTransit_CustomsRequiringInformation",
        lost_after=1,
        lost_code="Exception_Lost",
        booked_code="InfoReceived",
    ),
}


def needs_import(origin: str, destination: str) -> bool:
    """Return whether a parcel passes import customs: not at home and not inside the EU."""
    return origin != destination and not (origin in EU and destination in EU)


def steps_of(way: Way, *, is_lost: bool, has_gate: bool) -> tuple[Step, ...]:
    """Return the steps this parcel will really take."""
    if not is_lost:
        return tuple(step for step in way.steps if has_gate or not step.is_gate)
    kept = way.steps[: way.lost_after]
    return (*kept, Step(way.lost_code, "origin", 0.6)) if way.lost_code else kept
