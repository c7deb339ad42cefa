"""Goods on their way in: announced by a merchant in the dashboard, by API or by file."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import BinaryIO

from flows.inbound_papers import queue_inbound_label
from orders.files.cells import WRONG
from orders.files.faults import FileRefused, RejectedRow
from orders.files.inbounds import COLUMNS, FILE_LIMITS, ParsedInboundLine, parse_inbound
from orders.files.reader import open_table
from orders.models import Product
from warehouse.models import Inbound
from warehouse.services.inbounds import (
    InboundFacts,
    InboundPart,
    announce_inbound,
    change_inbound,
)

__all__ = [
    "FileRefused",
    "ReadLines",
    "announce",
    "change",
    "read_lines",
    "read_text",
    "said_lines",
]


TYPED_LINE = re.compile(
    r"(\S.*?)\s+(\d+)(?:\s+(?!\d{4}-\d\d-\d\d$)(\S+))?(?:\s+(\d{4}-\d\d-\d\d))?$"
)
"""SKU, pieces, and perhaps lot and expiry with blanks between them, as a person types them."""


class UnknownSkus(Exception):
    """No product of the merchant has these SKUs. Permanent until they are in its list."""

    def __init__(self, skus: Sequence[str]) -> None:
        super().__init__(f"No product has the SKU {', '.join(skus)}.")
        self.skus = tuple(skus)


@dataclass(frozen=True, slots=True)
class SaidLine:
    """One line as a merchant said it, by SKU."""

    sku: str
    quantity: int
    lot: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class ReadLines:
    """What a file or a text came to; with rejected rows nothing is announced."""

    lines: tuple[SaidLine, ...]
    rejected: tuple[RejectedRow, ...]


def announce(
    *, facts: InboundFacts, lines: Sequence[SaidLine], source: str, actor: str, now: datetime
) -> Inbound:
    """Announce an inbound in the active block and have its carton label made.

    Raises `UnknownSkus` and `SameLineTwice`.
    """
    inbound = announce_inbound(
        facts=facts, parts=_parts(lines), source=source, actor=actor, now=now
    )
    queue_inbound_label(inbound=inbound, now=now)
    return inbound


def change(
    *, inbound: Inbound, facts: InboundFacts, lines: Sequence[SaidLine], actor: str, now: datetime
) -> None:
    """Say an announced inbound anew; raises `TooLateForInbound`, `UnknownSkus`, `SameLineTwice`."""
    change_inbound(inbound_id=inbound.pk, facts=facts, parts=_parts(lines), actor=actor, now=now)
    queue_inbound_label(inbound=inbound, now=now)


def _parts(lines: Sequence[SaidLine]) -> list[InboundPart]:
    ids = _ids(line.sku for line in lines)
    unknown = [line.sku for line in lines if line.sku not in ids]
    if unknown:
        raise UnknownSkus(list(dict.fromkeys(unknown)))
    return [InboundPart(ids[line.sku], line.quantity, line.lot, line.expires_on) for line in lines]


def _ids(skus: Iterable[str]) -> dict[str, int]:
    return dict(Product.objects.filter(sku__in=set(skus)).values_list("sku", "id"))


def read_lines(file: BinaryIO, filename: str) -> ReadLines:
    """Read lines from a CSV or workbook, in the active block; raises `FileRefused`.

    A row whose SKU no product has is rejected, as one that cannot be read.
    """
    with open_table(file, filename, limits=FILE_LIMITS) as table:
        entries = list(parse_inbound(table))
        parsed = [entry for entry in entries if isinstance(entry, ParsedInboundLine)]
        ids = _ids(entry.sku for entry in parsed)
        rejected = [entry for entry in entries if isinstance(entry, RejectedRow)]
        rejected += [_no_product(entry) for entry in parsed if entry.sku not in ids]
    return ReadLines(
        tuple(SaidLine(entry.sku, entry.quantity, entry.lot, entry.expires_on) for entry in parsed),
        tuple(sorted(rejected, key=lambda row: row.row)),
    )


def read_text(text: str) -> ReadLines:
    """Read lines typed or pasted into a form: SKU, quantity, lot, expiry; raises `FileRefused`."""
    rows = "\n".join(map(_with_commas, text.strip().splitlines()))
    head = ",".join(COLUMNS)
    read = read_lines(io.BytesIO(f"{head}\n{rows}\n".encode()), "lines")
    return ReadLines(read.lines, tuple(map(_without_header, read.rejected)))


def _with_commas(line: str) -> str:
    """A line as the file would have it: cells of a spreadsheet, or typed with blanks between."""
    line = line.replace("\t", ",")
    if "," in line:
        return line
    if ";" in line:
        return line.replace(";", ",")
    typed = TYPED_LINE.match(line.strip())
    return ",".join(part or "" for part in typed.groups()) if typed else line


def _without_header(row: RejectedRow) -> RejectedRow:
    """Lines are counted as they were typed: the header is ours."""
    params = dict(row.params)
    if isinstance(other := params.get("other"), int):
        params["other"] = other - 1
    return replace(row, row=row.row - 1, params=params)


def said_lines(inbound: Inbound) -> str:
    """An inbound's lines as the form's text takes them."""
    rows = inbound.lines.select_related("product").order_by("id")
    return "\n".join(
        ", ".join(
            (
                row.product.sku,
                str(row.expected),
                row.lot,
                row.expires_on.isoformat() if row.expires_on else "",
            )
        ).rstrip(", ")
        for row in rows
    )


def _no_product(entry: ParsedInboundLine) -> RejectedRow:
    wrong, right = WRONG["no_product"]
    return RejectedRow(
        row=entry.row,
        column=COLUMNS[0],
        value=entry.sku[:200],
        fault_code="no_product",
        wrong_template=wrong,
        right_template=right,
        params={},
        cells=entry.cells,
    )
