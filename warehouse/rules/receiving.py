"""Receiving: what was announced against what came, and what a typed command at the dock means."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.sentences import Sentence, gettext_noop

Command = Literal["good", "damaged", "undo", "aside", "close", "reopen", "done", "again"]
COMMANDS: dict[str, Command] = {
    "GOOD": "good", "DAMAGED": "damaged", "UNDO": "undo", "ASIDE": "aside", "CLOSE": "close",
    "REOPEN": "reopen", "DONE": "done", "AGAIN": "again",
}  # fmt: skip
"""What stands behind ``WB:C:`` on a command's barcode, and what the station's buttons send."""
MOST_PIECES = 99_999
_QUANTITY = re.compile(r"[xX×*]?\s?([1-9][0-9]{0,4})")
_LOT = re.compile(r"(?i:lot)[ =:](.{1,40})")
_EXPIRY = re.compile(r"(?i:exp)[ =:](\d{4})-?(\d{2})-?(\d{2})")


@dataclass(frozen=True, slots=True)
class Said:
    """What was typed beside codes: pieces, a lot, the day goods expire; all empty for a code."""

    quantity: int = 0
    lot: str = ""
    expires_on: date | None = None


def too_many(pieces: int) -> Sentence | None:
    """Say that a code stands for more pieces than one scan can mean; None where it does not.

    A GS1 code has room for a hundred million: that is a code read wrongly, not goods.
    """
    if pieces <= MOST_PIECES:
        return None
    text = gettext_noop(
        "The code says {pieces} pieces, more than {most}: scan the product's own code and type how"
        " many."
    )
    return Sentence("too_many", text, {"pieces": str(pieces), "most": str(MOST_PIECES)})


def read_typed(raw: str) -> Said | None:
    """Read ``24`` or ``x24``, ``LOT A1`` and ``EXP 2027-01-31``; None for anything else."""
    text = raw.strip()
    if quantity := _QUANTITY.fullmatch(text):
        return Said(quantity=int(quantity[1]))
    if lot := _LOT.fullmatch(text):
        said = lot[1].strip()
        return Said(lot=said) if said.isprintable() and said else None
    if day := _EXPIRY.fullmatch(text):
        try:
            return Said(expires_on=date(int(day[1]), int(day[2]), int(day[3])))
        except ValueError:
            return None
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What a merchant said would come. Without a lot it stands for any lot of the product."""

    product_id: int
    expected: int
    lot: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What came of one lot of a product, by condition."""

    product_id: int
    good: int = 0
    damaged: int = 0
    lot: str = ""
    expires_on: date | None = None


@dataclass(slots=True, kw_only=True)
class Compared:
    """One row of the result: ``expected + over - short`` is always ``good + damaged``."""

    product_id: int
    lot: str = ""
    expires_on: date | None = None
    expected: int = 0
    good: int = 0
    damaged: int = 0

    @property
    def over(self) -> int:
        """Pieces beyond what was announced."""
        return max(0, self.good + self.damaged - self.expected)

    @property
    def short(self) -> int:
        """Announced pieces that did not come."""
        return max(0, self.expected - self.good - self.damaged)

    @property
    def differs(self) -> bool:
        """True where the merchant should look."""
        return bool(self.over or self.short or self.damaged)


def compare(announced: Sequence[Announced], arrived: Sequence[Arrived]) -> list[Compared]:
    """Lay what came over what was announced: a lot first on its own line, the rest on lines of
    the product without a lot; what no line fits stands on a row of its own, all of it over.
    """
    rows = [
        Compared(
            product_id=each.product_id, lot=each.lot, expires_on=each.expires_on,
            expected=each.expected,
        )
        for each in announced
    ]  # fmt: skip
    by_product: dict[int, list[Compared]] = defaultdict(list)
    for row in rows:
        by_product[row.product_id].append(row)
    surplus = []
    for came in arrived:
        pool = _Pool(came.good, came.damaged)
        lines = _fitting(came, by_product[came.product_id])
        for row in lines:
            pool.give(row, row.short)
        if pool.left:
            surplus.append((came, pool, lines))
    for came, pool, lines in surplus:
        # A line may have been filled by a lot of its own meanwhile; what is left then is over.
        if lines:
            pool.give(lines[0], pool.left)
        else:
            own = Compared(product_id=came.product_id, lot=came.lot, expires_on=came.expires_on)
            pool.give(own, pool.left)
            rows.append(own)
    return rows


@dataclass(slots=True)
class _Pool:
    good: int
    damaged: int

    @property
    def left(self) -> int:
        return self.good + self.damaged

    def give(self, row: Compared, most: int) -> None:
        """Give a row up to `most` pieces, good ones first."""
        good = min(self.good, most)
        damaged = min(self.damaged, most - good)
        row.good, row.damaged = row.good + good, row.damaged + damaged
        self.good, self.damaged = self.good - good, self.damaged - damaged


def _fitting(came: Arrived, rows: Iterable[Compared]) -> list[Compared]:
    """The lines a lot may count for, the closest first."""
    ranked = []
    for row in rows:
        if row.lot and row.lot.casefold() != came.lot.casefold():
            continue
        if row.expires_on is not None and row.expires_on != came.expires_on:
            continue
        ranked.append((-bool(row.lot) - (row.expires_on is not None), row))
    return [row for _rank, row in sorted(ranked, key=lambda pair: pair[0])]


def lot_of(product_lots: Iterable[tuple[str, date | None]]) -> tuple[str, date | None]:
    """The lot and expiry that goods without a readable lot have: the announced ones, when the
    product was announced in exactly one lot."""
    lots = set(product_lots)
    return next(iter(lots)) if len(lots) == 1 else ("", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What a whole inbound came to."""

    expected: int = 0
    good: int = 0
    damaged: int = 0
    over: int = 0
    short: int = 0
    differing: int = 0

    @property
    def has_differences(self) -> bool:
        return bool(self.over or self.short or self.damaged)


def totals(rows: Iterable[Compared]) -> Totals:
    """Add a result up; over and short are not set off against each other."""
    found = list(rows)
    return Totals(
        expected=sum(row.expected for row in found),
        good=sum(row.good for row in found),
        damaged=sum(row.damaged for row in found),
        over=sum(row.over for row in found),
        short=sum(row.short for row in found),
        differing=sum(row.differs for row in found),
    )
