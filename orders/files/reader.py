"""One door for every uploaded table: size, kind and safety first, then rows.

``open_table`` reads the whole file once, into a temporary spool that moves to disk above 4 MB.
Every fault of the file as a whole is therefore known before the first row is handed out, so that
a formula in row 90,000 changes nothing; the spool can then be read as often as needed.
"""

import json
import os
import tempfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, NamedTuple

from orders.files import text, workbook
from orders.files.faults import FileRefused
from orders.files.limits import DEFAULT_LIMITS, Limits
from orders.files.spool import SourceRow, clean_cells

SPOOL_IN_MEMORY_BYTES = 4 * 1024 * 1024


class Row(NamedTuple):
    """One row: ``number`` from 1 as a spreadsheet shows it, ``cells`` without trailing blanks."""

    number: int
    cells: tuple[str, ...]


@dataclass(slots=True)
class Table:
    """A checked table of text cells. Close it, or use it in a ``with`` block.

    ``kind`` is ``"csv"``, ``"tsv"`` or ``"xlsx"``; ``encoding`` the Python name of the text
    encoding (``"utf-8"`` for XLSX); ``row_count`` leaves out the header and blank rows.
    """

    filename: str
    columns: tuple[str, ...]
    kind: str
    encoding: str
    row_count: int
    _spool: IO[bytes]

    def rows(self) -> Iterator[Row]:
        """Yield the rows below the header, in file order; may be called again, one at a time."""
        self._spool.seek(0)
        for line in self._spool:
            number, *cells = json.loads(line)
            yield Row(number, tuple(cells))

    def close(self) -> None:
        """Free the temporary spool."""
        self._spool.close()

    def __enter__(self) -> "Table":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_table(
    source: str | os.PathLike[str] | BinaryIO,
    filename: str = "",
    *,
    limits: Limits = DEFAULT_LIMITS,
) -> Table:
    """Read and check an uploaded CSV, tab-separated or XLSX file.

    ``source`` is a path or a seekable binary file, which is left open. ``filename`` is only used
    in sentences; what the file is, its content says.

    Raises:
        FileRefused: the file as a whole cannot be used; nothing was handed out.
    """
    if isinstance(source, (str, os.PathLike)):
        with Path(source).open("rb") as opened:
            return _read(opened, filename or Path(source).name, limits)
    return _read(source, filename or "upload", limits)


def _read(source: BinaryIO, filename: str, limits: Limits) -> Table:
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    if size == 0:
        raise FileRefused("empty", filename=filename)
    if size > limits.max_bytes:
        raise FileRefused(
            "too_big",
            filename=filename,
            megabytes=-(-size // 1_000_000),
            limit=limits.max_bytes // 1_000_000,
        )
    head = source.read(8192)
    source.seek(0)
    refuse_known_binary(head, filename)
    if head.startswith(b"PK"):
        return _spooled(
            "xlsx", "utf-8", workbook.read_rows(source, filename, limits), filename, limits
        )
    encoding = text.detect_encoding(source, filename)
    separator, records = text.read_rows(source, filename, encoding)
    kind = "tsv" if separator == "\t" else "csv"
    return _spooled(kind, encoding, records, filename, limits)


MAGIC = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"{\\rtf", "an RTF document"),
)


def refuse_known_binary(head: bytes, filename: str) -> None:
    """Refuse what its first bytes name, with the name in the sentence."""
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise FileRefused("old_excel", filename=filename)
    for magic, kind in MAGIC:
        if head.startswith(magic):
            raise FileRefused("binary", filename=filename, kind=kind)


def _spooled(
    kind: str, encoding: str, records: Generator[SourceRow], filename: str, limits: Limits
) -> Table:
    """Take the first row with content as the header and spool the others, checked and cleaned."""
    columns: tuple[str, ...] = ()
    count = 0
    spool = tempfile.SpooledTemporaryFile(max_size=SPOOL_IN_MEMORY_BYTES)  # noqa: SIM115
    try:
        for number, raw in records:
            cells = clean_cells(raw, number, filename)
            if not cells:
                continue
            if len(cells) > limits.max_columns:
                raise FileRefused("too_many_columns", filename=filename, limit=limits.max_columns)
            if not columns:
                columns = cells
                continue
            count += 1
            if count > limits.max_rows:
                raise FileRefused("too_many_rows", filename=filename, limit=limits.max_rows)
            spool.write(json.dumps((number, *cells)).encode() + b"\n")
    except BaseException:
        spool.close()
        raise
    finally:
        records.close()
    if not columns:
        spool.close()
        raise FileRefused("empty", filename=filename)
    return Table(filename, columns, kind, encoding, count, spool)
