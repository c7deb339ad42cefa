"""Which known column layout a file has; columns are matched by name, in any order.

Names are compared without regard to case, spaces, hyphens, underscores and width, so that
``Order ID``, ``order-id`` and ``ORDER_ID`` are one column. The layouts are data
(``orders/data/layouts.json``); a new marketplace is a new entry there.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from orders.files.faults import FileRefused
from orders.files.forms import Forms

DATA = Path(__file__).resolve().parent.parent / "data"
WHY = "waybridge: "
"""What the columns begin with that a file of rejected rows has besides its own."""
ANY = "*"
PLAIN_FORMS = Forms()


@dataclass(frozen=True, slots=True)
class Skip:
    """Rows that are no open orders: ``field`` begins with one of ``values`` (folded; ``*`` means
    any). ``is_of_order``: the whole order is meant, not its row."""

    field: str
    values: tuple[str, ...]
    reason: str
    is_of_order: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """``fields``: our field → accepted header names in order of preference."""

    code: str
    kind: str
    title: str
    notes: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]
    required: frozenset[str]
    forms: Forms = PLAIN_FORMS
    skips: tuple[Skip, ...] = ()
    paid_when: tuple[str, tuple[str, ...]] = ("", ())
    has_summary_rows: bool = False
    products_cell: str = ""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """A layout laid over one file: our field → (cell index, header as written).

    ``constants`` fill fields that no column has. ``is_chosen``: by a person, not by the names.
    """

    layout: Layout
    columns: Mapping[str, tuple[int, str]]
    ignored: tuple[str, ...]
    constants: Mapping[str, str] = field(default_factory=dict)
    forms: Forms = PLAIN_FORMS
    is_chosen: bool = False

    def has(self, name: str) -> bool:
        """Whether the file or a constant tells this field."""
        return name in self.columns or name in self.constants


def fold(name: str) -> str:
    """The form in which header names are compared."""
    wide = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in wide if character.isalnum())


@cache
def _data() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = json.loads((DATA / "layouts.json").read_text(encoding="utf-8"))
    return loaded


@cache
def known_layouts(kind: str) -> tuple[Layout, ...]:
    """All layouts of ``kind`` (``"orders"`` or ``"products"``)."""
    entries = {entry["code"]: entry for entry in _data()["layouts"]}
    return tuple(
        _layout(_extended(entry, entries)) for entry in entries.values() if entry["kind"] == kind
    )


@cache
def layout_titles() -> Mapping[str, str]:
    """What the layouts are called, by their codes."""
    return {entry["code"]: entry["title"] for entry in _data()["layouts"]}


@cache
def footers() -> tuple[str, ...]:
    """How the lines begin that exports write below their rows, folded."""
    return tuple(fold(text) for text in _data()["footers"])


def _extended(entry: Mapping[str, Any], entries: Mapping[str, Any]) -> Mapping[str, Any]:
    """An entry with what it leaves to the one it extends; required fields stay required."""
    if "extends" not in entry:
        return entry
    base = entries[entry["extends"]]
    fields = {
        name: {**base["fields"].get(name, {}), **said} for name, said in entry["fields"].items()
    }
    return {**base, **entry, "fields": {**base["fields"], **fields}}


def _layout(entry: Mapping[str, Any]) -> Layout:
    fields: Mapping[str, Mapping[str, Any]] = entry["fields"]
    paid: Mapping[str, Any] = entry.get("paid_when", {"field": "", "values": ()})
    return Layout(
        code=entry["code"],
        kind=entry["kind"],
        title=entry["title"],
        notes=tuple(entry["notes"]),
        fields={name: tuple(each["names"]) for name, each in fields.items() if each["names"]},
        required=frozenset(name for name, each in fields.items() if each.get("required")),
        forms=Forms(
            numbers=entry.get("numbers", "point"),
            dates=entry.get("dates", ""),
            zone=entry.get("zone", "UTC"),
            dollar=entry.get("dollar", ""),
            yen=entry.get("yen", ""),
        ),
        skips=tuple(
            Skip(
                each["field"],
                tuple(value if value == ANY else fold(value) for value in each["values"]),
                each["reason"],
                each.get("level") == "order",
            )
            for each in entry.get("skips", ())
        ),
        paid_when=(paid["field"], tuple(fold(value) for value in paid["values"])),
        has_summary_rows=entry.get("summary_rows", False),
        products_cell=entry.get("products_cell", ""),
    )


def known_names(columns: Sequence[str]) -> int:
    """How many of the columns some layout knows: the measure of a header line."""
    names = _all_names()
    return sum(fold(column) in names for column in columns if column)


@cache
def _all_names() -> frozenset[str]:
    layouts = (*known_layouts("orders"), *known_layouts("products"))
    return frozenset(
        fold(name) for layout in layouts for names in layout.fields.values() for name in names
    )


def fingerprint(columns: Sequence[str]) -> str:
    """The SHA-256 of the header, by which the choices for such files are found again.

    The order of the columns counts; their spelling, and the columns that say why a row was
    rejected, do not.
    """
    own = [fold(column) for column in columns if not column.casefold().startswith(WHY)]
    return hashlib.sha256("\x1f".join(own).encode()).hexdigest()


def match_layout(columns: Sequence[str], *, kind: str, filename: str) -> ColumnMap:
    """The layout that fits best.

    Raises:
        FileRefused: ``columns_unknown``, ``columns_missing`` or ``columns_repeated``.
    """
    layouts = known_layouts(kind)
    places: dict[str, list[int]] = {}
    for index, column in enumerate(columns):
        if (folded := fold(column)) and not column.casefold().startswith(WHY):
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
        forms=best.forms,
    )


def _required_in_order(layout: Layout) -> list[str]:
    return [name for name in layout.fields if name in layout.required]


def _place(layout: Layout, places: Mapping[str, list[int]]) -> dict[str, int]:
    placed: dict[str, int] = {}
    for name, headers in layout.fields.items():
        for header in headers:
            if (folded := fold(header)) in places:
                placed[name] = places[folded][0]
                break
    return placed
