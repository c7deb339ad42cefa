"""Columns of numbers as one run of text, which costs a tenth of a table's cells.

A line of text costs WeasyPrint about 0.3 ms, a positioned cell 0.7 ms and a table cell more. In
Noto Sans every digit is as wide as U+2007 FIGURE SPACE, and point and comma as wide as U+2008
PUNCTUATION SPACE, so numbers padded with these two stand exactly under each other.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

DIGIT_WIDE = "\u2007"
POINT_WIDE = "\u2008"
POINTS = ".,"


def pad(text: str, like: str) -> str:
    """Pad ``text`` on the left to the width of the sample ``like`` ("00,000.00").

    A longer text is not cut: it pushes the columns left of it, never the ones that follow.
    """
    points = sum(letter in POINTS for letter in text)
    sample_points = sum(letter in POINTS for letter in like)
    digits = len(like) - sample_points - (len(text) - points)
    return DIGIT_WIDE * digits + POINT_WIDE * (sample_points - points) + text


def run_of(*cells: tuple[str, str]) -> str:
    """Join (text, sample) cells into one right-aligned line, two digits' width between them."""
    return (DIGIT_WIDE * 2).join(pad(text, like) for text, like in cells)


def labelled(pairs: Iterable[tuple[str, str]], *, width: int = 32) -> tuple[str, str]:
    """Return (labels, values) as two texts whose lines stand beside each other.

    Pairs without a value are left out; a value longer than ``width`` Latin letters (a wide letter
    counts twice) continues on the next line.
    """
    labels: list[str] = []
    values: list[str] = []
    for label, value in pairs:
        lines = fold(value, width) if value else []
        values += lines
        labels += [label, *[""] * (len(lines) - 1)] if lines else []
    return "\n".join(labels), "\n".join(values)


def fold(text: str, width: int) -> list[str]:
    """Break a text into lines of at most ``width`` letters, at a space where there is one."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if _wide(joined) <= width:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if _wide(lines[-1] + letter) > width:
                lines.append("")
            lines[-1] += letter
    return lines


def _wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
