"""XLSX: the packing is checked on the central directory before anything is unpacked.

The sheet itself is read by `orders.files.sheets`, cell by cell, so that neither a wide sheet nor
one with a single cell in its last corner takes memory.
"""

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Generator
from typing import BinaryIO
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException

from orders.files.faults import FileRefused
from orders.files.limits import Limits
from orders.files.sheets import Declared, sheet_rows
from orders.files.spool import SourceRow

LARGE_ENTRY_BYTES = 1_000_000
DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# What zipfile and the XML parsers raise on broken parts; each means a damaged file.
DAMAGE = (
    zipfile.BadZipFile,
    ParseError,
    ExpatError,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
)


def read_rows(source: BinaryIO, filename: str, limits: Limits) -> Generator[SourceRow]:
    """Yield the rows of the first visible sheet as text.

    Raises (while iterating):
        FileRefused: ``zip_bomb``, ``entities``, ``formula``, ``damaged``, ``not_a_workbook``.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            _check_packing(archive, filename, limits)
            _refuse_declarations(archive, filename)
            yield from sheet_rows(archive, filename, limits)
    except (DefusedXmlException, Declared) as error:
        raise FileRefused("entities", filename=filename, part="a part of the workbook") from error
    except DAMAGE as error:
        raise FileRefused("damaged", filename=filename, part=type(error).__name__) from error


def _check_packing(archive: zipfile.ZipFile, filename: str, limits: Limits) -> None:
    """Judge the unpacked sizes that the directory declares.

    A directory that lies is harmless: zipfile reads no more of an entry than is declared there.
    """
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    unpacked = sum(entry.file_size for entry in entries)
    ratio = max(
        (
            e.file_size // max(1, e.compress_size)
            for e in entries
            if e.file_size > LARGE_ENTRY_BYTES
        ),
        default=0,
    )
    shared = max((e.file_size for e in entries if "sharedstrings" in e.filename.lower()), default=0)
    if (
        unpacked > limits.max_unpacked_bytes
        or ratio > limits.max_ratio
        or len(entries) > limits.max_entries
        or shared > limits.max_shared_strings_bytes
    ):
        raise FileRefused(
            "zip_bomb",
            filename=filename,
            megabytes=-(-unpacked // 1_000_000),
            limit=limits.max_unpacked_bytes // 1_000_000,
            ratio=limits.max_ratio,
        )
    if "[Content_Types].xml" not in names or not any(n.startswith("xl/") for n in names):
        raise FileRefused("not_a_workbook", filename=filename)
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileRefused("old_excel", filename=filename)


def _refuse_declarations(archive: zipfile.ZipFile, filename: str) -> None:
    """No spreadsheet program writes a DOCTYPE; defusedxml is the second line behind this one."""
    for entry in archive.infolist():
        if not entry.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        with archive.open(entry) as part:
            head = part.read(4096)
        if DECLARATION.search(head.replace(b"\x00", b"")):
            raise FileRefused("entities", filename=filename, part=entry.filename)
