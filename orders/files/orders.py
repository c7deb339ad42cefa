"""From table rows to orders.

A row that cannot be read as an order line is rejected alone; the other rows of its order are
kept, and the order says so in ``unread_rows``. The checks then hold such an order (code ``value``,
reason ``line_missing``), because half of what a buyer paid for must not ship; uploading the
corrected row completes it.

Rows of one order may stand apart. A first pass over the spooled table notes where each order
ends, so that the second holds only orders that are still open.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from orders.files.cells import CellFault, Cells
from orders.files.faults import FileRefused, RejectedRow
from orders.files.layouts import ColumnMap, match_layout
from orders.files.reader import Row, Table

LARGEST_QUANTITY = 100_000
CENT = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """``unit_price`` is ``None`` where the file has no prices: the product's value then counts.

    ``external_line`` is the channel's line number, or ``SKU#n`` (n-th row of that SKU in the
    order) where the file has none, which stays the same when rows are sorted differently.
    """

    row: int
    external_line: str
    sku: str
    title: str
    quantity: int
    unit_price: Decimal | None


@dataclass(frozen=True, slots=True)
class ParsedOrder:
    """One order as the file has it: texts trimmed, instants in UTC, nothing corrected yet.

    ``currency`` is empty where the file has no prices. ``repeated_rows`` were identical to a row
    before them and left out; ``unread_rows`` were rejected.
    """

    external_order: str
    placed_at: dt.datetime | None
    paid_at: dt.datetime | None
    ship_by: dt.datetime | None
    currency: str
    shipping_price: Decimal | None
    recipient_name: str
    company: str
    street_lines: tuple[str, ...]
    city: str
    region: str
    postal_code: str
    country: str
    phone: str
    email: str
    recipient_id: str
    service_level: str
    note: str
    lines: tuple[ParsedLine, ...]
    repeated_rows: tuple[int, ...] = ()
    unread_rows: tuple[int, ...] = ()


HEADER_TEXTS = (
    "recipient_name",
    "company",
    "street_1",
    "street_2",
    "street_3",
    "city",
    "region",
    "postal_code",
    "country",
    "phone",
    "email",
    "recipient_id",
    "service_level",
    "note",
)
MUST_AGREE = ("country", "postal_code", "currency")


@dataclass(slots=True)
class _OpenOrder:
    """An order whose last row has not passed yet."""

    first_row: int
    texts: dict[str, str] = field(default_factory=dict)
    instants: dict[str, dt.datetime | None] = field(default_factory=dict)
    shipping_price: Decimal | None = None
    lines: dict[str, ParsedLine] = field(default_factory=dict)
    repeated: list[int] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)


def parse_orders(table: Table) -> Iterator[ParsedOrder | RejectedRow]:
    """Yield each order when its last row has passed, and each rejected row where it stands.

    Raises (on the first step, before anything is yielded):
        FileRefused: no rows, or the columns are not those of an order file.
    """
    mapping = match_layout(table.columns, kind="orders", filename=table.filename)
    if not table.row_count:
        raise FileRefused("no_rows", filename=table.filename)
    order_at = mapping.columns["external_order"][0]
    last_row = {_cell(row, order_at): row.number for row in table.rows()}
    open_orders: dict[str, _OpenOrder] = {}
    width = len(table.columns)
    for row in table.rows():
        cells = Cells(row, mapping)
        number = _cell(row, order_at)
        opened = open_orders.get(number) or _OpenOrder(first_row=row.number)
        try:
            cells.refuse_surplus("external_order", width)
            cells.text("external_order", required=True)
            open_orders[number] = opened
            _add_row(opened, cells, mapping)
        except CellFault as fault:
            opened.unread.append(row.number)
            if number and fault.code != "too_many_cells":
                open_orders[number] = opened
            yield cells.rejected(fault)
        if (
            last_row[number] == row.number
            and (done := open_orders.pop(number, None))
            and done.lines
        ):
            yield _closed(number, done)


def _cell(row: Row, index: int) -> str:
    return row.cells[index] if index < len(row.cells) else ""


def _add_row(opened: _OpenOrder, cells: Cells, mapping: ColumnMap) -> None:
    """Read the row completely before the order is touched, so that a fault leaves no half."""
    texts = {name: cells.text(name) for name in HEADER_TEXTS}
    instants = {name: cells.instant(name) for name in ("placed_at", "paid_at", "ship_by")}
    shipping_price = cells.money("shipping_price")
    texts["currency"] = cells.currency("currency")
    line = _line(opened, cells, mapping, texts["currency"] or opened.texts.get("currency", ""))
    for name in MUST_AGREE:
        expected = opened.texts.get(name, "")
        if expected and texts[name] and expected.casefold() != texts[name].casefold():
            raise CellFault(
                "order_differs",
                name,
                found=texts[name][:60],
                expected=expected[:60],
                other=opened.first_row,
            )
    known = opened.lines.get(line.external_line)
    if known:
        if (known.sku, known.quantity, known.unit_price) != (
            line.sku,
            line.quantity,
            line.unit_price,
        ):
            raise CellFault("line_differs", "external_line", other=known.row)
        opened.repeated.append(line.row)
        return
    for name, text in texts.items():
        if not opened.texts.get(name):
            opened.texts[name] = text
    for name, instant in instants.items():
        opened.instants[name] = opened.instants.get(name) or instant
    if shipping_price is not None:
        # Marketplaces write the shipping price per line; the order's is their sum.
        opened.shipping_price = (opened.shipping_price or Decimal(0)) + shipping_price
    opened.lines[line.external_line] = line


def _line(opened: _OpenOrder, cells: Cells, mapping: ColumnMap, currency: str) -> ParsedLine:
    sku = cells.text("sku", required=True)
    purchased = cells.number("quantity", lowest=1, limit=LARGEST_QUANTITY, code="not_a_count")
    quantity = purchased
    if "quantity_to_ship" in mapping.columns and cells.text("quantity_to_ship"):
        quantity = cells.number("quantity_to_ship", lowest=0, limit=purchased, code="not_a_count")
        if not quantity:
            raise CellFault("nothing_to_ship", "quantity_to_ship")
    unit_price = cells.money("unit_price") if "unit_price" in mapping.columns else None
    if unit_price is None and "line_price" in mapping.columns:
        line_price = cells.money("line_price")
        unit_price = None if line_price is None else (line_price / purchased).quantize(CENT)
    if unit_price is not None and not currency:
        raise CellFault("no_currency", "currency")
    external_line = cells.text("external_line")
    if not external_line:
        same = sum(1 for line in opened.lines.values() if line.sku == sku)
        external_line = f"{sku}#{same + 1}"
    return ParsedLine(
        row=cells.row.number,
        external_line=external_line,
        sku=sku,
        title=cells.text("title"),
        quantity=quantity,
        unit_price=unit_price,
    )


def _closed(number: str, opened: _OpenOrder) -> ParsedOrder:
    texts = dict(opened.texts)
    streets = tuple(s for n in ("street_1", "street_2", "street_3") if (s := texts.pop(n, "")))
    return ParsedOrder(
        external_order=number,
        placed_at=opened.instants.get("placed_at"),
        paid_at=opened.instants.get("paid_at"),
        ship_by=opened.instants.get("ship_by"),
        shipping_price=opened.shipping_price,
        street_lines=streets,
        lines=tuple(opened.lines.values()),
        repeated_rows=tuple(opened.repeated),
        unread_rows=tuple(opened.unread),
        **texts,
    )
