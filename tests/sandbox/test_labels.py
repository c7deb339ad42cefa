"""Labels are looked at: true size, whole bars, both symbols read back, every script drawn."""

from __future__ import annotations

import base64
import time

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from sandbox import lettering
from sandbox.labels import Label, label_pdf
from tests.sandbox.program import Program, dhl_body, line_body, unique

NAMES = ["Erika Mustermann", "张伟", "山田太郎", "محمد علي", "José Ñandú", "김철수", "ดวงใจ"]


def _picture(pdf: bytes) -> Image.Image:
    page: Image.Image = pypdfium2.PdfDocument(pdf)[0].render(scale=203 / 72).to_pil()
    return page.convert("L")


def _codes(picture: Image.Image) -> set[tuple[str, str]]:
    return {(str(found.format), found.text) for found in zxingcpp.read_barcodes(picture)}


def _label(name: str, *, number: str = "1234567893") -> Label:
    return Label(
        title="EXPRESS", service="P", tracking_number=number, sender=("Waybridge", "Shenzhen"),
        recipient=(name, "Main Street 1", "10719 Berlin DE"), routing="SZX-LEJ", notes=("Ref 1",),
    )  # fmt: skip


@pytest.mark.parametrize("number", ["1234567893", "EL0000000001", "LX473124829CN"])
def test_both_symbols_say_the_tracking_number(number: str) -> None:
    picture = _picture(label_pdf(_label("Erika", number=number)))
    assert picture.size == (812, 1218)
    assert _codes(picture) == {("Code 128", number), ("QR Code", number)}


@pytest.mark.parametrize("name", NAMES)
def test_name_is_drawn_in_any_script(name: str) -> None:
    area = (20, 300, 790, 380)
    drawn = _picture(label_pdf(_label(name))).crop(area)
    empty = _picture(label_pdf(_label("\u3000"))).crop(area)
    assert drawn.tobytes() != empty.tobytes()


def test_without_fonts_a_label_is_still_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    cached = (lettering._path, lettering._font, lettering._latin, lettering._glyph)
    monkeypatch.setattr(lettering, "_FOLDERS", ())
    for each in cached:
        each.cache_clear()
    try:
        picture = _picture(label_pdf(_label("张伟 Müller")))
    finally:
        monkeypatch.undo()
        for each in cached:
            each.cache_clear()
    assert ("Code 128", "1234567893") in _codes(picture)


def test_labels_answered_by_carriers_are_readable(stand_ins: Program) -> None:
    express = stand_ins.dhl("POST", "/shipments", dhl_body(unique("ref"))).json()
    number = express["shipmentTrackingNumber"]
    pdf = base64.b64decode(express["documents"][0]["content"])
    assert ("Code 128", number) in _codes(_picture(pdf))
    line = stand_ins.call(
        "POST", "/line/v1/parcels", line_body(), headers={"Idempotency-Key": unique("K")}
    ).json()
    pdf = base64.b64decode(line["label_pdf"])
    assert ("Code 128", line["tracking_number"]) in _codes(_picture(pdf))


def test_a_label_is_cheap() -> None:
    """Target 5 ms of CPU; the test allows for a slower machine."""
    for name in NAMES:
        label_pdf(_label(name))
    start = time.process_time()
    for number in range(70):
        label_pdf(_label(NAMES[number % 7], number=f"{number:010d}"))
    assert (time.process_time() - start) / 70 < 0.015
