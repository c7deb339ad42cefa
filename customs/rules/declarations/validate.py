"""A built document against its data elements: obligations and formats.

Sums and other rules between elements are in ``sums``. Every fault names its element and remedy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from core.sentences import gettext_noop
from customs.rules.declarations.elements import LINES, Element, elements
from customs.rules.declarations.formats import fits
from customs.rules.declarations.sums import check_rules
from customs.rules.problems import Problem, problem


def is_blank(value: object) -> bool:
    """Whether nothing was given: no value, blank text, or a mapping of nothing but blanks."""
    if isinstance(value, Mapping):
        return all(is_blank(part) for part in value.values())
    if isinstance(value, list | tuple):
        return all(is_blank(part) for part in value)
    return value is None or (isinstance(value, str) and not value.strip())


def validate(dataset: str, data: Mapping[str, Any], *, on: date) -> list[Problem]:
    """Everything wrong with ``data`` as this document on that day; empty when it can be lodged.

    Raises UnknownDocument for a data set without elements.
    """
    rows = elements(dataset)
    header = [row for row in rows if not row.repeats]
    repeated = [row for row in rows if row.repeats]
    lines = data.get(LINES)
    found: list[Problem] = []
    for row in header:
        found.extend(_check(row, data.get(row.name), line=0, on=on))
    if repeated and not (isinstance(lines, list) and lines):
        found.append(
            problem(
                LINES,
                level="line",
                line=0,
                code="lines_missing",
                fault=gettext_noop("there are no goods"),
                remedy=gettext_noop("give at least one line"),
            )
        )
        return found
    for number, entry in enumerate(lines or [], start=1):
        for row in _for_line(repeated, data):
            value = entry.get(row.name) if isinstance(entry, Mapping) else None
            found.extend(_check(row, value, line=number, on=on))
    # Sums of values that are missing or malformed would only repeat the faults above.
    return found or list(check_rules(dataset, data, on=on))


def _for_line(rows: list[Element], data: Mapping[str, Any]) -> Iterator[Element]:
    """In a pilot zone the Chinese list takes the first four or six digits of the goods code."""
    simplified = data.get("simplified_classification 综试区") == "yes"
    for row in rows:
        if simplified and row.name == "gcode 商品编码":
            yield replace(row, format="n4..10")
        else:
            yield row


def _check(row: Element, value: object, *, line: int, on: date) -> Iterator[Problem]:
    if is_blank(value):
        if row.is_mandatory(on):
            yield _missing(row, row.name, line)
        return
    if row.is_forbidden:
        yield problem(
            row.name,
            level=row.level,
            line=line,
            code="element_not_allowed",
            fault=gettext_noop("{document} has no place for it"),
            remedy=gettext_noop("leave it out"),
            document=row.document,
        )
        return
    if row.parts:
        yield from _check_parts(row, value, line)
        return
    if row.allowed and str(value) not in row.allowed:
        yield _wrong(row, row.name, line, " / ".join(row.allowed))
    elif not fits(row.format, value):
        yield _wrong(row, row.name, line, row.format)


def _check_parts(row: Element, value: object, line: int) -> Iterator[Problem]:
    given = value if isinstance(value, Mapping) else {}
    for part in row.parts:
        name, found = f"{row.name}.{part.name}", given.get(part.name)
        if is_blank(found):
            if not part.is_optional:
                yield _missing(row, name, line)
        elif not fits(part.format, found):
            yield _wrong(row, name, line, part.format)


def _missing(row: Element, name: str, line: int) -> Problem:
    return problem(
        name,
        level=row.level,
        line=line,
        code="element_missing",
        fault=gettext_noop("it is mandatory in {document} and missing"),
        remedy=gettext_noop("give it as: {form}"),
        document=row.document,
        form=row.format or "text",
    )


def _wrong(row: Element, name: str, line: int, form: str) -> Problem:
    return problem(
        name,
        level=row.level,
        line=line,
        code="element_format",
        fault=gettext_noop("its format is wrong for {document}"),
        remedy=gettext_noop("give it as: {form}"),
        document=row.document,
        form=form or "text",
    )
