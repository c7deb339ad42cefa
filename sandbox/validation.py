"""A small language of rules for JSON bodies, and the one walk that holds a body against them.

A body is read with `read_json`, which keeps decimals exact, so that "at most three decimals"
can be judged without a binary float in between.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

Path = tuple[str | int, ...]


class NotJson(ValueError):
    """The body is not a JSON document."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: where (`path`), which kind (`code`), in words (`message`)."""

    path: Path
    code: str
    message: str

    @property
    def pointer(self) -> str:
        """`#/content/packages/0/weight`."""
        return "#" + "".join(f"/{part}" for part in self.path)

    @property
    def field(self) -> str:
        """`content.packages[0].weight`."""
        text = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in self.path)
        return text.removeprefix(".")


def _refuse_constant(name: str) -> Any:
    raise NotJson(f"{name} is not a JSON number")


def read_json(raw: bytes) -> Any:
    """Parse `raw`, numbers with a point as Decimal. Raises NotJson."""
    try:
        document = json.loads(raw, parse_float=Decimal, parse_constant=_refuse_constant)
        if b"\\ud" in raw.lower():
            # Half a surrogate pair is no character and could not be stored or printed.
            str(document).encode()
        return document
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error)) from error


class Rule:
    """What a value has to be. Subclasses yield the problems of one value."""

    kind: ClassVar[str] = "value"

    def check(self, value: Any, path: Path) -> Iterator[Problem]:
        """Yield every problem of `value` found at `path`."""
        raise NotImplementedError


def _wrong_type(path: Path, expected: str, value: Any) -> Problem:
    found = {
        str: "String", bool: "Boolean", int: "Integer", Decimal: "Number",
        list: "Array", dict: "Object", type(None): "Null",
    }.get(type(value), "Unknown")  # fmt: skip
    return Problem(path, "wrong_type", f"expected type: {expected}, found: {found}")


@dataclass(frozen=True, slots=True)
class Text(Rule):
    """A string: length bounds in characters, allowed values, a pattern searched for, a date."""

    least: int = 0
    most: int | None = None
    values: frozenset[str] = frozenset()
    pattern: str = ""
    date: bool = False

    def check(self, value: Any, path: Path) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield _wrong_type(path, "String", value)
            return
        size = len(value)
        if size < self.least:
            yield Problem(path, "too_short", f"expected minLength: {self.least}, actual: {size}")
        if self.most is not None and size > self.most:
            yield Problem(path, "too_long", f"expected maxLength: {self.most}, actual: {size}")
        if self.values and value not in self.values:
            yield Problem(path, "not_allowed", f"{value} is not a valid enum value")
        if self.pattern and not re.search(self.pattern, value):
            text = f"string [{value}] does not match pattern {self.pattern}"
            yield Problem(path, "pattern", text)
        if self.date and not _is_date(value):
            yield Problem(path, "not_a_date", f"[{value}] is not a valid date. Expected yyyy-MM-dd")


def _is_date(value: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return False
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Number(Rule):
    """A number within bounds, at most `decimals` after the point, optionally from a set."""

    least: Decimal | int | None = None
    most: int | None = None
    decimals: int | None = None
    whole: bool = False
    values: frozenset[int] = frozenset()
    as_text: bool = False
    """Whether money written as a string ("12.50") is read as well."""

    def check(self, value: Any, path: Path) -> Iterator[Problem]:
        if self.as_text and isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
            value = Decimal(value)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            yield _wrong_type(path, "Integer" if self.whole else "Number", value)
            return
        if isinstance(value, Decimal) and value and value.adjusted() > 30:
            # Such a number would cost memory to compare digit by digit.
            yield Problem(path, "too_large", f"{value} is too large")
            return
        if self.whole and value != int(value):
            yield _wrong_type(path, "Integer", value)
        if self.least is not None and value < self.least:
            yield Problem(path, "too_small", f"{value} is not greater or equal to {self.least}")
        if self.most is not None and value > self.most:
            yield Problem(path, "too_large", f"{value} is not less or equal to {self.most}")
        if self.decimals is not None and value % Decimal(1).scaleb(-self.decimals):
            step = Decimal(1).scaleb(-self.decimals)
            yield Problem(path, "too_fine", f"{value} is not a multiple of {step}")
        if self.values and value not in self.values:
            yield Problem(path, "not_allowed", f"{value} is not a valid enum value")


@dataclass(frozen=True, slots=True)
class Flag(Rule):
    """true or false."""

    def check(self, value: Any, path: Path) -> Iterator[Problem]:
        if not isinstance(value, bool):
            yield _wrong_type(path, "Boolean", value)


@dataclass(frozen=True, slots=True)
class Many(Rule):
    """An array of `of`, between `least` and `most` long, optionally without doubles."""

    of: Rule
    least: int = 0
    most: int | None = None
    unique: bool = False

    def check(self, value: Any, path: Path) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield _wrong_type(path, "JSONArray", value)
            return
        size = len(value)
        if size < self.least:
            text = f"expected minimum item count: {self.least}, found: {size}"
            yield Problem(path, "too_few", text)
        if self.most is not None and size > self.most:
            text = f"expected maximum item count: {self.most}, found: {size}"
            yield Problem(path, "too_many", text)
        if self.unique and any(item in value[:n] for n, item in enumerate(value)):
            yield Problem(path, "doubles", "array items are not unique")
        for number, item in enumerate(value):
            yield from self.of.check(item, (*path, number))


@dataclass(frozen=True, slots=True)
class Shape(Rule):
    """An object: which keys must be there, which may, and whether others may."""

    needs: Mapping[str, Rule] = field(default_factory=dict)
    may: Mapping[str, Rule] = field(default_factory=dict)
    least: int = 0
    most: int | None = None
    open: bool = False
    exactly_one_of: tuple[str, ...] = ()

    def check(self, value: Any, path: Path) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield _wrong_type(path, "JSONObject", value)
            return
        if len(value) < self.least:
            text = f"minimum size: [{self.least}], found: [{len(value)}]"
            yield Problem(path, "too_few", text)
        if self.most is not None and len(value) > self.most:
            text = f"maximum size: [{self.most}], found: [{len(value)}]"
            yield Problem(path, "too_many", text)
        for key in self.needs.keys() - value.keys():
            yield Problem((*path, key), "required", f"required key [{key}] not found")
        if self.exactly_one_of and sum(key in value for key in self.exactly_one_of) != 1:
            names = ", ".join(self.exactly_one_of)
            yield Problem(path, "one_of", f"exactly one of [{names}] is required")
        for key, item in value.items():
            rule = self.needs.get(key) or self.may.get(key)
            if rule is not None:
                yield from rule.check(item, (*path, key))
            elif not self.open:
                text = f"extraneous key [{key}] is not permitted"
                yield Problem((*path, key), "unknown", text)


def choice(values: str) -> Text:
    """A string out of `values`, given as one blank-separated line."""
    return Text(values=frozenset(values.split()))
