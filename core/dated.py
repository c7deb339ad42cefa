"""Rows of a data file that are in force on a day.

Every fact file of the platform carries ``effective_from`` and ``effective_to`` (ISO days, both
inclusive; an empty ``effective_to`` means until further notice). Pure: the day is passed in.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

Row = TypeVar("Row")


class BadFactFile(ValueError):
    """A row of a data file cannot be read; the message names the file, the line and the fault."""


@dataclass(frozen=True, slots=True)
class Dated(Generic[Row]):
    """One row with the days on which it is in force."""

    row: Row
    effective_from: date
    effective_to: date | None

    def in_force(self, on: date) -> bool:
        """True on both end days as well."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


def read_dated(path: Path, make: Callable[[Mapping[str, str]], Row]) -> tuple[Dated[Row], ...]:
    """Read a fact file, one ``make(columns)`` per line; raises BadFactFile."""
    rows = []
    with path.open(encoding="utf-8", newline="") as file:
        for line, columns in enumerate(csv.DictReader(file), start=2):
            try:
                until = columns["effective_to"]
                rows.append(
                    Dated(
                        row=make(columns),
                        effective_from=date.fromisoformat(columns["effective_from"]),
                        effective_to=date.fromisoformat(until) if until else None,
                    )
                )
            except (KeyError, ValueError, ArithmeticError) as fault:
                raise BadFactFile(f"{path.name} line {line}: {fault!r}") from fault
    return tuple(rows)


def in_force(rows: Iterable[Dated[Row]], on: date) -> tuple[Row, ...]:
    """The rows in force on that day, in file order."""
    return tuple(dated.row for dated in rows if dated.in_force(on))
