"""Stages of the journey line, kinds of exception, and which canonical code means which.

Sources: ``tracking/data/milestones.csv`` and ``tracking/data/exceptions.csv``.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from tracking.rules.status_map import DATA

MILESTONES = (
    "ordered",
    "allocated",
    "packed",
    "handed_over",
    "in_transit",
    "cleared",
    "out_for_delivery",
    "delivered",
)
RANK = {milestone: rank for rank, milestone in enumerate(MILESTONES)}
EndedBy = Literal["any_scan", "cleared", "out_for_delivery", "final", "never"]
_ENDINGS: dict[str, EndedBy] = {
    "any_scan": "any_scan",
    "cleared": "cleared",
    "out_for_delivery": "out_for_delivery",
    "final": "final",
    "never": "never",
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a canonical code says: the stage it proves and what is wrong; empty for neither."""

    milestone: str
    exception: str


@dataclass(frozen=True, slots=True)
class ExceptionKind:
    """How an exception ends, whether it ends the journey, and whether silence during it counts.

    ``ended_by`` is the least later progress that ends it: ``any_scan``, a stage (that one or a
    later one), ``final`` (delivery) or ``never``.
    """

    code: str
    ended_by: EndedBy
    is_final: bool
    silence_counts: bool

    def is_ended_by(self, milestone: str) -> bool:
        """True when a later event that proves this stage ends the exception."""
        if not milestone or self.ended_by == "never":
            return False
        if self.ended_by == "any_scan":
            return True
        least = "delivered" if self.ended_by == "final" else self.ended_by
        return RANK[milestone] >= RANK[least]


def meaning(code: str, reason: str = "") -> Meaning:
    """What a canonical code with its reason says; an unknown code says nothing.

    A held parcel that a carrier traces (reason ``lost``) or reports broken (``damaged``) is that,
    not merely held.
    """
    found = _meanings().get(code, Meaning("", ""))
    if found.exception == "held" and reason in ("lost", "damaged"):
        return Meaning(found.milestone if reason == "damaged" else "", reason)
    return found


def exception_kind(code: str) -> ExceptionKind:
    """The rules of an exception; raises KeyError for a kind that is not in the file."""
    return _kinds()[code]


@lru_cache(maxsize=1)
def _meanings() -> dict[str, Meaning]:
    with (DATA / "milestones.csv").open(encoding="utf-8", newline="") as file:
        found = {
            row["canonical"]: Meaning(row["milestone"], row["exception"])
            for row in csv.DictReader(file)
        }
    unknown = {one.milestone for one in found.values()} - set(MILESTONES) - {""}
    unknown |= {one.exception for one in found.values()} - set(_kinds()) - {""}
    if unknown:
        raise ValueError(f"milestones.csv: {', '.join(sorted(unknown))} is not defined")
    return found


@lru_cache(maxsize=1)
def _kinds() -> dict[str, ExceptionKind]:
    with (DATA / "exceptions.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["exception"]: ExceptionKind(
                code=row["exception"],
                ended_by=_ENDINGS[row["ended_by"]],
                is_final=row["is_final"] == "yes",
                silence_counts=row["silence_counts"] == "yes",
            )
            for row in csv.DictReader(file)
        }
