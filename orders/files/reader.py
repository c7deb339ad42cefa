"""One door for every uploaded table: size, kind and safety first, then rows.

``open_table`` reads the whole file once, into a temporary spool that moves to disk above 4 MB.
Every fault of the file as a whole is therefore known before the first row is handed out, so that
a formula in row 90,000 changes nothing; the spool can then be read as often as needed.
"""

import itertools
import json
import os
import tempfile
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, NamedTuple

from orders.files import text, workbook, xls
from orders.files.encodings import Encoding
from orders.files.faults import FileRefused
from orders.files.layouts import known_names
from orders.files.limits import DEFAULT_LIMITS, Limits
from orders.files.spool import SourceRow, clean_cells

SPOOL_IN_MEMORY_BYTES = 4 * 1024 * 1024
HEADER_WITHIN = 30
"""A header is looked for in this many rows with content; above it may stand a preamble."""
KNOWN_ENOUGH = 3


class Row(NamedTuple):
    """One row: ``number`` from 1 as a spreadsheet shows it, ``cells`` without trailing blanks."""

    number: int
    cells: tuple[str, ...]


@dataclass(slots=True)
class Table:
    """A checked table of text cells. Close it, or use it in a ``with`` block.

    ``kind`` is ``"csv"``, ``"tsv"``, ``"xlsx"`` or ``"xls"``; ``encoding`` the text encoding
    (``"utf-8"`` for workbooks); ``row_count`` leaves out the header, what stands above it, and
    blank rows; ``header_row`` is the header's number.
    """

    filename: str
    columns: tuple[str, ...]
    kind: str
    encoding: Encoding
    header_row: int
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
    """Read and check an uploaded CSV, tab-separated, XLSX or XLS file.

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
    plain = Encoding("utf-8")
    if head.startswith(b"PK"):
        rows = workbook.read_rows(source, filename, limits)
        return _spooled("xlsx", plain, rows, filename, limits)
    if head.startswith(xls.MAGIC):
        return _spooled("xls", plain, xls.read_rows(source, filename, limits), filename, limits)
    encoding = text.detect_encoding(source, filename)
    separator, records = text.read_rows(source, filename, encoding.name)
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
    for magic, kind in MAGIC:
        if head.startswith(magic):
            raise FileRefused("binary", filename=filename, kind=kind)


def _spooled(
    kind: str, encoding: Encoding, records: Generator[SourceRow], filename: str, limits: Limits
) -> Table:
    """Find the header in the first rows and spool those below it, checked and cleaned."""
    count = size = 0
    spool = tempfile.SpooledTemporaryFile(max_size=SPOOL_IN_MEMORY_BYTES)  # noqa: SIM115
    try:
        rows = _cleaned(records, filename, limits)
        first = list(itertools.islice(rows, HEADER_WITHIN))
        place = _header_place([row.cells for row in first])
        for row in itertools.chain(first[place + 1 :], rows):
            count += 1
            if count > limits.max_rows:
                raise FileRefused("too_many_rows", filename=filename, limit=limits.max_rows)
            line = json.dumps((row.number, *row.cells), ensure_ascii=False).encode()
            size += spool.write(line + b"\n")
            if size > limits.max_unpacked_bytes:
                # A long text that many cells of a workbook refer to takes no room in the file.
                raise _too_much(size, filename, limits)
        if not first:
            raise FileRefused("empty", filename=filename)
    except BaseException:
        spool.close()
        raise
    finally:
        records.close()
    header = first[place]
    return Table(filename, header.cells, kind, encoding, header.number, count, spool)


def _too_much(size: int, filename: str, limits: Limits) -> FileRefused:
    return FileRefused(
        "zip_bomb",
        filename=filename,
        megabytes=-(-size // 1_000_000),
        limit=limits.max_unpacked_bytes // 1_000_000,
        ratio=limits.max_ratio,
    )


def _cleaned(records: Iterator[SourceRow], filename: str, limits: Limits) -> Iterator[Row]:
    """The rows with content."""
    for number, raw in records:
        cells = clean_cells(raw, number, filename)
        if not cells:
            continue
        if len(cells) > limits.max_columns:
            raise FileRefused("too_many_columns", filename=filename, limit=limits.max_columns)
        yield Row(number, cells)


def _header_place(rows: Sequence[tuple[str, ...]]) -> int:
    """Which row names the columns: the one with the most names that a layout knows, else the
    first that is not much narrower than the widest."""
    known = [known_names(cells) for cells in rows]
    best = max(known, default=0)
    if best >= KNOWN_ENOUGH:
        return known.index(best)
    filled = [sum(map(bool, cells)) for cells in rows]
    wide = max(filled, default=0)
    return next((place for place, each in enumerate(filled) if each * 2 > wide), 0)
