"""Whether goods fit into a carton, by laying them into it one by one in three dimensions.

Boxes are laid largest first, each at the lowest, then innermost free corner that takes it in one of
its allowed orientations; a few orders are tried. It finds most packings, not all: a "no" may be
wrong, a "yes" never is. Work is counted in overlap checks and never timed, so the same goods always
get the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

Sides = tuple[int, int, int]
MOST_STEPS = 10_000
"""Overlap checks for one carton: some 10 ms. The first carton that needs more ends the laying."""


class TooManySteps(Exception):
    """The goods are too many to lay one by one in the allowed steps."""


@dataclass(frozen=True, slots=True)
class Box:
    """One unit. Its sides are length, width and height; `is_upright` keeps the height vertical."""

    sides: Sides
    is_upright: bool = False

    @property
    def orientations(self) -> tuple[Sides, ...]:
        """Every way it may stand, flattest first."""
        length, width, height = self.sides
        if self.is_upright:
            return tuple(dict.fromkeys([(length, width, height), (width, length, height)]))
        ways = {(a, b, c) for a, b, c in permutations(self.sides)}
        return tuple(sorted(ways, key=lambda way: (way[2], way)))

    @property
    def volume(self) -> int:
        """In cubic millimetres."""
        return self.sides[0] * self.sides[1] * self.sides[2]


@dataclass(frozen=True, slots=True)
class Placed:
    """A box at its corner nearest the carton's, with the sides it has as it stands there."""

    at: Sides
    sides: Sides


ORDERS: tuple[Callable[[Box], tuple[int, ...]], ...] = (
    lambda box: (-box.volume, *box.sides),
    lambda box: (-max(box.sides), -box.volume, *box.sides),
    lambda box: (-box.sides[0] * box.sides[1], -box.sides[2], *box.sides),
)


def lay(
    boxes: Sequence[Box], inner: Sides, most_steps: int = MOST_STEPS
) -> tuple[Placed, ...] | None:
    """Lay all boxes into a carton; None when no way was found; raises TooManySteps."""
    return _lay(tuple(sorted(boxes, key=ORDERS[0])), inner, most_steps)


@lru_cache(maxsize=4096)
def _lay(boxes: tuple[Box, ...], inner: Sides, most_steps: int) -> tuple[Placed, ...] | None:
    # Orders of one wave are often alike: each kind is laid once.
    left = most_steps
    for order in ORDERS:
        placed, left = _laid_in(sorted(boxes, key=order), inner, left)
        if placed is not None:
            return placed
    return None


def _laid_in(
    boxes: Sequence[Box], inner: Sides, steps: int
) -> tuple[tuple[Placed, ...] | None, int]:
    placed: list[Placed] = []
    corners: list[Sides] = [(0, 0, 0)]
    for box in boxes:
        corners.sort(key=lambda corner: (corner[2], corner[1], corner[0]))
        spot: Placed | None = None
        for corner in corners:
            for sides in box.orientations:
                if any(corner[n] + sides[n] > inner[n] for n in range(3)):
                    continue
                steps -= len(placed) + 1
                if steps < 0:
                    raise TooManySteps
                if not any(_overlap(Placed(corner, sides), other) for other in placed):
                    spot = Placed(corner, sides)
                    break
            if spot is not None:
                break
        if spot is None:
            return None, steps
        placed.append(spot)
        corners.remove(spot.at)
        corners.extend(corner for corner in _corners_of(spot, placed) if corner not in corners)
    return tuple(placed), steps


def _corners_of(box: Placed, placed: Sequence[Placed]) -> list[Sides]:
    """The corners a box makes, each slid back to the wall or box behind it."""
    (x, y, z), (length, width, height) = box.at, box.sides
    found = [(x + length, y, z), (x, y + width, z), (x, y, z + height)]
    beside = (
        (x + length, _behind(1, (x + length, y, z), placed), z),
        (x + length, y, _behind(2, (x + length, y, z), placed)),
        (_behind(0, (x, y + width, z), placed), y + width, z),
        (x, y + width, _behind(2, (x, y + width, z), placed)),
        (_behind(0, (x, y, z + height), placed), y, z + height),
        (x, _behind(1, (x, y, z + height), placed), z + height),
    )
    return list(dict.fromkeys([*found, *beside]))


def _behind(axis: int, corner: Sides, placed: Sequence[Placed]) -> int:
    others = [n for n in range(3) if n != axis]
    return max(
        (
            end
            for box in placed
            if (end := box.at[axis] + box.sides[axis]) <= corner[axis]
            and all(box.at[n] <= corner[n] < box.at[n] + box.sides[n] for n in others)
        ),
        default=0,
    )


def _overlap(one: Placed, other: Placed) -> bool:
    return all(
        one.at[n] < other.at[n] + other.sides[n] and other.at[n] < one.at[n] + one.sides[n]
        for n in range(3)
    )
