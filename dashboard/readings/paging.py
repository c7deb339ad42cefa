"""Keyset pages: the next page begins behind the last row shown, whatever was inserted meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet

from dashboard.screens.common import Pager

PAGE_ROWS = 25
EXPORT_ROWS = 500
SALT = "dashboard.cursor"
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Ordering:
    """How a list is ordered. `word` is the query's own ("-placed_at", "" for newest first)."""

    word: str = ""
    column: str = "id"
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """The rows of one page and the cursors of its neighbours."""

    rows: list[M]
    pager: Pager


def ordering(word: str, columns: Mapping[str, str]) -> Ordering:
    """The ordering a query asks for; one that is not offered is newest first."""
    name = word.removeprefix("-")
    if name not in columns:
        return Ordering()
    return Ordering(word=word, column=columns[name], descending=word.startswith("-"))


def read_page(rows: QuerySet[M], *, order: Ordering, cursor: str, size: int = PAGE_ROWS) -> Page[M]:
    """One page of `rows`; a cursor that is damaged or of another ordering is the first page."""
    backwards, after = _read_cursor(cursor, order)
    descending = order.descending != backwards
    if after is not None:
        rows = rows.filter(_beyond(order.column, after, descending=descending))
    found = list(rows.order_by(*_names(order.column, descending=descending))[: size + 1])
    has_more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    has_previous = has_more if backwards else after is not None
    has_next = True if backwards else has_more
    return Page(
        rows=found,
        pager=Pager(
            next_cursor=_write_cursor(order, found[-1], backwards=False)
            if found and has_next
            else None,
            previous_cursor=_write_cursor(order, found[0], backwards=True)
            if found and has_previous
            else None,
        ),
    )


def newest_first(rows: QuerySet[M], *, below: int | None, size: int = EXPORT_ROWS) -> list[M]:
    """The next `size` rows of an export, newest first, those with an id under `below`."""
    if below is not None:
        rows = rows.filter(pk__lt=below)
    return list(rows.order_by("-id")[:size])


def _names(column: str, *, descending: bool) -> tuple[str, ...]:
    """Equal values come newest first in the rising order, as the indexes (…, -id) hold them."""
    if column == "id":
        return ("-id",) if descending else ("id",)
    return (f"-{column}", "id") if descending else (column, "-id")


def _beyond(column: str, after: tuple[str, int], *, descending: bool) -> Q:
    value, last_id = after
    than, equal_than = ("lt", "gt") if descending else ("gt", "lt")
    if column == "id":
        return Q(**{f"id__{than}": last_id})
    # The first condition is implied by the second; it is what lets the index find the place.
    return Q(**{f"{column}__{than}e": value}) & (
        Q(**{f"{column}__{than}": value}) | Q(**{f"id__{equal_than}": last_id})
    )


def _write_cursor(order: Ordering, row: Model, *, backwards: bool) -> str:
    value: Any = row
    for name in order.column.split("__"):
        value = getattr(value, name)
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return signing.dumps([order.word, backwards, text, row.pk], salt=SALT, compress=True)


def _read_cursor(cursor: str, order: Ordering) -> tuple[bool, tuple[str, int] | None]:
    """Signed, so that its values are ours and a stranger's text never reaches a query."""
    if not cursor:
        return False, None
    try:
        word, backwards, value, last_id = signing.loads(cursor, salt=SALT)
    except signing.BadSignature:
        return False, None
    return (backwards, (value, last_id)) if word == order.word else (False, None)
