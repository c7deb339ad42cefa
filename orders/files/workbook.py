"""XLSX: the packing is checked on the central directory before anything is unpacked."""

import datetime as dt
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Generator
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from orders.files.faults import FileRefused
from orders.files.limits import Limits
from orders.files.spool import SourceRow

LARGE_ENTRY_BYTES = 1_000_000
DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# Rows and cells that a sheet only claims to have are padded by openpyxl; both are bounded.
LAST_ROW = 1_048_576
WHOLE_NUMBER_BELOW = 10**15
# What openpyxl, zipfile and the XML parser raise on broken parts; each means a damaged file.
DAMAGE = (
    zipfile.BadZipFile,
    InvalidFileException,
    ParseError,
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
        source.seek(0)
        yield from _sheet_rows(source, filename, limits)
    except DefusedXmlException as error:
        raise FileRefused("entities", filename=filename, part="a part of the workbook") from error
    except DAMAGE as error:
        # openpyxl wraps what the parser raised in errors of its own.
        if isinstance(error.__context__, DefusedXmlException):
            part = "a part of the workbook"
            raise FileRefused("entities", filename=filename, part=part) from error
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


def _sheet_rows(source: BinaryIO, filename: str, limits: Limits) -> Generator[SourceRow]:
    book = load_workbook(source, read_only=True, data_only=False, keep_links=False)
    try:
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        sheet = (visible or book.worksheets)[0]
        # The declared dimension may be missing or false; the cells themselves decide.
        sheet.reset_dimensions()
        total = 0
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            total += len(cells)
            if number > LAST_ROW:
                raise FileRefused("too_many_rows", filename=filename, limit=limits.max_rows)
            if total > limits.max_cells:
                raise FileRefused("too_many_columns", filename=filename, limit=limits.max_columns)
            yield SourceRow(number, [_as_text(cell, filename) for cell in cells])
    finally:
        book.close()


def _as_text(cell: Any, filename: str) -> str:
    """The cell as the user would type it: no thousands sign, ISO dates, whole numbers whole."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise FileRefused("formula", filename=filename, cell=cell.coordinate)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < WHOLE_NUMBER_BELOW:
            return str(int(value))
        # 15 significant digits are what a spreadsheet program shows: 0.1 + 0.2 is 0.3.
        return format(value, ".15g")
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    return str(value)
