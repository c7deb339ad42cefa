"""From table rows to orders.

A row that cannot be read as an order line is rejected alone; the other rows of its order are
kept, and the order says so in ``unread_rows``. The checks then hold such an order (code ``value``,
reason ``line_missing``), because half of what a buyer paid for must not ship. The file of rejected
rows holds the order's sound rows, too, so that the corrected file has the order whole.

Rows of one order may stand apart. A first pass over the spooled table notes where each order
ends and how the file writes dates and amounts, so that the second holds only orders that are
still open.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from orders.files.cells import CellFault, Cells
from orders.files.choices import Choice, apply_choice
from orders.files.faults import FileRefused, KeptRow, RejectedRow, SkippedRows
from orders.files.forms import Evidence
from orders.files.layouts import ColumnMap, match_layout
from orders.files.lines import LARGEST_QUANTITY, ParsedLine, read_lines
from orders.files.reader import Row, Table
from orders.files.skipping import RowSkips, gathered, is_footer

__all__ = ["LARGEST_QUANTITY", "Entry", "ParsedLine", "ParsedOrder", "parse_orders"]


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


Entry = ParsedOrder | RejectedRow | SkippedRows | KeptRow
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
    "phone_2",
    "email",
    "recipient_id",
    "service_level",
    "note",
)
INSTANTS = ("placed_at", "paid_at", "ship_by")
MONEY = ("unit_price", "line_price", "shipping_price", "products_total")
MUST_AGREE = ("country", "postal_code", "currency")


@dataclass(frozen=True, slots=True)
class Prepared:
    """The first pass: the columns with the file's own forms, and each order's last row."""

    mapping: ColumnMap
    last_row: dict[str, int]


@dataclass(slots=True)
class _OpenOrder:
    """An order whose last row has not passed yet."""

    first_row: int
    texts: dict[str, str] = field(default_factory=dict)
    instants: dict[str, dt.datetime | None] = field(default_factory=dict)
    shipping_price: Decimal | None = None
    lines: dict[str, ParsedLine] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    repeated: list[int] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    summary: Cells | None = None
    skip: str = ""


def prepare_orders(table: Table, choice: Choice | None = None) -> Prepared:
    """Lay the columns out and look through the file once.

    Raises:
        FileRefused: no rows, the columns are not those of an order file, or half of the dates
            may be read in two ways.
    """
    if choice is None:
        mapping = match_layout(table.columns, kind="orders", filename=table.filename)
    else:
        mapping = apply_choice(choice, table.columns, table.filename)
    if not table.row_count:
        raise FileRefused("no_rows", filename=table.filename)
    order_at = mapping.columns["external_order"][0]
    dates, money = (
        [mapping.columns[name][0] for name in names if name in mapping.columns]
        for names in (INSTANTS, MONEY)
    )
    evidence = Evidence()
    last_row: dict[str, int] = {}
    for row in table.rows():
        if is_footer(row):
            continue
        last_row[_cell(row, order_at)] = row.number
        evidence.add_money(_cell(row, place) for place in money)
        evidence.add_dates(_cell(row, place) for place in dates)
    if evidence.is_date_order_open and evidence.example and not mapping.forms.dates:
        raise FileRefused("dates_ambiguous", filename=table.filename, example=evidence.example[:40])
    return Prepared(replace(mapping, forms=evidence.applied(mapping.forms)), last_row)


def parse_orders(table: Table, prepared: Prepared | None = None) -> Iterator[Entry]:
    """Yield each order when its last row has passed, each rejected row where it stands, rows
    that are no open orders by their reasons, and last the sound rows beside rejected ones.

    Raises (on the first step, before anything is yielded):
        FileRefused: as `prepare_orders`.
    """
    yield from gathered(_entries(table, prepared or prepare_orders(table)))


def _entries(  # noqa: C901 - the life of a row, in order
    table: Table, prepared: Prepared
) -> Iterator[Entry]:
    mapping = prepared.mapping
    order_at = mapping.columns["external_order"][0]
    open_orders: dict[str, _OpenOrder] = {}
    kept: dict[int, str] = {}
    skips = RowSkips(mapping)
    width = len(table.columns)
    for row in table.rows():
        if is_footer(row):
            continue
        cells = Cells(row, mapping)
        number = _cell(row, order_at)
        opened = open_orders.get(number) or _OpenOrder(first_row=row.number)
        try:
            cells.refuse_surplus("external_order", width)
            cells.text("external_order", required=True)
            open_orders[number] = opened
            if reason := skips.of_row(cells, opened.skip):
                opened.skip = reason if skips.is_of_order else opened.skip
                yield SkippedRows(1, reason)
            else:
                _add_row(opened, cells, mapping, skips)
        except CellFault as fault:
            opened.unread.append(row.number)
            if number and fault.code != "too_many_cells":
                open_orders[number] = opened
            yield cells.rejected(fault)
        if prepared.last_row[number] == row.number and (done := open_orders.pop(number, None)):
            yield from _closed(number, done)
            if done.unread:
                kept.update((line.row, number) for line in done.lines.values())
    if kept:
        for row in table.rows():
            if row.number in kept:
                yield KeptRow(row.number, kept[row.number], row.cells)


def _cell(row: Row, index: int) -> str:
    return row.cells[index] if index < len(row.cells) else ""


def _add_row(  # noqa: C901 - read, compare, then write
    opened: _OpenOrder, cells: Cells, mapping: ColumnMap, skips: RowSkips
) -> None:
    """Read the row completely before the order is touched, so that a fault leaves no half."""
    texts = {name: cells.text(name) for name in HEADER_TEXTS if mapping.has(name)}
    if second := texts.pop("phone_2", ""):
        texts["phone"] = texts.get("phone") or second
    instants = {name: cells.instant(name) for name in INSTANTS if mapping.has(name)}
    if skips.is_paid(cells):
        instants["paid_at"] = instants.get("paid_at") or instants.get("placed_at")
    shipping_price = cells.money("shipping_price")
    if mapping.layout.has_summary_rows and not (
        cells.raw("sku") or cells.raw("listing_code") or cells.raw("title")
    ):
        lines, opened.summary = [], cells
    else:
        lines = read_lines(cells, mapping, opened.counts)
        if opened.summary is not None and opened.summary.raw("shipping_price"):
            shipping_price = None
    texts["currency"] = _currency(cells, opened, lines)
    _must_agree(opened, texts)
    if _is_repeated(opened, lines):
        opened.repeated.append(cells.row.number)
        return
    for name, text in texts.items():
        if not opened.texts.get(name):
            opened.texts[name] = text
    for name, instant in instants.items():
        opened.instants[name] = opened.instants.get(name) or instant
    if shipping_price is not None:
        # Marketplaces write the shipping price per line; the order's is their sum.
        opened.shipping_price = (opened.shipping_price or Decimal(0)) + shipping_price
    for line in lines:
        opened.lines[line.external_line] = line
        opened.counts[line.sku] = opened.counts.get(line.sku, 0) + 1


def _currency(cells: Cells, opened: _OpenOrder, lines: list[ParsedLine]) -> str:
    """The currency that the row's column or the signs of its amounts name."""
    told = cells.currency("currency")
    expected = told or opened.texts.get("currency", "")
    others = cells.signs - {expected}
    if others and (expected or len(others) > 1):
        found, *more = sorted(others)
        raise CellFault("currency_differs", "currency", found=found, expected=expected or more[0])
    if not expected and cells.signs:
        (told,) = cells.signs
    if not (told or expected) and any(line.unit_price is not None for line in lines):
        raise CellFault("no_currency", "currency")
    return told


def _must_agree(opened: _OpenOrder, texts: dict[str, str]) -> None:
    for name in MUST_AGREE:
        expected, found = opened.texts.get(name, ""), texts.get(name, "")
        if expected and found and expected.casefold() != found.casefold():
            raise CellFault(
                "order_differs",
                name,
                found=found[:60],
                expected=expected[:60],
                other=opened.first_row,
            )


def _is_repeated(opened: _OpenOrder, lines: list[ParsedLine]) -> bool:
    """Whether the order has the row's lines already; with other content that is a fault."""
    known = [(line, opened.lines.get(line.external_line)) for line in lines]
    for line, before in known:
        if before and (before.sku, before.quantity, before.unit_price) != (
            line.sku,
            line.quantity,
            line.unit_price,
        ):
            raise CellFault("line_differs", "external_line", other=before.row)
    return bool(lines) and all(before for _line, before in known)


def _closed(number: str, opened: _OpenOrder) -> Iterator[Entry]:
    if opened.skip:
        if opened.lines:
            yield SkippedRows(len({line.row for line in opened.lines.values()}), opened.skip)
        return
    if not opened.lines:
        if opened.summary is not None and not opened.unread:
            yield opened.summary.rejected(CellFault("missing", "sku", name="SKU"))
        return
    texts = dict.fromkeys((*HEADER_TEXTS, "currency"), "") | opened.texts
    del texts["phone_2"]
    streets = tuple(s for n in ("street_1", "street_2", "street_3") if (s := texts.pop(n, "")))
    yield ParsedOrder(
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
