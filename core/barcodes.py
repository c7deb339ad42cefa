"""Code 128, EAN and QR as inline SVG, on the dot grid of a 203 dpi label printer.

203 dpi is 8 dots to the millimetre, so a module is a multiple of 0.125 mm: no bar is rounded to
another width by the printer. Quiet zones are inside the picture (ISO/IEC 15417: 10 modules each
side; ISO/IEC 18004: 4 modules all round), so a template cannot forget them.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from itertools import groupby

import segno
from barcode.codex import Code128, Gs1_128
from barcode.ean import EAN8, EAN13
from django.utils.safestring import SafeString, mark_safe

DOT_MM = Decimal("0.125")
CODE128_QUIET = 10
EAN_QUIET = 11
QR_QUIET = 4


class NotPrintableAsBarcode(ValueError):
    """The text or the module width cannot become a symbol. Permanent: the input must change."""


def code128_svg(
    text: str, *, module_mm: Decimal = Decimal("0.375"), height_mm: int = 12
) -> SafeString:
    """Return an ``<svg>`` of ``text`` in Code 128 (sets B and C chosen for the shortest symbol).

    ``module_mm`` is the narrowest bar, a multiple of 0.125; the picture's width follows from it.
    Raises NotPrintableAsBarcode for empty text or anything outside printable ASCII.
    """
    if not text or not (text.isascii() and text.isprintable()):
        raise NotPrintableAsBarcode(
            f"barcode: {text!r} is not printable ASCII; Code 128 takes letters, digits and signs"
        )
    return _bars(Code128(text).build()[0], module_mm, height_mm)


def gs1_128_svg(
    elements: str, *, module_mm: Decimal = Decimal("0.5"), height_mm: int = 32
) -> SafeString:
    """Return an ``<svg>`` of one GS1 element string ("00" and an SSCC) in GS1-128.

    GS1 asks for modules of 0.495 to 1.016 mm and 32 mm of height on logistic labels. Raises
    NotPrintableAsBarcode for anything but an even number of digits.
    """
    if not elements or not (elements.isascii() and elements.isdigit()) or len(elements) % 2:
        raise NotPrintableAsBarcode(f"barcode: {elements!r} is not an even number of digits")
    return _bars(Gs1_128(elements).build()[0], module_mm, height_mm)


def code128_modules(text: str) -> int:
    """How many modules wide the symbol is with its quiet zones; raises as `code128_svg`."""
    if not text or not (text.isascii() and text.isprintable()):
        raise NotPrintableAsBarcode(f"barcode: {text!r} is not printable ASCII")
    return len(Code128(text).build()[0]) + 2 * CODE128_QUIET


def ean_svg(gtin: str, *, module_mm: Decimal = Decimal("0.375"), height_mm: int = 12) -> SafeString:
    """Return an ``<svg>`` of a GTIN-8, -12 or -13 as EAN-8 or EAN-13 (a UPC-A is one that begins
    with 0). Raises NotPrintableAsBarcode for another length or a wrong check digit.
    """
    digits = gtin.zfill(13) if len(gtin) == 12 else gtin
    kinds = {8: EAN8, 13: EAN13}
    if not (digits.isascii() and digits.isdigit() and len(digits) in kinds):
        raise NotPrintableAsBarcode(f"barcode: {gtin!r} has not the 8, 12 or 13 digits of an EAN")
    symbol = kinds[len(digits)](digits)
    if symbol.get_fullcode() != digits:
        raise NotPrintableAsBarcode(f"barcode: the last digit of {gtin!r} is wrong")
    return _bars(symbol.build()[0], module_mm, height_mm, quiet=EAN_QUIET)


def _bars(
    pattern: str, module_mm: Decimal, height_mm: int, *, quiet: int = CODE128_QUIET
) -> SafeString:
    _on_the_dot_grid(module_mm)
    modules = "0" * quiet + pattern + "0" * quiet
    # One stroke per bar, one path per bar width: half the drawing commands of rectangles.
    bars: dict[int, list[str]] = {}
    for start, width in _runs(modules):
        bars.setdefault(width, []).append(f"M{start + width / 2:g} 0v1")
    paths = "".join(
        f'<path stroke="#000" stroke-width="{width}" d="{"".join(strokes)}"/>'
        for width, strokes in sorted(bars.items())
    )
    return _svg(
        paths, wide=len(modules), high=1, width_mm=len(modules) * module_mm, height_mm=height_mm
    )


@lru_cache(maxsize=64)
def qr_svg(text: str, *, module_mm: Decimal = Decimal("0.5")) -> SafeString:
    """Return an ``<svg>`` of ``text`` as a QR code, error correction M (15 % may be damaged)."""
    if not text:
        raise NotPrintableAsBarcode("barcode: the text is empty; give the QR code a text")
    _on_the_dot_grid(module_mm)
    rows = segno.make_qr(text, error="m", boost_error=False).matrix
    path = "".join(
        f"M{start + QR_QUIET} {line + QR_QUIET}h{width}v1h-{width}z"
        for line, row in enumerate(rows)
        for start, width in _runs("".join(map(str, row)))
    )
    side = len(rows) + 2 * QR_QUIET
    return _svg(
        f'<path d="{path}"/>',
        wide=side,
        high=side,
        width_mm=side * module_mm,
        height_mm=side * module_mm,
    )


def _on_the_dot_grid(module_mm: Decimal) -> None:
    if module_mm <= 0 or module_mm % DOT_MM:
        raise NotPrintableAsBarcode(
            f"module_mm: {module_mm} is not a multiple of {DOT_MM}, the dot of a 203 dpi printer"
        )


def _runs(modules: str) -> list[tuple[int, int]]:
    """(start, width) of each run of dark modules."""
    runs, place = [], 0
    for dark, group in groupby(modules):
        width = len(list(group))
        if dark == "1":
            runs.append((place, width))
        place += width
    return runs


def _svg(
    paths: str, *, wide: int, high: int, width_mm: Decimal, height_mm: Decimal | int
) -> SafeString:
    return mark_safe(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width_mm}mm" height="{height_mm}mm"'
        f' viewBox="0 0 {wide} {high}" preserveAspectRatio="none">{paths}</svg>'
    )
