"""What lies on the packing table: which parcel each scan of a browser is for.

A browser numbers its scans. A scanned parcel code puts that parcel on the table from its number
on, so a batch that is sent again after a lost answer means the same parcels as the first time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

KEPT = 40
"""Selections remembered: a browser sends at most 20 scans that were not answered."""


@dataclass(frozen=True, slots=True)
class OnTable:
    """From scan `since` on, this parcel is on the table; an empty reference clears it."""

    since: int
    merchant_id: int
    reference: str


@dataclass(slots=True)
class Table:
    """The selections of one browser, oldest first."""

    selections: list[OnTable] = field(default_factory=list)

    @classmethod
    def restore(cls, kept: object) -> Table:
        """Read what `as_list` gave; anything else is an empty table."""
        rows = kept if isinstance(kept, list) else []
        return cls([OnTable(*row) for row in rows if isinstance(row, list) and len(row) == 3])

    def as_list(self) -> list[list[int | str]]:
        """Return plain data for the session."""
        return [[each.since, each.merchant_id, each.reference] for each in self.selections]

    def put(self, *, sequence: int, merchant_id: int, reference: str) -> None:
        """Put a parcel on the table with scan `sequence`. The same scan again changes nothing.

        A number below an unknown later one means the browser began to count anew.
        """
        if any(each.since == sequence and each.reference == reference for each in self.selections):
            return
        kept = [each for each in self.selections if each.since < sequence]
        self.selections = [*kept, OnTable(sequence, merchant_id, reference)][-KEPT:]

    def clear(self, *, sequence: int) -> None:
        """Take the parcel off the table with scan `sequence`."""
        self.put(sequence=sequence, merchant_id=0, reference="")

    def at(self, sequence: int) -> OnTable | None:
        """Return what was on the table when scan `sequence` was pressed."""
        before = [each for each in self.selections if each.since < sequence]
        return before[-1] if before and before[-1].reference else None

    @property
    def latest(self) -> OnTable | None:
        """Return the parcel that was put there last, also when it was cleared since."""
        named: Sequence[OnTable] = [each for each in self.selections if each.reference]
        return named[-1] if named else None
