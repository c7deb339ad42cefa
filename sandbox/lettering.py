"""Text in any script, drawn dot by dot and fast: glyphs are cut once and pasted many times."""

from __future__ import annotations

import threading
from functools import cache, lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", str(Path.home() / ".fonts"))
_LATIN = ("NotoSans-Bold.ttf", "DejaVuSans-Bold.ttf")
_SHAPED = (
    # first and last code point, file: scripts whose letters change shape with their neighbours
    (0x0590, 0x05FF, "NotoSansHebrew-Bold.ttf"),
    (0x0600, 0x077F, "NotoSansArabic-Bold.ttf"),
    (0xFB50, 0xFDFF, "NotoSansArabic-Bold.ttf"),
    (0xFE70, 0xFEFF, "NotoSansArabic-Bold.ttf"),
    (0x0900, 0x097F, "NotoSansDevanagari-Bold.ttf"),
    (0x0E00, 0x0E7F, "NotoSansThai-Bold.ttf"),
)
_CJK = "NotoSansCJK-Bold.ttc"
_CJK_RANGES = ((0x1100, 0x11FF), (0x2E80, 0xD7FF), (0xF900, 0xFAFF), (0xFF00, 0xFFEF),
               (0x20000, 0x323AF))  # fmt: skip
_MISSING = "□"
_DRAWING = threading.RLock()
"""A FreeType face is not safe to draw with from two threads at once."""


@cache
def _path(name: str) -> str | None:
    for folder in _FOLDERS:
        for found in Path(folder).rglob(name):
            return str(found)
    return None


@cache
def _font(name: str, size: int) -> Font | None:
    path = _path(name)
    if path is None:
        return None
    shaping = ImageFont.Layout.RAQM if features.check("raqm") else ImageFont.Layout.BASIC
    return ImageFont.truetype(path, size, layout_engine=shaping)


@cache
def _latin(size: int) -> Font:
    fonts = (_font(name, size) for name in _LATIN)
    return next((font for font in fonts if font is not None), ImageFont.load_default(size))


def _shaped_font(text: str, size: int) -> Font | None:
    for point in map(ord, text):
        for first, last, name in _SHAPED:
            if first <= point <= last:
                return _font(name, size)
    return None


def _is_cjk(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in _CJK_RANGES)


@lru_cache(maxsize=8192)
def _glyph(letter: str, size: int) -> tuple[Image.Image | None, int, int, int]:
    """Return the letter's dots, its offset from pen and line top, and the pen's advance."""
    font: Font | None = _latin(size)
    if ord(letter) >= 0x0590 and not 0x1E00 <= ord(letter) <= 0x20FF:
        font = _font(_CJK, size) if _is_cjk(letter) else None
    if font is None:
        font, letter = _latin(size), _MISSING
    scratch = ImageDraw.Draw(Image.new("1", (1, 1)))
    # On the baseline, so that scripts of different fonts stand on one line.
    left, top, right, bottom = map(int, scratch.textbbox((0, 0), letter, font=font, anchor="ls"))
    advance = round(font.getlength(letter))
    if right <= left or bottom <= top:
        return None, 0, 0, advance
    dots = Image.new("1", (right - left, bottom - top), 0)
    ImageDraw.Draw(dots).text((-left, -top), letter, font=font, fill=1, anchor="ls")
    return dots, left, top + size, advance


def _width(text: str, size: int) -> int:
    return sum(_glyph(letter, size)[3] for letter in text)


def write(
    page: Image.Image, text: str, *, left: int, top: int, size: int, room: int, ink: int = 0
) -> None:
    """Write one line no wider than `room` dots; what does not fit ends in an ellipsis."""
    with _DRAWING:
        shaped = _shaped_font(text, size)
        if shaped is not None:
            while len(text) > 4 and shaped.getlength(text) > room:
                text = text[:-1]
            ImageDraw.Draw(page).text((left, top + size), text, font=shaped, fill=ink, anchor="ls")
            return
        if _width(text, size) > room:
            while text and _width(text + "…", size) > room:
                text = text[:-1]
            text += "…"
        pen = left
        for letter in text:
            dots, dx, dy, advance = _glyph(letter, size)
            if dots is not None:
                page.paste(ink, (pen + dx, top + dy), dots)
            pen += advance


def write_centred(page: Image.Image, text: str, *, top: int, size: int) -> None:
    """Write one line in the middle of the page."""
    with _DRAWING:
        left = (page.width - _width(text, size)) // 2
    write(page, text, left=left, top=top, size=size, room=page.width)
