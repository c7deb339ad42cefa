"""The catalogues as the tests read them, and the placeholders of a sentence."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ("es", "zh_Hans")
PERCENT = re.compile(r"%\((\w+)\)([sd])")


@lru_cache(maxsize=4)
def catalogue(locale: str) -> Catalog:
    """The catalogue of one locale directory."""
    path = ROOT / "locale" / locale / "LC_MESSAGES" / "django.po"
    with path.open("rb") as handle:
        return read_po(handle, locale=locale, abort_invalid=True)


def texts(value: object) -> tuple[str, ...]:
    """One text, or singular and plural, as a tuple."""
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else (str(value or ""),)


def percent_names(text: str) -> list[tuple[str, str]]:
    """The `%(name)s` of a text with their conversions, sorted."""
    return sorted(PERCENT.findall(text))


def brace_names(text: str) -> list[str]:
    """The `{name}` of a text, sorted; [] where its braces are no template (`Send {…}.`)."""
    try:
        return sorted(name for _, name, _, _ in Formatter().parse(text) if name)
    except ValueError:
        return []


def placeholders(text: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Everything that is filled in."""
    return percent_names(text), brace_names(text)


def messages(locale: str) -> list[Message]:
    """Every message but the header."""
    return [message for message in catalogue(locale) if message.id]
