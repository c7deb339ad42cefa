"""The basics of accessibility, read off a page in a browser: language, landmarks, headings, labels,
contrast. What it cannot see (order of reading, sense of the words) eyes have to.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

LEAST_CONTRAST, LEAST_CONTRAST_LARGE = 4.5, 3.0

SCRIPT = Path(__file__).with_name("basics.js").read_text(encoding="utf-8")


def faults_of(page: Page) -> list[str]:
    """What is wrong with the page that is open, one short line each; [] when nothing is."""
    found: list[str] = page.evaluate(SCRIPT, [LEAST_CONTRAST, LEAST_CONTRAST_LARGE])
    return found
