"""Fonts inside one PDF: the same subsets WeasyPrint makes, for a tenth of the time and the size.

WeasyPrint reads the whole font file again for every document and keeps the numbering of all glyphs.
For Noto Sans CJK that is 19 MB copied, 65,535 glyph slots written and 40 ms per document. Here a
face is read once per process, and a CJK subset keeps its character numbers (CIDs) in the font's own
table, as PDF 32000-1 9.7.4.2 provides, so that only the glyphs on the page are written.

WeasyPrint hands out its font table as ``Document.fonts``; everything below hangs on that dict. The
HarfBuzz calls are those of WeasyPrint's own subsetter. Where HarfBuzz's subset library is missing,
WeasyPrint's slower way is used and the document is the same to the eye.
"""

from __future__ import annotations

import copy
import io
from collections.abc import Iterable
from typing import Any

import pydyf  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from weasyprint.pdf.fonts import Font
from weasyprint.text.ffi import ffi, harfbuzz, harfbuzz_subset
from weasyprint.text.fonts import get_hb_object_data

NOTDEF = 0  # the box shown for a letter no font has
BARE_CFF = b"\x01\x00"  # first bytes of a CFF table that stands alone (major, minor version)

# Tables a PDF reader does not use. Layout tables are dropped because the text is already shaped.
TABLES_NOT_PRINTED = (
    "BASE", "DSIG", "EBDT", "EBLC", "EBSC", "GDEF", "GPOS", "GSUB", "JSTF", "LTSH", "MATH", "OS/2",
    "PCLT", "SVG ", "VORG", "cmap", "gasp", "hdmx", "meta", "name", "post", "vhea", "vmtx",
)  # fmt: skip


class FontNotSubset(RuntimeError):
    """HarfBuzz could not cut a font. Permanent: the installed font file is damaged."""

    def __init__(self) -> None:
        super().__init__("font: HarfBuzz could not make a subset; reinstall the Noto fonts")


class _Face(Font):  # type: ignore[misc]
    """A face as one document uses it; ``clean`` replaces WeasyPrint's two subsetting passes."""

    def clean(self, to_unicode: dict[int, str], hinting: bool) -> None:  # noqa: ARG002
        """Put the subset of the used glyphs in ``file_content``."""
        used = {NOTDEF, *to_unicode} - set(self.missing.values())
        if "CFF " in self.tables:
            self.file_content = _cff_subset(self.hb_face, used)
        else:
            self.file_content = _truetype_subset(self.hb_face, used)

    @property
    def type(self) -> str:
        """'otf' (CIDFontType0, FontFile3) or 'ttf' (CIDFontType2, FontFile2)."""
        return "otf" if "CFF " in self.tables else "ttf"


class FontsOfOneDocument(dict[int, Any]):
    """The dict WeasyPrint fills while it paints; faces seen before come from this process's memory.

    One process uses one FontConfiguration, so a key names the same face for the process's life.
    """

    def __contains__(self, key: object) -> bool:
        if super().__contains__(key):
            return True
        face = _FACES.get(key)
        if face is None:
            return False
        super().__setitem__(key, _fresh(face))  # type: ignore[index]
        return True

    def __setitem__(self, key: int, font: Any) -> None:
        if _can_be_shared(font):
            font.__class__ = _Face
            _measure_from_the_file(font)
            font.file_content = (
                b""  # the face itself stays mapped by HarfBuzz; this is a 19 MB copy
            )
            _FACES[key] = font
            font = _fresh(font)
        super().__setitem__(key, font)


_FACES: dict[object, Any] = {}


def _can_be_shared(font: Any) -> bool:
    """Plain outline faces; emoji, bitmap and variable fonts keep WeasyPrint's own treatment."""
    special = font.bitmap or font.png or font.svg or font.colr or "fvar" in font.tables
    return harfbuzz_subset is not None and not special and not _is_unnumbered_cff(font)


def _is_unnumbered_cff(font: Any) -> bool:
    """True for a CFF font that is not CID-keyed: it has no character numbers to keep."""
    return "CFF " in font.tables and "CJK" not in font.family


def _measure_from_the_file(font: Any) -> None:
    """Ascent and descent in thousandths from the font itself.

    WeasyPrint has them from the first size it meets, which would make the bytes of one document
    depend on the documents printed before it.
    """
    file = TTFont(io.BytesIO(font.file_content), fontNumber=font.index, lazy=True)
    font.ascent = round(file["hhea"].ascent * 1000 / font.upem)
    font.descent = round(file["hhea"].descent * 1000 / font.upem)


def _fresh(face: Any) -> Any:
    font = copy.copy(face)
    font.widths, font.to_unicode, font.missing = {}, {}, {}
    return font


def name_bare_fonts(_document: object, pdf: pydyf.PDF) -> None:
    """WeasyPrint's finisher hook: a CFF table standing alone is /CIDFontType0C, not /OpenType."""
    for entry in pdf.objects:
        if (
            isinstance(entry, pydyf.Stream)
            and entry.extra.get("Subtype") == "/OpenType"
            and entry.stream[0].startswith(BARE_CFF)
        ):
            entry.extra["Subtype"] = "/CIDFontType0C"


def _truetype_subset(face: Any, glyphs: Iterable[int]) -> bytes:
    glyphs = sorted(glyphs)
    keep_numbers = harfbuzz_subset.HB_SUBSET_FLAGS_RETAIN_GIDS
    subset = _subset(face, glyphs, keep_numbers)
    # Second pass: with kept numbers HarfBuzz also keeps the empty places after the last used glyph.
    return bytes(get_hb_object_data(_subset(subset, range(glyphs[-1] + 1), 0)))


def _cff_subset(face: Any, glyphs: Iterable[int]) -> bytes:
    whole = bytes(get_hb_object_data(_subset(face, sorted(glyphs), 0)))
    return _table(whole, b"CFF ")


def _subset(face: Any, glyphs: Iterable[int], flags: int) -> Any:
    request = ffi.gc(
        harfbuzz_subset.hb_subset_input_create_or_fail(), harfbuzz_subset.hb_subset_input_destroy
    )
    _fill(harfbuzz_subset.hb_subset_input_glyph_set(request), glyphs)
    _fill(
        harfbuzz_subset.hb_subset_input_set(request, harfbuzz_subset.HB_SUBSET_SETS_DROP_TABLE_TAG),
        sorted(harfbuzz.hb_tag_from_string(name.encode(), -1) for name in TABLES_NOT_PRINTED),
    )
    harfbuzz_subset.hb_subset_input_set_flags(
        request,
        flags
        | harfbuzz_subset.HB_SUBSET_FLAGS_DESUBROUTINIZE
        | harfbuzz_subset.HB_SUBSET_FLAGS_NO_HINTING
        | harfbuzz_subset.HB_SUBSET_FLAGS_NOTDEF_OUTLINE,
    )
    subset = harfbuzz_subset.hb_subset_or_fail(face, request)
    if subset == ffi.NULL:
        raise FontNotSubset
    return ffi.gc(subset, harfbuzz.hb_face_destroy)


def _fill(target: Any, values: Iterable[int]) -> None:
    numbers = list(values)
    harfbuzz.hb_set_add_sorted_array(target, ffi.new("hb_codepoint_t[]", numbers), len(numbers))


def _table(sfnt: bytes, tag: bytes) -> bytes:
    """Cut one table out of an OpenType file (its directory: 16 bytes an entry, after 12)."""
    for place in range(12, 12 + 16 * int.from_bytes(sfnt[4:6], "big"), 16):
        if sfnt[place : place + 4] == tag:
            offset = int.from_bytes(sfnt[place + 8 : place + 12], "big")
            length = int.from_bytes(sfnt[place + 12 : place + 16], "big")
            return sfnt[offset : offset + length]
    raise LookupError(f"font: subset has no {tag.decode()} table")
