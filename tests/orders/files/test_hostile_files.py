"""Small files made to keep a reader busy for hours or to fill its memory: each is refused at once.

Before their mending these tests ran on and on; none of them measures time.
"""

from __future__ import annotations

import io
import zipfile

import pytest

from orders.files.faults import FileRefused
from orders.files.forms import Forms, Unreadable, read_instant
from orders.files.limits import Limits
from orders.files.product_cell import read_products
from orders.files.reader import open_table
from orders.files.sheets import LOCAL, LONGEST_CELL, shows_date
from orders.files.spool import clean_cells

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHARED = "xl/words.xml"


def book(rows: str, shared: str = "") -> io.BytesIO:
    """A workbook of these rows; its shared texts lie where no program puts them."""
    told = f'<R><Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="s.xml"/>'
    if shared:
        told += f'<Relationship Id="rId2" Type="{RELATIONS}/sharedStrings" Target="/{SHARED}"/>'
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook xmlns:r="{RELATIONS}"><sheets><sheet name="a" sheetId="1"'
        ' r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"{told}</R>",
        "xl/s.xml": f"<worksheet><sheetData>{rows}</sheetData></worksheet>",
        SHARED: f"<sst>{shared}</sst>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file


def refusal(file: io.BytesIO, limits: Limits | None = None) -> str:
    with pytest.raises(FileRefused) as refused:
        open_table(file, "orders.xlsx", limits=limits or Limits())
    return refused.value.code


def test_a_column_of_800_000_letters() -> None:
    cell = f'<c r="{"ZX" * 400_000}1"><v>1</v></c>'
    assert refusal(book(f'<row r="1">{cell}</row>')) == "too_many_columns"


@pytest.mark.parametrize("row", ["-5", "0", "1", "2"])
def test_a_row_that_is_no_later_than_the_one_before(row: str) -> None:
    """Its number would be the key of its rejected row."""
    cell = '<c t="str"><v>sku</v></c>'
    rows = f'<row r="2">{cell}</row><row r="{row}">{cell}</row>'
    assert refusal(book(rows)) == "damaged"


def test_a_long_text_that_many_cells_share() -> None:
    rows = '<row r="1">' + '<c t="s"><v>0</v></c>' * 400 + "</row>"
    long = "x\n" * LONGEST_CELL
    assert refusal(book(rows, f"<si><t>{long}</t></si>")) == "cell_too_long"


def test_a_long_blank_that_many_cells_share_is_kept_short() -> None:
    rows = '<row r="1"><c t="s"><v>0</v></c><c t="str"><v>sku</v></c></row>'
    with open_table(book(rows, f"<si><t>{' ' * 1000}</t></si>"), "orders.xlsx") as table:
        assert table.columns == ("", "sku")


def test_shared_texts_are_measured_under_any_name() -> None:
    limits = Limits(max_shared_strings_bytes=1000)
    shared = "<si><t>abc</t></si>" * 100
    assert refusal(book('<row r="1"/>', shared), limits) == "zip_bomb"


def test_long_names_of_elements_are_not_kept() -> None:
    with open_table(book(f'<{"n" * 5000}/><row r="1"><c><v>1</v></c></row>'), "o.xlsx"):
        pass
    assert max(map(len, LOCAL)) <= 100


def test_a_number_format_of_open_brackets() -> None:
    assert not shows_date("[" * 2_000_000)
    assert shows_date("[$-409]d/m/yyyy")


@pytest.mark.parametrize("start", ["=", "= -", "=\t("])
def test_a_formula_of_blanks(start: str) -> None:
    assert clean_cells([f"{start}{' ' * 100_000}~x"], 1, "o.csv")
    with pytest.raises(FileRefused):
        clean_cells([f"{start}{' ' * 100_000}SUM(A1)"], 1, "o.csv")


def test_a_date_followed_by_blanks() -> None:
    for blanks in (60, 100_000):
        with pytest.raises(Unreadable):
            read_instant(f"2026/11/12 12:00{' ' * blanks}!", Forms())


def test_a_cell_of_products_whose_values_never_end() -> None:
    for value in (" " * 100_000, "\n" * 100_000, "(SKU:" * 20_000, " \n" * 50_000):
        (product,) = read_products(f"[1](SKU:{value}")
        assert product.sku == ""
    (product,) = read_products(f"[1] Mug (SKU:{' ' * 5000}MUG-1{' ' * 5000})(Quantity: 2)")
    assert (product.sku, product.quantity) == ("MUG-1", "2")
