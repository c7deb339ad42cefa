"""The single values of a built document: told apart, named in words, and set by a person.

A path is the way to one value: element names and, in ``lines``, the line's place counted from 0, as
in ``("lines", 0, "goods_description")``.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from customs.rules.declarations.elements import LINES

Path = tuple[str | int, ...]

OURS = frozenset({"lrn", "预录入编号", "goods_item_number", "项号"})
"""Numbers that identify the declaration and its lines: they are given, not entered."""
LONGEST = 512
LONGEST_NUMBER = 15
_STEP = re.compile(r"[^.\[\]/]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a document as text; ``line`` counts from 1, 0 where it belongs to none.

    ``element`` is the data element's name and ``part`` the name inside a composite one, else "".
    """

    path: Path
    value: str

    @property
    def line(self) -> int:
        """The goods line it is about."""
        return int(self.path[1]) + 1 if self.path[0] == LINES else 0

    @property
    def element(self) -> str:
        """The data element."""
        return str(self.path[2] if self.path[0] == LINES else self.path[0])

    @property
    def part(self) -> str:
        """The part of a composite element."""
        depth = 3 if self.path[0] == LINES else 1
        return str(self.path[depth]) if len(self.path) > depth else ""

    @property
    def key(self) -> str:
        """A short name of the path for a form: ASCII, the same for the same path."""
        text = json.dumps(self.path, ensure_ascii=True)
        return "e-" + hashlib.sha256(text.encode()).hexdigest()[:16]


def entries_of(document: Mapping[str, Any]) -> list[Entry]:
    """Every value a person may set, in the document's order."""
    return list(_walk(document, ()))


def _walk(value: object, path: Path) -> Iterator[Entry]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in OURS:
                yield from _walk(inner, (*path, str(name)))
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            yield from _walk(inner, (*path, place))
    elif isinstance(value, str | int | float) or value is None:
        yield Entry(path, "" if value is None else str(value))


def set_entries(
    document: Mapping[str, Any], entries: Sequence[tuple[Path, str]]
) -> tuple[dict[str, Any], list[Path]]:
    """Return the document with these values, and the paths that it has no place for (any more).

    A number stays a number where the given text is one.
    """
    changed = copy.deepcopy(dict(document))
    homeless = []
    for path, text in entries:
        holder, last = _holder(changed, path), path[-1]
        if holder is None or isinstance(_get(holder, last), Mapping | list):
            homeless.append(path)
            continue
        before = _get(holder, last)
        is_number = type(before) is int and text.isascii() and text.isdigit()
        is_number = is_number and len(text) <= LONGEST_NUMBER
        holder[last] = int(text) if is_number else text
    return changed, homeless


def _holder(document: Any, path: Path) -> Any:
    for step in path[:-1]:
        document = _get(document, step)
    return document if _get(document, path[-1], missing=None) is not None else None


def _get(holder: Any, step: str | int, missing: Any = None) -> Any:
    """Return what is at a step: a blank value is "" and not nothing."""
    if isinstance(holder, Mapping) and step in holder:
        return "" if holder[step] is None else holder[step]
    if isinstance(holder, list) and isinstance(step, int) and step < len(holder):
        return "" if holder[step] is None else holder[step]
    return missing


def named_by(field: str, document: Mapping[str, Any]) -> Entry | None:
    """The value an authority's field path is about; None where it is about none of ours.

    Authorities write ``data.lines[0].hs_code``, ``lines/0/hs_code`` or the element alone.
    """
    steps = _STEP.findall(field)
    if steps and steps[0] == "data":
        steps = steps[1:]
    wanted = tuple(int(step) if step.isascii() and step.isdigit() else step for step in steps)
    if not wanted:
        return None
    found = entries_of(document)
    exact = (entry for entry in found if entry.path == wanted)
    inside = (entry for entry in found if entry.path[: len(wanted)] == wanted)
    by_name = (entry for entry in found if entry.element == wanted[-1])
    return next(exact, None) or next(inside, None) or next(by_name, None)


def as_rows(entries: Iterable[tuple[Path, str]]) -> list[dict[str, Any]]:
    """Plain data for a JSON column."""
    return [{"path": list(path), "value": value} for path, value in entries]


def from_rows(rows: Iterable[Mapping[str, Any]]) -> list[tuple[Path, str]]:
    """What ``as_rows`` made."""
    return [(tuple(row["path"]), str(row["value"])) for row in rows]
