"""The seam where an order becomes two: allocation plans the parts, the splitter makes them.

`split_with` registers the function that splits. As long as none is, an order that only a pair of
warehouses could serve waits, and its explanation names the pair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SplitPart:
    """What one warehouse ships: units by order line of the parent."""

    warehouse_id: int
    lines: Mapping[int, int]


class Splitter(Protocol):
    """Splits an order by a plan, in the active block, which holds the order's row locked.

    Makes one accepted child order per part with its lines, moves the parent out of the way, and
    returns the children's ids in the order of the parts. It queues no allocation: stock is reserved
    for the children by the caller, in the same transaction.
    """

    def __call__(
        self, *, order_id: int, parts: Sequence[SplitPart], actor: str, now: datetime
    ) -> Sequence[int]:
        """Split."""


_splitter: Splitter | None = None


def split_with(splitter: Splitter | None) -> Splitter | None:
    """Register what splits orders; return what did before (None: nothing)."""
    global _splitter
    before, _splitter = _splitter, splitter
    return before


def splitter() -> Splitter | None:
    """What splits orders, if anything does."""
    return _splitter
