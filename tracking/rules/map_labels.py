"""Where the words of a map stand, so that none lies on another or on a place.

Sizes are estimates on the large side: the page is drawn by fonts we do not know. Everything is
measured in the letters (em) of a narrow screen; a wide one draws them half as large, and a label's
box holds both drawings. The offsets are those of the template ``tracking/_map.html``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Side = Literal["right", "left", "above", "below"]
SIDES: tuple[Side, ...] = ("right", "left", "above", "below")
BESIDE = (0.5, 1.0)
"""From a place to the words beside it, on a wide and on a narrow screen."""
STACKED = (0.45, 2.2)
"""From a place to the near and the far edge of words above or below it, on both screens."""
HALF_LINE = 0.65
DOT, LARGE_DOT, MERGED = 0.42, 0.8, 0.6
"""Half the mark of a place, of a wanted one; how near two places are drawn as one."""
WIDE, NARROW = 1.05, 0.62
"""How wide a character is: an ideograph, anything else (semi-bold)."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Tell whether any of the two lies on the other."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: Box) -> bool:
        """Tell whether the other lies wholly inside."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with its words; those that are wanted (where it is, where it goes) are set first."""

    x: float
    y: float
    label: str
    is_wanted: bool = False


def label_width(label: str) -> float:
    """How wide words are, in letters (em)."""
    return sum(WIDE if unicodedata.east_asian_width(each) in "WF" else NARROW for each in label)


def label_box(spot: Spot, side: Side, *, letter: float) -> Box:
    """The room a label takes on that side of its place."""
    wide, half = label_width(spot.label) * letter, HALF_LINE * letter
    near, far = BESIDE[0] * letter, BESIDE[1] * letter + wide
    if side == "right":
        return Box(spot.x + near, spot.y - half, spot.x + far, spot.y + half)
    if side == "left":
        return Box(spot.x - far, spot.y - half, spot.x - near, spot.y + half)
    near, far = (each * letter for each in STACKED)
    if side == "above":
        return Box(spot.x - wide / 2, spot.y - far, spot.x + wide / 2, spot.y - near)
    return Box(spot.x - wide / 2, spot.y + near, spot.x + wide / 2, spot.y + far)


def dot_box(spot: Spot, *, letter: float) -> Box:
    """The room the mark of a place takes."""
    half = (LARGE_DOT if spot.is_wanted else DOT) * letter
    return Box(spot.x - half, spot.y - half, spot.x + half, spot.y + half)


def place_labels(
    spots: Sequence[Spot], *, frame: Box, letter: float
) -> tuple[Side | Literal[""], ...]:
    """A side for each spot's words, or "" where they fit nowhere; `letter` is the font's size.

    The last wanted spot comes first, then the other wanted, then the rest from both ends. No label
    lies on another; only a wanted one may lie on a mark. No name is written twice.
    """
    taken: list[Box] = []
    said: set[str] = set()
    sides: dict[int, Side] = {}
    for index in _by_weight(spots):
        spot = spots[index]
        if spot.label in said:
            continue
        foreign = [
            dot_box(other, letter=letter)
            for other in spots
            if max(abs(other.x - spot.x), abs(other.y - spot.y)) > MERGED * letter
        ]
        free = [
            (side, box)
            for side in _sides_for(spot, frame)
            if frame.holds(box := label_box(spot, side, letter=letter))
            and not any(box.overlaps(each) for each in taken)
        ]
        clear = [each for each in free if not any(each[1].overlaps(dot) for dot in foreign)]
        # Where it is and where it goes are named even where a crowd of marks leaves no clear side.
        chosen = (clear or free if spot.is_wanted else clear)[:1]
        for side, box in chosen:
            taken.append(box)
            said.add(spot.label)
            sides[index] = side
    return tuple(sides.get(index, "") for index in range(len(spots)))


def _by_weight(spots: Sequence[Spot]) -> list[int]:
    wanted = [index for index, spot in enumerate(spots) if spot.is_wanted]
    rest = [index for index, spot in enumerate(spots) if not spot.is_wanted]
    return [*reversed(wanted), *rest[:1], *reversed(rest[1:])]


def _sides_for(spot: Spot, frame: Box) -> tuple[Side, ...]:
    """Towards the middle first: near the right edge words stand on the left."""
    is_right = spot.x > frame.left + 0.6 * (frame.right - frame.left)
    return ("left", "right", "above", "below") if is_right else SIDES
