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
    """One unit. Its sides are length, width and height; `is_upright` keeps the height vertical.

    `bears_g` is the most that may lie above it, None for any weight.
    """

    sides: Sides
    is_upright: bool = False
    weight_g: int = 0
    bears_g: int | None = None

    @property
    def orientations(self) -> tuple[Sides, ...]:
        """Every way it may stand, flattest first."""
        length, width, height = self.sides
        if self.is_upright:
            return tuple(dict.fromkeys([(length, width, height), (width, length, height)]))
        ways = {(a, b, c) for a, b, c in permutations(self.sides)}
        return tuple(sorted(ways, key=lambda way: (way[2], way)))

    @property
    def is_delicate(self) -> bool:
        """Whether not everything may lie above it."""
        return self.bears_g is not None

    @property
    def volume(self) -> int:
        """In cubic millimetres."""
        return self.sides[0] * self.sides[1] * self.sides[2]


@dataclass(frozen=True, slots=True)
class Placed:
    """A box at its corner nearest the carton's, with the sides it has as it stands there."""

    at: Sides
    sides: Sides
    box: Box


ORDERS: tuple[Callable[[Box], tuple[int, ...]], ...] = (
    lambda box: (box.is_delicate, -box.volume, *box.sides),
    lambda box: (box.is_delicate, -max(box.sides), -box.volume, *box.sides),
    lambda box: (box.is_delicate, -box.sides[0] * box.sides[1], -box.sides[2], *box.sides),
)
"""What is delicate comes last, and so to the top."""


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
    is_any_delicate = any(box.is_delicate for box in boxes)
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
                here = Placed(corner, sides, box)
                if any(_overlap(here, other) for other in placed):
                    continue
                if not is_any_delicate or _is_borne(here, placed):
                    spot = here
                    break
            if spot is not None:
                break
        if spot is None:
            return None, steps
        placed.append(spot)
        corners.remove(spot.at)
        corners.extend(corner for corner in _corners_of(spot, placed) if corner not in corners)
    return tuple(placed), steps


def _is_borne(here: Placed, placed: Sequence[Placed]) -> bool:
    """Tell whether a box may lie there for all that is delicate under it, or is delicate itself.

    Everything above counts in full, whatever else carries it: a "yes" is safe.
    """
    if here.box.bears_g is not None and _above(here, placed) > here.box.bears_g:
        return False
    return all(
        other.box.bears_g is None
        or not _is_over(here, other)
        or _above(other, placed) + here.box.weight_g <= other.box.bears_g
        for other in placed
    )


def _above(lower: Placed, placed: Sequence[Placed]) -> int:
    return sum(other.box.weight_g for other in placed if _is_over(other, lower))


def _is_over(upper: Placed, lower: Placed) -> bool:
    return upper.at[2] >= lower.at[2] + lower.sides[2] and all(
        upper.at[n] < lower.at[n] + lower.sides[n] and lower.at[n] < upper.at[n] + upper.sides[n]
        for n in range(2)
    )


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
