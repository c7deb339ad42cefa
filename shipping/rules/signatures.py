"""A signature drawn on a screen: strokes of points, kept as data and drawn again on paper."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

WIDTH, HEIGHT = 1000, 400
"""The field's size in its own thousandths of a width; points outside are the edge's."""
MOST_STROKES, MOST_POINTS = 200, 4000
LEAST_LENGTH = 60
"""A dot is no signature: all strokes together are at least this long."""

Strokes = list[list[list[int]]]


class NoSignature(ValueError):
    """Nothing was drawn, or it is no list of strokes."""


def read_strokes(told: Any) -> Strokes:
    """Return strokes as lists of [x, y] inside the field; raise NoSignature."""
    if not isinstance(told, list) or not 0 < len(told) <= MOST_STROKES:
        raise NoSignature("no strokes")
    strokes = [_stroke(each) for each in told]
    if sum(map(len, strokes)) > MOST_POINTS:
        raise NoSignature("too many points")
    if sum(map(_length, strokes)) < LEAST_LENGTH:
        raise NoSignature("too short")
    return strokes


def path_of(strokes: Strokes) -> str:
    """The strokes as the ``d`` of an SVG path in a field of 1000 × 400."""
    return "".join(
        "M" + "L".join(f"{x} {y}" for x, y in stroke) for stroke in strokes if len(stroke) > 1
    )


def _stroke(told: Any) -> list[list[int]]:
    if not isinstance(told, list) or not told:
        raise NoSignature("an empty stroke")
    return [_point(each) for each in told]


def _point(told: Any) -> list[int]:
    is_pair = isinstance(told, list) and len(told) == 2
    if not is_pair or any(isinstance(n, bool) or not isinstance(n, int | float) for n in told):
        raise NoSignature("a point is two numbers")
    x, y = told
    if math.isnan(x) or math.isnan(y):
        raise NoSignature("a point is two numbers")
    return [round(min(max(x, 0), WIDTH)), round(min(max(y, 0), HEIGHT))]


def _length(stroke: list[list[int]]) -> int:
    return sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(stroke))
