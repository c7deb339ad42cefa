"""From table rows to what a merchant sends to a warehouse: SKU, quantity, lot, expiry."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from orders.files.cells import CellFault, Cells
from orders.files.faults import FileRefused, RejectedRow
from orders.files.layouts import match_layout
from orders.files.limits import Limits
from orders.files.reader import Table

COLUMNS = ("sku", "quantity", "lot", "expires_on")
MOST_LINES = 2000
LARGEST_QUANTITY = 1_000_000
LONGEST_LOT = 40
FILE_LIMITS = Limits(max_bytes=5_000_000, max_rows=MOST_LINES, max_unpacked_bytes=60_000_000)


@dataclass(frozen=True, slots=True)
class ParsedInboundLine:
    """So many pieces of a SKU; a lot and an expiry where the row names them."""

    row: int
    sku: str
    quantity: int
    lot: str
    expires_on: date | None
    cells: tuple[str, ...]


def parse_inbound(table: Table) -> Iterator[ParsedInboundLine | RejectedRow]:
    """Yield each line, or the rejected row, in file order.

    Raises (on the first step):
        FileRefused: no rows, or the columns are not those of such a list.
    """
    mapping = match_layout(table.columns, kind="inbounds", filename=table.filename)
    if not table.row_count:
        raise FileRefused("no_rows", filename=table.filename)
    seen: dict[tuple[str, str, date | None], int] = {}
    for row in table.rows():
        cells = Cells(row, mapping)
        try:
            cells.refuse_surplus("sku", len(table.columns))
            line = ParsedInboundLine(
                row=row.number,
                sku=cells.text("sku", required=True),
                quantity=cells.number(
                    "quantity", lowest=1, limit=LARGEST_QUANTITY, code="not_a_count"
                ),
                lot=_lot(cells),
                expires_on=_day(cells),
                cells=row.cells,
            )
            key = (line.sku, line.lot, line.expires_on)
            if key in seen:
                raise CellFault("same_lot", "sku", other=seen[key])
        except CellFault as fault:
            yield cells.rejected(fault)
            continue
        seen[key] = row.number
        yield line


def _lot(cells: Cells) -> str:
    lot = cells.text("lot")
    if len(lot) > LONGEST_LOT:
        raise CellFault("too_long", "lot", length=len(lot), limit=LONGEST_LOT)
    return lot


def _day(cells: Cells) -> date | None:
    text = cells.text("expires_on")
    if not text:
        return None
    try:
        # Years first only: an expiry read with day and month exchanged would sell what is spoilt.
        if text[10:11] not in ("", "T", " "):
            raise ValueError(text)
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise CellFault("not_a_day", "expires_on") from error
