"""Which known column layout a file has; columns are matched by name, in any order.

Names are compared without regard to case, spaces, hyphens, underscores and width, so that
``Order ID``, ``order-id`` and ``ORDER_ID`` are one column. The layouts are data
(``orders/data/layouts.json``); a new marketplace is a new entry there.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from orders.files.faults import FileRefused

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True, slots=True)
class Layout:
    """``fields``: our field → accepted header names in order of preference."""

    code: str
    kind: str
    title: str
    notes: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]
    required: frozenset[str]


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """A layout laid over one file: our field → (cell index, header as written)."""

    layout: Layout
    columns: Mapping[str, tuple[int, str]]
    ignored: tuple[str, ...]


def fold(name: str) -> str:
    """The form in which header names are compared."""
    wide = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in wide if character.isalnum())


@cache
def known_layouts(kind: str) -> tuple[Layout, ...]:
    """All layouts of ``kind`` (``"orders"`` or ``"products"``)."""
    entries = json.loads((DATA / "layouts.json").read_text(encoding="utf-8"))["layouts"]
    return tuple(_layout(entry) for entry in entries if entry["kind"] == kind)


def _layout(entry: Mapping[str, Any]) -> Layout:
    fields: Mapping[str, Mapping[str, Any]] = entry["fields"]
    return Layout(
        code=entry["code"],
        kind=entry["kind"],
        title=entry["title"],
        notes=tuple(entry["notes"]),
        fields={name: tuple(field["names"]) for name, field in fields.items()},
        required=frozenset(name for name, field in fields.items() if field.get("required")),
    )


def match_layout(columns: Sequence[str], *, kind: str, filename: str) -> ColumnMap:
    """The layout that fits best.

    Raises:
        FileRefused: ``columns_unknown``, ``columns_missing`` or ``columns_repeated``.
    """
    layouts = known_layouts(kind)
    places: dict[str, list[int]] = {}
    for index, column in enumerate(columns):
        if folded := fold(column):
            places.setdefault(folded, []).append(index)
    found = {layout.code: _place(layout, places) for layout in layouts}
    best = max(
        layouts,
        key=lambda layout: (
            layout.required <= found[layout.code].keys(),
            len(layout.required & found[layout.code].keys()) / len(layout.required),
            len(found[layout.code]),
        ),
    )
    chosen = found[best.code]
    if not chosen:
        expected = ", ".join(layouts[0].fields[name][0] for name in _required_in_order(layouts[0]))
        raise FileRefused("columns_unknown", filename=filename, expected=expected)
    missing = [best.fields[name][0] for name in _required_in_order(best) if name not in chosen]
    if missing:
        raise FileRefused(
            "columns_missing", filename=filename, layout=best.title, missing=", ".join(missing)
        )
    used = {places[fold(columns[index])][0] for index in chosen.values()}
    for index in used:
        if len(places[fold(columns[index])]) > 1:
            raise FileRefused("columns_repeated", filename=filename, column=columns[index])
    return ColumnMap(
        layout=best,
        columns={name: (index, columns[index]) for name, index in chosen.items()},
        ignored=tuple(c for i, c in enumerate(columns) if c and i not in used),
    )


def _required_in_order(layout: Layout) -> list[str]:
    return [name for name in layout.fields if name in layout.required]


def _place(layout: Layout, places: Mapping[str, list[int]]) -> dict[str, int]:
    placed: dict[str, int] = {}
    for field, names in layout.fields.items():
        for name in names:
            if (folded := fold(name)) in places:
                placed[field] = places[folded][0]
                break
    return placed
