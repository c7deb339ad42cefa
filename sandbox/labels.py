"""The label a carrier answers with: 4 x 6 inch at 203 dpi, one bit per dot, as a PDF page.

The picture is drawn dot for dot, so a 203 dpi printer scales nothing and every bar is whole.
It is built of bands of rows: what repeats (head with the sender, empty rows, the bars) is packed
once, because packing a whole page of dots costs more than drawing it.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache

import segno
from barcode.codex import Code128
from PIL import Image, ImageDraw

from sandbox.lettering import write, write_centred

DPI = 203
WIDTH_DOTS = 812
HEIGHT_DOTS = 1218
_ROOM = WIDTH_DOTS - 72


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on a label. `routing` is the big sorting code, `notes` the small print."""

    title: str
    service: str
    tracking_number: str
    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    routing: str
    notes: tuple[str, ...]


@lru_cache(maxsize=64)
def _empty(rows: int) -> bytes:
    """Return `rows` rows with nothing but the frame."""
    return _frame(rows).tobytes()


def _frame(rows: int) -> Image.Image:
    band = Image.new("1", (WIDTH_DOTS, rows), 1)
    draw = ImageDraw.Draw(band)
    draw.rectangle((16, 0, 18, rows), fill=0)
    draw.rectangle((WIDTH_DOTS - 19, 0, WIDTH_DOTS - 17, rows), fill=0)
    return band


def _rule(band: Image.Image) -> None:
    ImageDraw.Draw(band).rectangle((16, 0, WIDTH_DOTS - 17, 2), fill=0)


@lru_cache(maxsize=64)
def _head(title: str, service: str, sender: tuple[str, ...]) -> bytes:
    band = _frame(290)
    draw = ImageDraw.Draw(band)
    draw.rectangle((0, 0, WIDTH_DOTS, 15), fill=1)
    draw.rectangle((16, 16, WIDTH_DOTS - 17, 106), fill=0)
    write(band, title, left=36, top=30, size=46, room=500, ink=1)
    write(band, service, left=560, top=38, size=34, room=220, ink=1)
    write(band, "FROM", left=36, top=112, size=20, room=_ROOM)
    for number, line in enumerate(line for line in sender if line):
        if number < 4:
            write(band, line, left=36, top=138 + 36 * number, size=25, room=_ROOM)
    return band.tobytes()


def _recipient(lines: tuple[str, ...]) -> bytes:
    shown = [line for line in lines if line][:6]
    band = _frame(44 + 50 * len(shown))
    _rule(band)
    write(band, "TO", left=36, top=8, size=22, room=_ROOM)
    for number, line in enumerate(shown):
        write(band, line, left=36, top=36 + 50 * number, size=36, room=_ROOM)
    return band.tobytes() + _empty(350 - band.height)


def _routing(routing: str, number: str) -> bytes:
    band = _frame(160)
    _rule(band)
    write(band, routing, left=36, top=28, size=76, room=570)
    matrix = segno.make(number, error="m", micro=False, mask=3, boost_error=False).matrix
    side = len(matrix)
    square = Image.new("1", (side, side), 1)
    square.putdata([1 - dot for row in matrix for dot in row])
    module = 130 // side
    square = square.resize((side * module, side * module), Image.Resampling.NEAREST)
    band.paste(square, (WIDTH_DOTS - 45 - square.width, 15))
    return band.tobytes()


def _bars(number: str) -> bytes:
    modules = Code128(number).build()[0]
    dots = 4 if len(modules) * 4 <= WIDTH_DOTS - 120 else 3
    row = Image.new("1", (len(modules), 1), 1)
    row.putdata([0 if module == "1" else 1 for module in modules])
    row = row.resize((len(modules) * dots, 1), Image.Resampling.NEAREST)
    line = _frame(1)
    line.paste(row, ((WIDTH_DOTS - row.width) // 2, 0))
    return line.tobytes() * 180


def _foot(number: str, notes: tuple[str, ...]) -> bytes:
    band = _frame(198)
    write_centred(band, number, top=4, size=38)
    for place, note in enumerate(notes[:4]):
        write(band, note, left=36, top=68 + 30 * place, size=22, room=_ROOM)
    return band.tobytes()


@lru_cache(maxsize=1)
def _ends() -> tuple[bytes, bytes]:
    rule = _frame(3)
    _rule(rule)
    blank = Image.new("1", (WIDTH_DOTS, 17), 1)
    return rule.tobytes(), blank.tobytes()


def label_pdf(label: Label) -> bytes:
    """Return the label as PDF bytes: one page of 4 x 6 inch."""
    number = label.tracking_number
    rule, blank = _ends()
    rows = b"".join((
        _head(label.title, label.service, label.sender),
        _recipient(label.recipient),
        _routing(label.routing, number),
        rule, _empty(17), _bars(number), _foot(number, label.notes), rule, blank,
    ))  # fmt: skip
    return one_page(rows, width=WIDTH_DOTS, height=HEIGHT_DOTS)


def one_page(rows: bytes, *, width: int, height: int) -> bytes:
    """Wrap packed one-bit rows in a PDF page of their true size at 203 dpi."""
    across, down = f"{width * 72 / DPI:.3f}", f"{height * 72 / DPI:.3f}"
    picture = zlib.compress(rows, 1)
    content = f"q {across} 0 0 {down} 0 0 cm /I Do Q"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {across} {down}]"
        "/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>".encode(),
        f"<</Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray"
        f"/BitsPerComponent 1/Filter/FlateDecode/Length {len(picture)}>>\nstream\n".encode()
        + picture
        + b"\nendstream",
        f"<</Length {len(content)}>>\nstream\n{content}\nendstream".encode(),
    )
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += "".join(f"{offset:010d} 00000 n \n" for offset in offsets).encode()
    out += f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\n".encode()
    out += f"startxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
