"""The data elements of each document, from ``customs/data/data_elements.csv``.

A built document is plain data for JSON: header elements by name, and ``lines``, a list of the
elements that repeat. An element that the authority's list gives as one row but that holds several
values (``price total currency``) is a mapping with the row's ``parts``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from customs.rules.facts import read_rows

LINES = "lines"
_FROM = re.compile(r"M from (\d{4}-\d{2}-\d{2})")


class UnknownDocument(KeyError):
    """No data elements are held for this document. Permanent: a fault in the caller."""


@dataclass(frozen=True, slots=True)
class Part:
    """One value inside a composite element."""

    name: str
    format: str
    is_optional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One row: what is asked, where, in which format, and on whose word."""

    document: str
    name: str
    level: str
    obligation: str
    mandatory_from: date | None
    format: str
    parts: tuple[Part, ...]
    allowed: tuple[str, ...]
    repeats: bool
    rule: str
    basis: str

    def is_mandatory(self, on: date) -> bool:
        """Whether it must be given on that day."""
        if self.mandatory_from is not None:
            return on >= self.mandatory_from
        return self.obligation == "M"

    @property
    def is_forbidden(self) -> bool:
        """Whether the document has no place for it."""
        return self.obligation == "-"


def _part(text: str) -> Part:
    name, _, form = text.partition(":")
    return Part(name, form.removesuffix("?"), form.endswith("?"))


@lru_cache(maxsize=1)
def _all_elements() -> tuple[tuple[str, Element], ...]:
    found = []
    for row in read_rows("data_elements.csv"):
        # Rows without a level or with format "rule" describe the document; rules are in validate.
        if not row["level"] or row["format"] == "rule" or not row["obligation"]:
            continue
        later = _FROM.fullmatch(row["obligation"])
        element = Element(
            document=row["document"],
            name=row["element"],
            level=row["level"],
            obligation="C" if later else row["obligation"],
            mandatory_from=date.fromisoformat(later[1]) if later else None,
            format=row["format"],
            parts=tuple(_part(text) for text in row["parts"].split(";") if text),
            allowed=tuple(value for value in row["allowed"].split("|") if value),
            repeats=row["repeats"] == "yes",
            rule=row["condition_or_rule"],
            basis=row["basis"],
        )
        found.append((row["document"], element))
        if row["also_in"]:
            found.append((row["also_in"], element))
    return tuple(found)


@lru_cache(maxsize=64)
def elements(document: str) -> tuple[Element, ...]:
    """The elements of a document in the order of the file; raises UnknownDocument."""
    found = tuple(element for name, element in _all_elements() if name == document)
    if not found:
        raise UnknownDocument(document)
    return found


@lru_cache(maxsize=1)
def documents() -> tuple[str, ...]:
    """Every document data elements are held for."""
    return tuple(dict.fromkeys(name for name, _ in _all_elements()))
