"""From table rows to products. What can be left open (tariff code, origin, customs description)
may be empty: orders of the product are then held until it is filled in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum import ean
from stdnum.exceptions import ValidationError

from orders.files.cells import CellFault, Cells, values
from orders.files.faults import FileRefused, RejectedRow
from orders.files.layouts import match_layout
from orders.files.reader import Table
from orders.rules.countries import country_codes
from orders.rules.facts import ProductFacts

HEAVIEST_G = 1_000_000
LONGEST_MM = 20_000
LARGEST_STOCK = 100_000_000
HS_CODE = re.compile(r"(?!00)\d{6,10}")
LAST_HS_CHAPTER = 97


@dataclass(frozen=True, slots=True)
class ParsedProduct:
    """``stock`` is the number of pieces to stand in the warehouse."""

    row: int
    product: ProductFacts
    stock: int


def parse_products(table: Table) -> Iterator[ParsedProduct | RejectedRow]:
    """Yield each product, or the rejected row, in file order.

    Raises (on the first step):
        FileRefused: no rows, or the columns are not those of a product list.
    """
    mapping = match_layout(table.columns, kind="products", filename=table.filename)
    if not table.row_count:
        raise FileRefused("no_rows", filename=table.filename)
    seen: dict[str, int] = {}
    for row in table.rows():
        cells = Cells(row, mapping)
        try:
            cells.refuse_surplus("sku", len(table.columns))
            product = _product(cells)
            stock = (
                cells.number("stock", lowest=0, limit=LARGEST_STOCK) if cells.text("stock") else 0
            )
            if product.sku in seen:
                raise CellFault("repeated", "sku", other=seen[product.sku])
        except CellFault as fault:
            yield cells.rejected(fault)
            continue
        seen[product.sku] = row.number
        yield ParsedProduct(row=row.number, product=product, stock=stock)


def _product(cells: Cells) -> ProductFacts:
    unit_value = cells.money("unit_value")
    currency = cells.currency("currency")
    if unit_value is not None and not currency:
        raise CellFault("no_currency", "currency")
    return ProductFacts(
        sku=cells.text("sku", required=True),
        title=cells.text("title", required=True),
        gtin=_gtin(cells),
        weight_g=cells.number("weight_g", lowest=1, limit=HEAVIEST_G),
        length_mm=cells.number("length_mm", lowest=1, limit=LONGEST_MM),
        width_mm=cells.number("width_mm", lowest=1, limit=LONGEST_MM),
        height_mm=cells.number("height_mm", lowest=1, limit=LONGEST_MM),
        hs_code=_hs_code(cells),
        origin_country=_country(cells),
        customs_description=cells.text("customs_description"),
        unit_value=unit_value,
        currency=currency,
        battery=cells.choice("battery", values()["batteries"]),
        brand=cells.text("brand"),
        model=cells.text("model"),
        nature=cells.choice("nature", values()["natures"]) if cells.text("nature") else "general",
    )


def _gtin(cells: Cells) -> str:
    value = cells.text("gtin").replace(" ", "").replace("-", "")
    if not value:
        return ""
    try:
        return str(ean.validate(value))
    except ValidationError as error:
        raise CellFault("bad_gtin", "gtin") from error


def _hs_code(cells: Cells) -> str:
    value = re.sub(r"[.\s]", "", cells.text("hs_code"))
    if value and not (
        value.isascii() and HS_CODE.fullmatch(value) and int(value[:2]) <= LAST_HS_CHAPTER
    ):
        raise CellFault("bad_hs_code", "hs_code")
    return value


def _country(cells: Cells) -> str:
    value = cells.text("origin_country").upper()
    if value and value not in country_codes():
        raise CellFault("bad_country", "origin_country")
    return value
