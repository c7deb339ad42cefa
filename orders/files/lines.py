"""The order lines that one row tells: usually one, none, or all of a cell's."""

from dataclasses import dataclass
from decimal import Decimal

from orders.files.cells import CellFault, Cells
from orders.files.layouts import ColumnMap
from orders.files.product_cell import read_products

LARGEST_QUANTITY = 100_000
CENT = Decimal("0.0001")
LONGEST_TITLE = 300


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """``unit_price`` is ``None`` where the file has no prices: the product's value then counts.

    ``external_line`` is the channel's line number, or ``SKU#n`` (n-th row of that SKU in the
    order) where the file has none, which stays the same when rows are sorted differently.
    ``sku`` is the channel's item number where a line has no SKU; ``item_number``, ``brand`` and
    ``model`` are empty where the channel does not tell them.
    """

    row: int
    external_line: str
    sku: str
    title: str
    quantity: int
    unit_price: Decimal | None
    item_number: str = ""
    brand: str = ""
    model: str = ""


def read_lines(cells: Cells, mapping: ColumnMap, counts: dict[str, int]) -> list[ParsedLine]:
    """The lines of the row. ``counts``: how many lines of each SKU the order had before."""
    if mapping.layout.products_cell:
        return _from_cell(cells, mapping, counts)
    sku = cells.text("sku") or cells.text("listing_code") or cells.text("sku", required=True)
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
    title, variation = cells.text("title"), cells.text("variation")
    return [
        ParsedLine(
            row=cells.row.number,
            external_line=cells.text("external_line") or _numbered(sku, counts),
            sku=sku,
            title=f"{title} {variation}"[:LONGEST_TITLE] if variation else title,
            quantity=quantity,
            unit_price=unit_price,
        )
    ]


def _numbered(sku: str, counts: dict[str, int]) -> str:
    return f"{sku}#{counts.get(sku, 0) + 1}"


def _from_cell(cells: Cells, mapping: ColumnMap, counts: dict[str, int]) -> list[ParsedLine]:
    """Only the products' total is told: the price of one piece where there is one product."""
    found = read_products(cells.raw("products"))
    if not found:
        raise CellFault("no_products", "products")
    total = cells.money("products_total") if "products_total" in mapping.columns else None
    counts = dict(counts)
    lines = []
    for product in found:
        if not product.quantity or not 1 <= int(product.quantity) <= LARGEST_QUANTITY:
            raise CellFault("not_a_count", "products", limit=LARGEST_QUANTITY)
        if not product.sku:
            raise CellFault("no_products", "products")
        if len(product.sku) > 64:
            raise CellFault("too_long", "products", length=len(product.sku), limit=64)
        quantity = int(product.quantity)
        is_alone = total is not None and len(found) == 1
        lines.append(
            ParsedLine(
                row=cells.row.number,
                external_line=_numbered(product.sku, counts),
                sku=product.sku,
                title=product.title[:LONGEST_TITLE],
                quantity=quantity,
                unit_price=(total / quantity).quantize(CENT) if total and is_alone else None,
            )
        )
        counts[product.sku] = counts.get(product.sku, 0) + 1
    return lines
