"""Both files are read whole before anything is sent, so that a bad one changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orders.files.faults import FileRefused, RejectedRow
from orders.files.orders import ParsedOrder, parse_orders
from orders.files.products import parse_products
from orders.files.reader import open_table


@dataclass(frozen=True, slots=True)
class OrderFile:
    """The external numbers of a file's readable orders, in its order, and its unreadable rows."""

    numbers: tuple[str, ...]
    unreadable_rows: int


def read_order_file(path: Path) -> OrderFile:
    """Read an order file; raise `FileRefused` or `OSError`."""
    numbers, unreadable = [], 0
    with path.open("rb") as file, open_table(file, path.name) as table:
        for entry in parse_orders(table):
            if isinstance(entry, RejectedRow):
                unreadable += 1
            elif isinstance(entry, ParsedOrder):
                numbers.append(entry.external_order)
    return OrderFile(tuple(numbers), unreadable)


def check_product_file(path: Path) -> int:
    """Read a product file to its end and return its rows; raise `FileRefused` or `OSError`."""
    with path.open("rb") as file, open_table(file, path.name) as table:
        return sum(1 for _ in parse_products(table))


__all__ = ["FileRefused", "OrderFile", "check_product_file", "read_order_file"]
