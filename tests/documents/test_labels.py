"""Labels of products and inbounds, read back at the label printer's resolution."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from core.barcodes import NotPrintableAsBarcode, ean_svg
from tests.documents.reading import pages, scanned, words
from warehouse.documents_labels import (
    MOST_LABELS,
    InboundLabel,
    ProductLabel,
    render_inbound_label,
    render_product_labels,
    symbol_of,
)
from warehouse.rules.barcodes import parse_scan

NOW = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
MUG: dict[str, Any] = {"sku": "MUG-BLUE", "title": "Stoneware mug, blue", "origin": "CN"}


def printed(*labels: ProductLabel, layout: Any = "label") -> bytes:
    return render_product_labels(labels, number="PLB00001", layout=layout, created_at=NOW)


@pytest.mark.parametrize(
    ("fields", "read"),
    [
        ({}, ("Code128", "MUG-BLUE")),
        ({"gtin": "4006381333931"}, ("EAN13", "4006381333931")),
        ({"gtin": "96385074"}, ("EAN8", "96385074")),
        ({"gtin": "036000291452"}, ("EAN13", "0036000291452")),
        ({"gtin": "14006381333938"}, ("Code128", "14006381333938")),
        ({"gtin": "4006381333932"}, ("Code128", "4006381333932")),
        ({"sku": "蓝色马克杯"}, ("QRCode", "蓝色马克杯")),
        ({"sku": "A-VERY-LONG-SKU-OF-A-SUPPLIER-2026/BLUE"},
         ("QRCode", "A-VERY-LONG-SKU-OF-A-SUPPLIER-2026/BLUE")),
    ],
)  # fmt: skip
def test_symbol_of_each_kind_of_code_is_read_from_the_small_label(
    fields: dict[str, str], read: tuple[str, str]
) -> None:
    assert scanned(printed(ProductLabel(**{**MUG, **fields}))) == [read]


def test_what_is_read_names_the_product_at_the_stations() -> None:
    (_format, text), = scanned(printed(ProductLabel(**MUG, gtin="036000291452")))  # fmt: skip
    assert parse_scan(text).gtin == parse_scan("036000291452").gtin


def test_a_hundred_labels_of_a_hundred_are_read() -> None:
    labels = [ProductLabel(sku=f"SKU-{n:04d}", title="Lamp", origin="CN") for n in range(100)]
    assert [text for _format, text in scanned(printed(*labels))] == [each.sku for each in labels]


def test_sheet_holds_twenty_four_to_a_page() -> None:
    sheet = printed(ProductLabel(**MUG, copies=25), layout="sheet")
    assert [page.count("MUG-BLUE") for page in pages(sheet)] == [24, 1]
    assert scanned(sheet) == [("Code128", "MUG-BLUE")] * 25


def test_words_beside_the_symbol() -> None:
    label = ProductLabel(**MUG, lot="L-7", expires_on=date(2027, 5, 31))
    said = words(printed(label))
    assert "Stonewaremug,blue" in said
    assert "MadeinChina" in said
    assert "LotL-7" in said
    assert "31May2027" in said


def test_one_label_is_one_page_and_there_is_an_end() -> None:
    assert len(pages(printed(ProductLabel(**MUG, copies=3)))) == 3
    assert symbol_of(ProductLabel(**MUG), "label").is_square is False
    assert MOST_LABELS == 1000


def test_wrong_check_digit_is_no_ean() -> None:
    with pytest.raises(NotPrintableAsBarcode, match="last digit"):
        ean_svg("4006381333932")
    with pytest.raises(NotPrintableAsBarcode, match="8, 12 or 13"):
        ean_svg("123")


def test_carton_label_names_the_inbound_and_no_quantity() -> None:
    pdf = render_inbound_label(
        InboundLabel(
            number="IB00007", code="WB:I:brightpeak/IB00007", merchant="Brightpeak Trading",
            reference="PO-77", warehouse="Shenzhen (szx1)", address=("88 Fenghuang Road",),
            cartons=4, expected_on=date(2026, 12, 1), created_at=NOW,
        )
    )  # fmt: skip
    assert sorted(scanned(pdf)) == [
        ("Code128", "WB:I:brightpeak/IB00007"),
        ("QRCode", "WB:I:brightpeak/IB00007"),
    ]
    assert len(pages(pdf)) == 1
    assert parse_scan("WB:I:brightpeak/IB00007").kind == "inbound"
    assert "PO-77" in words(pdf)
