"""From rows to products, and rejected rows back to the user."""

import csv
import io
from collections.abc import Mapping
from decimal import Decimal

import pytest

from orders.files.faults import RejectedRow
from orders.files.products import ParsedProduct, parse_products
from orders.files.reader import open_table
from orders.files.rejected import write_rejected

ROW: Mapping[str, str] = {
    "sku": "MUG",
    "title": "Mug",
    "gtin": "4006381333931",
    "weight_g": "390",
    "length_mm": "130",
    "width_mm": "110",
    "height_mm": "110",
    "hs_code": "6911.10",
    "origin_country": "cn",
    "customs_description": "Drinking mug, porcelain",
    "unit_value": "7.90",
    "currency": "EUR",
    "battery": "None",
    "stock": "12",
}


def parsed(*rows: Mapping[str, str]) -> list[ParsedProduct | RejectedRow]:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    with open_table(io.BytesIO(file.getvalue().encode()), "products.csv") as table:
        return list(parse_products(table))


def test_a_row_becomes_a_product() -> None:
    (read,) = parsed(ROW)
    assert isinstance(read, ParsedProduct)
    product = read.product
    assert (product.hs_code, product.origin_country, product.battery) == ("691110", "CN", "none")
    assert (product.unit_value, product.weight_g, read.stock) == (Decimal("7.90"), 390, 12)
    assert product.nature == "general"


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("sku", "", "missing"),
        ("title", "", "missing"),
        ("gtin", "4006381333932", "bad_gtin"),
        ("gtin", "12", "bad_gtin"),
        ("weight_g", "0", "not_a_number"),
        ("weight_g", "390 g", "not_a_number"),
        ("length_mm", "", "missing"),
        ("hs_code", "69111", "bad_hs_code"),
        ("hs_code", "99111000", "bad_hs_code"),
        ("hs_code", "mugs", "bad_hs_code"),
        ("origin_country", "QQ", "bad_country"),
        ("unit_value", "-1", "not_money"),
        ("currency", "", "no_currency"),
        ("currency", "EURO", "not_a_currency"),
        ("battery", "", "missing"),
        ("battery", "inside", "not_one_of"),
        ("stock", "-3", "not_a_number"),
    ],
)
def test_a_bad_product_is_rejected_alone(column: str, value: str, code: str) -> None:
    rejected, read = parsed({**ROW, column: value}, {**ROW, "sku": "CAP"})
    assert isinstance(rejected, RejectedRow)
    assert (rejected.column, rejected.value, rejected.fault_code) == (column, value, code)
    assert rejected.wrong
    assert rejected.right
    assert isinstance(read, ParsedProduct)


@pytest.mark.parametrize("column", ["gtin", "hs_code", "origin_country", "customs_description"])
def test_what_can_be_filled_in_later_may_be_empty(column: str) -> None:
    (read,) = parsed({**ROW, column: ""})
    assert isinstance(read, ParsedProduct)


def test_a_sku_that_stands_twice_is_rejected() -> None:
    _first, second = parsed(ROW, ROW)
    assert isinstance(second, RejectedRow)
    assert second.fault_code == "repeated"


def test_rejected_rows_cannot_carry_a_formula_into_a_spreadsheet() -> None:
    rejected = [
        RejectedRow(2, "-x", value, "missing", "Wrong.", "Right.", cells=(value,))
        for value in ("=1+1", "+1", "-1", "@SUM(1)", "\tx", 'plain, "quoted"')
    ]
    file = io.StringIO(newline="")
    assert write_rejected(["=x", "y"], rejected, file) == 6
    header, *rows = list(csv.reader(io.StringIO(file.getvalue(), newline="")))
    assert header[:3] == ["'=x", "y", "waybridge: row"]
    assert [row[4][0] for row in rows] == ["'"] * 5 + ["p"]
    assert [row[0][0] for row in rows] == ["'"] * 5 + ["p"]
    assert rows[0][3] == "'-x"
