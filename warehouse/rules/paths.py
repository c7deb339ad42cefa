"""The way of a picker through a measured warehouse, and what it saves over walking by sequence.

The model: aisles run along y and lie side by side along x; a zone's aisles are joined by one cross
aisle before its first bin and one behind its last. A picker begins and ends at the bench where the
goods are brought, which is the origin of all positions. Heights cost nothing. Zones are joined by
their cross aisles; walls between them are not known, so a way around one is told too short.

Two ways are laid and the shorter is improved: the serpentine by pick sequence, and one that decides
for each aisle, by dynamic programming, whether to walk through it or to turn back (Roodbergen's
"combined"). The improvement (2-opt and or-opt) is bounded by steps, never by a clock, so the same
bins always give the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

from warehouse.rules.pick_path import PickStop, serpentine

Task = TypeVar("Task")
Distance = Callable[[int, int], int]

MOST_STEPS = 4_000
"""Pairs of stops looked at for one way: some 0.1 s. Ways of up to 50 bins are done before."""
WINDOW = 60
"""How far apart two stops of the way may be to be exchanged."""
CHAIN = 3
"""Stops that or-opt moves together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a bin is, in millimetres from the bench, and where its zone's cross aisles lie."""

    zone: str
    aisle: str
    x_mm: int
    y_mm: int
    front_mm: int
    back_mm: int


@dataclass(frozen=True, slots=True)
class Way(Generic[Task]):
    """The stops in the order of the walk.

    Both lengths are from the bench and back to it: of this way, and of the serpentine by pick
    sequence. None where a bin has no position: the order is then the serpentine.
    """

    stops: tuple[PickStop[Task], ...]
    length_mm: int | None = None
    serpentine_mm: int | None = None


def lay_way(stops: Iterable[PickStop[Task]], spots: Mapping[str, Spot]) -> Way[Task]:
    """Lay the way to every stop; `spots` by location. Every stop comes back exactly once."""
    plain = serpentine(stops)
    groups = _bins(plain)
    if not groups or any(location not in spots for location in groups):
        return Way(tuple(plain))
    bins = [spots[location] for location in groups]
    distance = distances(bins)
    walked = list(range(1, len(bins) + 1))
    first_length = length_of(walked, distance)
    best = min((walked, _combined(bins)), key=lambda way: length_of(way, distance))
    best = improved(best, distance)
    order = list(groups.values())
    return Way(
        tuple(stop for number in best for stop in order[number - 1]),
        length_mm=length_of(best, distance),
        serpentine_mm=first_length,
    )


def walk_mm(one: Spot, other: Spot) -> int:
    """How far it is from bin to bin: within an aisle, or around by the nearest cross aisles."""
    across = abs(one.x_mm - other.x_mm)
    if (one.zone, one.aisle) == (other.zone, other.aisle):
        return across + abs(one.y_mm - other.y_mm)
    return across + min(
        abs(one.y_mm - mine) + abs(mine - theirs) + abs(theirs - other.y_mm)
        for mine in (one.front_mm, one.back_mm)
        for theirs in (other.front_mm, other.back_mm)
    )


def bench_mm(spot: Spot) -> int:
    """How far a bin is from the bench at the origin."""
    ends = (spot.front_mm, spot.back_mm)
    return abs(spot.x_mm) + min(abs(end) + abs(end - spot.y_mm) for end in ends)


def length_of(way: Sequence[int], distance: Distance) -> int:
    """The length of a way from the bench (0) over bins 1, 2, … and back."""
    return sum(distance(here, there) for here, there in pairwise((0, *way, 0)))


def improved(way: Sequence[int], distance: Distance, most_steps: int = MOST_STEPS) -> list[int]:
    """Shorten a way by reversing parts (2-opt) and moving short chains (or-opt)."""
    tour, steps, is_better = [0, *way, 0], 0, True
    while is_better and steps < most_steps:
        is_better = False
        for start in range(1, len(tour) - 1):
            for end in range(start, min(len(tour) - 1, start + WINDOW)):
                steps += 1
                if _reverse(tour, start, end, distance) or _move(tour, start, end, distance):
                    is_better = True
            if steps >= most_steps:
                break
    return tour[1:-1]


def _reverse(tour: list[int], start: int, end: int, distance: Distance) -> bool:
    before, after = tour[start - 1], tour[end + 1]
    now = distance(before, tour[start]) + distance(tour[end], after)
    if distance(before, tour[end]) + distance(tour[start], after) >= now:
        return False
    tour[start : end + 1] = tour[start : end + 1][::-1]
    return True


def _move(tour: list[int], start: int, end: int, distance: Distance) -> bool:
    """Move a chain of up to CHAIN stops that begins at `start` behind `end`, or one back before."""
    for size in range(1, CHAIN + 1):
        # Forward, a chain at `start` goes behind `end`; backward, one ending at `end` before it.
        for first, last, left, right in (
            (start, start + size - 1, end, end + 1),
            (end - size + 1, end, start - 1, start),
        ):
            if last >= len(tour) - 1 or first < 1 or first - 1 <= left <= last:
                continue
            gain = (
                distance(tour[first - 1], tour[first])
                + distance(tour[last], tour[last + 1])
                + distance(tour[left], tour[right])
                - distance(tour[first - 1], tour[last + 1])
            )
            straight = distance(tour[left], tour[first]) + distance(tour[last], tour[right])
            turned = distance(tour[left], tour[last]) + distance(tour[first], tour[right])
            if min(straight, turned) >= gain:
                continue
            chain = tour[first : last + 1]
            if turned < straight:
                chain.reverse()
            del tour[first : last + 1]
            at = left + 1 - (size if left > last else 0)
            tour[at:at] = chain
            return True
    return False


def _combined(bins: Sequence[Spot]) -> list[int]:
    """Walk the aisles once from one side to the other, each through or in and out of one end."""
    aisles: dict[tuple[str, str], list[int]] = {}
    for number, spot in enumerate(bins, start=1):
        aisles.setdefault((spot.zone, spot.aisle), []).append(number)
    ordered = sorted(
        (sorted(some, key=lambda n: (bins[n - 1].y_mm, n)) for some in aisles.values()),
        key=lambda some: (bins[some[0] - 1].front_mm, bins[some[0] - 1].zone,
                          bins[some[0] - 1].x_mm, some[0]),
    )  # fmt: skip
    # Where the walk stands (x, y), what it cost so far, and its bins.
    states: list[tuple[int, int, int, list[int]]] = [(0, 0, 0, [])]
    for some in ordered:
        nearest, farthest = bins[some[0] - 1], bins[some[-1] - 1]
        front, back, x = nearest.front_mm, nearest.back_mm, nearest.x_mm
        through, back_to_front = back - front, some[::-1]
        walks = (
            (front, back, through, some),
            (back, front, through, back_to_front),
            (front, front, 2 * (farthest.y_mm - front), some),
            (back, back, 2 * (back - nearest.y_mm), back_to_front),
        )
        reached: dict[int, tuple[int, int, int, list[int]]] = {}
        for at_x, at_y, cost, taken in states:
            for entry, leave, inside, order in walks:
                total = cost + abs(at_x - x) + abs(at_y - entry) + inside
                if leave not in reached or total < reached[leave][2]:
                    reached[leave] = (x, leave, total, [*taken, *order])
        states = list(reached.values())
    best = min(states, key=lambda state: (state[2] + abs(state[0]) + abs(state[1]), state[3]))
    return best[3]


def _bins(plain: Sequence[PickStop[Task]]) -> dict[str, list[PickStop[Task]]]:
    groups: dict[str, list[PickStop[Task]]] = {}
    for stop in plain:
        groups.setdefault(stop.location, []).append(stop)
    return groups


def distances(bins: Sequence[Spot]) -> Distance:
    """Distances by number, 0 the bench; computed once each and only where they are asked for."""
    known: dict[tuple[int, int], int] = {}

    def distance(one: int, other: int) -> int:
        if one == other:
            return 0
        key = (one, other) if one < other else (other, one)
        found = known.get(key)
        if found is None:
            low, high = key
            found = bench_mm(bins[high - 1]) if low == 0 else walk_mm(bins[low - 1], bins[high - 1])
            known[key] = found
        return found

    return distance
