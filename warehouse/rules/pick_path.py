"""The order in which a picker walks: serpentine through the aisles, by pick sequence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, TypeVar

Task = TypeVar("Task")


@dataclass(frozen=True, slots=True, kw_only=True)
class PickStop(Generic[Task]):
    """One thing to take: the bin's code and pick sequence, its aisle, and the caller's own task."""

    location: str
    pick_sequence: int
    aisle: str
    task: Task


def aisle_of(location: str) -> str:
    """The aisle of a location code: all parts but the last two (``A-03-12-2`` lies in ``A-03``).

    A code of fewer than three parts has no aisle of its own and counts as one with its like.
    """
    return "-".join(location.split("-")[:-2])


def serpentine(stops: Iterable[PickStop[Task]]) -> list[PickStop[Task]]:
    """Walk up the first aisle that has a stop, down the next, and so on.

    Aisles come in the order of their lowest pick sequence; stops at one bin stay together and keep
    the order they were given in. Every stop comes back exactly once.
    """
    by_aisle: dict[str, list[PickStop[Task]]] = {}
    for stop in stops:
        by_aisle.setdefault(stop.aisle, []).append(stop)
    aisles = sorted(
        by_aisle.values(), key=lambda some: min((stop.pick_sequence, stop.aisle) for stop in some)
    )
    path: list[PickStop[Task]] = []
    for number, some in enumerate(aisles):
        some.sort(key=_bin)
        bins = [list(at_bin) for _bin_key, at_bin in groupby(some, key=_bin)]
        if number % 2:
            bins.reverse()
        path.extend(stop for at_bin in bins for stop in at_bin)
    return path


def _bin(stop: PickStop[Task]) -> tuple[int, str]:
    return stop.pick_sequence, stop.location
