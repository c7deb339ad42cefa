"""Reading a PDF back, as a person, a scanner or customs would."""

from __future__ import annotations

import io
from typing import Any

import pypdf
import pypdfium2
import zxingcpp

LABEL_PRINTER_DPI = 203


def pages(pdf: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def squeezed(text: str) -> str:
    """The text without any white space, for it is broken where lines end."""
    return "".join(text.split())


def words(pdf: bytes) -> str:
    """The whole document's text, squeezed."""
    return squeezed("".join(pages(pdf)))


def pictures(pdf: bytes, dpi: int = LABEL_PRINTER_DPI) -> list[Any]:
    """Each page as an image."""
    return [page.render(scale=dpi / 72).to_pil() for page in pypdfium2.PdfDocument(pdf)]


def scanned(pdf: bytes) -> list[tuple[str, str]]:
    """(format, text) of every barcode found at the label printer's resolution."""
    return [
        (code.format.name, code.text)
        for picture in pictures(pdf)
        for code in zxingcpp.read_barcodes(picture)
    ]
