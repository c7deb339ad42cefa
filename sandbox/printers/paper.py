"""What comes out of a stand-in printer: kept with a picture and what a scanner reads on it."""

from __future__ import annotations

import io
import json
from typing import Any

from sandbox.printers.zpl import read_zpl
from sandbox.state import State

DPI = 203
NOT_DRAWN = "not drawn: pypdfium2 and zxing-cpp come with the test requirements"


def put_out(
    state: State, *, printer: str, name: str, content: bytes, now: float
) -> int:  # fmt: skip
    """Print: keep the bytes, what can be read on the paper, and a picture of it. Returns its id."""
    read: dict[str, Any]
    picture = b""
    if content.startswith(b"%PDF-"):
        read, picture = _read_pdf(content)
    elif b"^XA" in content:
        labels = read_zpl(content)
        read = {
            "format": "zpl",
            "pages": sum(label.copies for label in labels),
            "barcodes": [code for label in labels for code in label.barcodes],
            "texts": [text for label in labels for text in label.texts],
        }
    else:
        read = {"format": "unknown", "pages": 0, "barcodes": [], "texts": []}
    with state.change():
        return state.insert(
            "print", printer=printer, name=name, content=content, picture=picture,
            read=json.dumps(read), printed_at=now,
        )  # fmt: skip


def _read_pdf(content: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        import pypdfium2  # noqa: PLC0415 - an installation without tests prints, too
        import zxingcpp  # noqa: PLC0415
    except ImportError:
        read = {"format": "pdf", "pages": 0, "barcodes": [], "texts": [], "note": NOT_DRAWN}
        return read, b""
    barcodes: list[tuple[str, str]] = []
    texts: list[str] = []
    first = io.BytesIO()
    try:
        document = pypdfium2.PdfDocument(content)
        for number, page in enumerate(document):
            drawn = page.render(scale=DPI / 72).to_pil().convert("L")
            found = zxingcpp.read_barcodes(drawn)
            barcodes += [(str(each.format), each.text) for each in found]
            texts += page.get_textpage().get_text_range().splitlines()
            if number == 0:
                drawn.save(first, "PNG")
    except pypdfium2.PdfiumError as error:
        read = {"format": "pdf", "pages": 0, "barcodes": [], "texts": [], "note": str(error)}
        return read, b""
    read = {
        "format": "pdf", "pages": len(document), "barcodes": barcodes,
        "texts": [text for text in texts if text.strip()],
    }  # fmt: skip
    return read, first.getvalue()
