"""Rows that are no open orders, and lines that are no rows at all."""

from collections.abc import Iterator
from functools import lru_cache
from typing import TypeVar

from orders.files.cells import Cells
from orders.files.faults import SkippedRows
from orders.files.layouts import ANY, ColumnMap, fold, footers
from orders.files.reader import Row

WIDEST_FOOTER = 6
MOST_TOGETHER = 5_000
DIGITS = "0123456789"
T = TypeVar("T")
_folded = lru_cache(maxsize=4096)(fold)


def is_footer(row: Row) -> bool:
    """Whether an export wrote this line below its rows (``51, record(s) downloaded``)."""
    if len(row.cells) > WIDEST_FOOTER:
        return False
    starts = footers()
    return any(fold(cell).lstrip(DIGITS).startswith(starts) for cell in row.cells[:3] if cell)


class RowSkips:
    """The layout's reasons to leave rows out, for the columns that a file has.

    ``is_of_order`` says of the reason given last whether it is that of the whole order.
    """

    def __init__(self, mapping: ColumnMap) -> None:
        self._skips = [each for each in mapping.layout.skips if each.field in mapping.columns]
        self._paid_field, self._paid_values = mapping.layout.paid_when
        self.is_of_order = False

    def of_row(self, cells: Cells, of_order: str) -> str:
        """Why the row is left out, or an empty text; `of_order` is why its order is."""
        self.is_of_order = bool(of_order)
        if of_order:
            return of_order
        for skip in self._skips:
            value = _folded(cells.raw(skip.field))
            if value and any(each == ANY or value.startswith(each) for each in skip.values):
                self.is_of_order = skip.is_of_order
                return skip.reason
        return ""

    def is_paid(self, cells: Cells) -> bool:
        """Whether the order's state says that it is paid."""
        return bool(self._paid_field) and _folded(cells.raw(self._paid_field)) in self._paid_values


def gathered(entries: Iterator[T]) -> Iterator[T | SkippedRows]:
    """The entries, with rows left out one after the other for one reason told together."""
    pending: SkippedRows | None = None
    for entry in entries:
        if not isinstance(entry, SkippedRows):
            if pending:
                yield pending
                pending = None
            yield entry
        elif pending and pending.reason == entry.reason and pending.rows < MOST_TOGETHER:
            pending = SkippedRows(pending.rows + entry.rows, entry.reason)
        else:
            if pending:
                yield pending
            pending = entry
    if pending:
        yield pending
