from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal

import pytest
import weasyprint

from core.barcodes import NotPrintableAsBarcode, code128_svg, qr_svg
from tests.documents.reading import scanned
from tests.documents.samples import RENDERED, S10

SHEET = "@page { size: 220mm 320mm; margin: 5mm } svg { margin: 4mm; display: inline-block }"


def sheet_of(symbols: Sequence[str]) -> bytes:
    page = weasyprint.HTML(string="".join(symbols))
    pdf: bytes = page.write_pdf(stylesheets=[weasyprint.CSS(string=SHEET)])
    return pdf


def test_a_hundred_of_a_hundred_item_numbers_are_read_at_label_printer_resolution() -> None:
    dice = random.Random(7)
    numbers = {f"LX{dice.randrange(10**9):09d}CN" for _ in range(100)}
    read = {text for _, text in scanned(sheet_of([code128_svg(text) for text in numbers]))}
    assert read == numbers


def test_the_narrowest_bars_we_print_are_read() -> None:
    texts = {f"PL-2026-{place:05d}" for place in range(20)}
    symbols = [code128_svg(text, module_mm=Decimal("0.25"), height_mm=9) for text in texts]
    assert {text for _, text in scanned(sheet_of(symbols))} == texts


def test_qr_codes_are_read() -> None:
    texts = {f"https://warehouse.example/pick/{place}" for place in range(10)}
    assert {text for _, text in scanned(sheet_of([qr_svg(text) for text in texts]))} == texts


@pytest.mark.parametrize("text", ["", "naïve", "行", "a\nb"])
def test_what_code_128_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(NotPrintableAsBarcode, match="printable ASCII"):
        code128_svg(text)


def test_a_module_between_two_printer_dots_is_refused() -> None:
    with pytest.raises(NotPrintableAsBarcode, match=r"0\.125"):
        code128_svg("A", module_mm=Decimal("0.33"))


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("commercial_invoice", [("Code128", S10)]),
        ("packing_list", [("Code128", S10)]),
        ("postal_label_cn22", [("Code128", S10)]),
        ("postal_label_cn23", [("Code128", S10), ("Code128", S10)]),
        (
            "pick_list",
            [
                ("Code128", "PL-2026-00042"),
                ("QRCode", "https://warehouse.example/pick/PL-2026-00042"),
            ],
        ),
        ("manifest", [("Code128", "HO-2026-0007")]),
        ("declaration", [("Code128", "EX-2026-000123")]),
    ],
)
def test_every_barcode_on_a_document_is_read(
    document: str, expected: list[tuple[str, str]]
) -> None:
    assert sorted(scanned(RENDERED[document]())) == sorted(expected)
