"""The file of rejected rows, to be corrected and uploaded again.

It has the columns of the uploaded file and, behind them, four that say why a row stands in it.
These are ignored when the file is uploaded again.
"""

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

from orders.files.faults import RejectedRow
from orders.files.layouts import WHY

WHY_COLUMNS = tuple(f"{WHY}{name}" for name in ("row", "column", "found", "wrong", "right"))
# A spreadsheet program computes cells that begin so; an apostrophe makes them text.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def header_line(columns: Sequence[str]) -> list[str]:
    """The header: the file's own columns, then why."""
    return [*map(safe_cell, columns), *WHY_COLUMNS]


def row_line(
    columns: Sequence[str],
    cells: Sequence[str],
    why: tuple[int, str, str, str, str],
) -> list[str]:
    """One row under that header; `why` is row, column, found, wrong and right."""
    own = [*cells[: len(columns)], *[""] * (len(columns) - len(cells))]
    number, *words = why
    return [*map(safe_cell, own), str(number), *map(safe_cell, words)]


def write_rejected(columns: Sequence[str], rows: Iterable[RejectedRow], file: TextIO) -> int:
    """Write the rows as CSV and return their number.

    Open ``file`` with ``newline=""`` and ``encoding="utf-8-sig"``, so that spreadsheet programs
    show every script.
    """
    writer = csv.writer(file)
    writer.writerow(header_line(columns))
    count = 0
    for row in rows:
        count += 1
        why = (row.row, row.column, row.value, row.wrong, row.right)
        writer.writerow(row_line(columns, row.cells, why))
    return count


def safe_cell(value: str) -> str:
    """The value, made text where a spreadsheet program would compute it."""
    return f"'{value}" if value.startswith(DANGEROUS) else value
