"""The file of rejected rows, to be corrected and uploaded again."""

import csv
from collections.abc import Iterable
from typing import TextIO

from orders.files.faults import RejectedRow

COLUMNS = ("row", "column", "value", "wrong", "right")
# A spreadsheet program computes cells that begin so; an apostrophe makes them text.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_rejected(rows: Iterable[RejectedRow], file: TextIO) -> int:
    """Write the rows as CSV and return their number.

    Open ``file`` with ``newline=""`` and ``encoding="utf-8-sig"``, so that spreadsheet programs
    show every script.
    """
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    count = 0
    for row in rows:
        count += 1
        writer.writerow(
            (row.row, safe_cell(row.column), safe_cell(row.value), row.wrong, row.right)
        )
    return count


def safe_cell(value: str) -> str:
    """The value, made text where a spreadsheet program would compute it."""
    return f"'{value}" if value.startswith(DANGEROUS) else value
