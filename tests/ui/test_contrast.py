"""Text is readable in both colour schemes (WCAG AA: 4.5 to 1; marks and field borders 3 to 1)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

TEXT = [
    ("ink", "paper"), ("ink", "ground"), ("ink-2", "paper"), ("ink-2", "ground"),
    ("ink-2", "sunken"), ("ink-3", "paper"), ("ink-3", "ground"), ("accent", "paper"),
    ("accent", "ground"), ("accent-strong", "accent-soft"), ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"), ("act", "paper"), ("act", "act-soft"), ("bad", "paper"),
    ("bad", "bad-soft"), ("good", "paper"), ("good", "good-soft"), ("ink", "act-soft"),
    ("ink-2", "act-soft"), ("ink", "bad-soft"), ("accent", "accent-soft"), ("ink-2", "accent-soft"),
]  # fmt: skip
MARKS = [("line-strong", "paper"), ("accent", "paper"), ("bad", "paper")]


def tokens(scheme: int) -> dict[str, str]:
    sheet = Path(str(finders.find("waybridge/waybridge.css"))).read_text()
    pairs = re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", sheet)
    return {name: (light, dark)[scheme] for name, light, dark in pairs}


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    shares = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), TEXT)
def test_text_stands_out(front: str, back: str, scheme: int) -> None:
    colours = tokens(scheme)
    assert contrast(colours[front], colours[back]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), MARKS)
def test_marks_stand_out(front: str, back: str, scheme: int) -> None:
    colours = tokens(scheme)
    assert contrast(colours[front], colours[back]) >= 3
