"""XLS (Excel 97 to 2003): the records of the first visible sheet, read one by one.

Every text of the workbook is in memory once and every row once, so neither a cell in the last
corner nor a long text that a million cells refer to takes more. Formulas are refused where they
stand; macros, links and pictures are other streams or records that nothing here looks at.
"""

import struct
from collections.abc import Generator, Iterator
from itertools import groupby
from typing import BinaryIO, NamedTuple

from orders.files.compound import MAGIC, Damaged, Stream, open_stream
from orders.files.faults import FileRefused
from orders.files.limits import Limits
from orders.files.sheets import (
    BUILT_IN_DATES,
    EPOCHS,
    number_text,
    serial_text,
    shows_date,
)
from orders.files.spool import SourceRow, column_letters, without_blanks

__all__ = ["MAGIC", "read_rows"]

FORMULA, EOF, CONTINUE, DATE1904, FILEPASS = 0x06, 0x0A, 0x3C, 0x22, 0x2F
BOUNDSHEET, MULRK, XF, SST, LABELSST, NUMBER = 0x85, 0xBD, 0xE0, 0xFC, 0xFD, 0x203
LABEL, BOOLERR, ARRAY, TABLE, RK, FORMAT, BOF = 0x204, 0x205, 0x221, 0x236, 0x27E, 0x41E, 0x809
SHARED_FORMULA = 0x4BC
FORMULAS = frozenset({FORMULA, ARRAY, TABLE, SHARED_FORMULA})
BIFF8, LAST_COLUMN = 0x600, 255
WORKSHEET, VISIBLE = 0, 0


class Record(NamedTuple):
    """One record of the workbook stream."""

    kind: int
    body: bytes


class Cell(NamedTuple):
    """A cell's place and text."""

    row: int
    column: int
    text: str


def read_rows(source: BinaryIO, filename: str, limits: Limits) -> Generator[SourceRow]:
    """Yield the rows of the first visible sheet as text.

    Raises (while iterating):
        FileRefused: ``formula``, ``old_excel``, ``damaged`` or ``too_many_columns``.
    """
    try:
        stream = open_stream(source, ("Workbook", "Book"))
        if stream is None:
            raise FileRefused("old_excel", filename=filename)
        yield from _Book(stream, filename, limits).rows()
    except (Damaged, struct.error, IndexError, ValueError, OverflowError) as error:
        raise FileRefused("damaged", filename=filename, part=type(error).__name__) from error


class _Book:
    """The workbook's own records, then those of one sheet."""

    def __init__(self, stream: Stream, filename: str, limits: Limits) -> None:
        self._stream, self._filename, self._limits = stream, filename, limits
        self._texts: list[str] = []
        self._formats: dict[int, str] = {}
        self._styles: list[int] = []
        self._epoch = EPOCHS[0]
        self._sheet: int | None = None
        self._read_globals()

    def _read_globals(self) -> None:  # noqa: C901 - one branch for each kind of record
        hidden: int | None = None
        records = self._records(0)
        first = next(records)
        if first.kind != BOF or struct.unpack_from("<H", first.body)[0] != BIFF8:
            raise FileRefused("old_excel", filename=self._filename)
        pending: list[bytes] = []
        for kind, body in records:
            if pending and kind != CONTINUE:
                self._texts, pending = _shared_texts(pending), []
            if kind == SST or (kind == CONTINUE and pending):
                pending.append(body)
            elif kind == FILEPASS:
                raise FileRefused("old_excel", filename=self._filename)
            elif kind == DATE1904:
                self._epoch = EPOCHS[struct.unpack_from("<H", body)[0] == 1]
            elif kind == FORMAT:
                number, length = struct.unpack_from("<HH", body)
                self._formats[number] = _text(body, 4, length)
            elif kind == XF:
                self._styles.append(struct.unpack_from("<H", body, 2)[0])
            elif kind == BOUNDSHEET:
                place, state, sheet_kind = struct.unpack_from("<IBB", body)
                if sheet_kind == WORKSHEET:
                    hidden = place if hidden is None else hidden
                    if state & 3 == VISIBLE and self._sheet is None:
                        self._sheet = place
        self._sheet = hidden if self._sheet is None else self._sheet
        self._dates = frozenset(
            place
            for place, number in enumerate(self._styles)
            if number in BUILT_IN_DATES or shows_date(self._formats.get(number, ""))
        )

    def _records(self, place: int) -> Iterator[Record]:
        """The records from a place to the end of their part."""
        depth = 0
        while True:
            kind, size = struct.unpack("<HH", self._stream.read(place, 4))
            body = self._stream.read(place + 4, size)
            place += 4 + size
            depth += (kind == BOF) - (kind == EOF)
            # What lies deeper is a chart inside the sheet.
            if depth <= 1:
                yield Record(kind, body)
            if depth == 0:
                return

    def rows(self) -> Iterator[SourceRow]:
        """The rows in order; a sheet whose rows are not in order is damaged."""
        if self._sheet is None:
            raise Damaged("no sheet")
        last, total = -1, 0
        for row, cells in groupby(self._cells(self._sheet), key=lambda cell: cell.row):
            if row < last:
                raise Damaged("rows out of order")
            last = row
            texts: list[str] = []
            for cell in cells:
                total += 1
                if total > self._limits.max_cells or not 0 <= cell.column <= LAST_COLUMN:
                    raise FileRefused(
                        "too_many_columns", filename=self._filename, limit=self._limits.max_columns
                    )
                texts.extend([""] * (cell.column + 1 - len(texts)))
                texts[cell.column] = cell.text
            yield SourceRow(row + 1, texts)

    def _cells(self, place: int) -> Iterator[Cell]:
        for kind, body in self._records(place):
            if kind == LABELSST:
                row, column, _style, text = struct.unpack_from("<HHHI", body)
                yield Cell(row, column, self._texts[text])
            elif kind == NUMBER:
                row, column, style, value = struct.unpack_from("<HHHd", body)
                yield Cell(row, column, self._number(value, style))
            elif kind == RK:
                row, column, style, packed = struct.unpack_from("<HHHI", body)
                yield Cell(row, column, self._number(_rk(packed), style))
            elif kind == MULRK:
                row, column = struct.unpack_from("<HH", body)
                for style, packed in struct.iter_unpack("<HI", body[4:-2]):
                    yield Cell(row, column, self._number(_rk(packed), style))
                    column += 1
            elif kind == LABEL:
                row, column, _style, length = struct.unpack_from("<HHHH", body)
                yield Cell(row, column, _text(body, 8, length))
            elif kind == BOOLERR:
                row, column, _style, value, is_error = struct.unpack_from("<HHHBB", body)
                yield Cell(row, column, "#ERROR" if is_error else "TRUE" if value else "FALSE")
            elif kind in FORMULAS:
                row, column = struct.unpack_from("<HH", body)
                cell = f"{column_letters(column & 0xFF)}{row + 1}"
                raise FileRefused("formula", filename=self._filename, cell=cell)

    def _number(self, value: float, style: int) -> str:
        return serial_text(value, self._epoch) if style in self._dates else number_text(value)


def _rk(packed: int) -> float:
    """A number packed into 30 bits, whole or the upper half of a float, perhaps in hundredths."""
    value: float
    if packed & 2:
        value = (packed >> 2) - (1 << 30 if packed & 0x80000000 else 0)
    else:
        value = struct.unpack("<d", struct.pack("<II", 0, packed & 0xFFFFFFFC))[0]
    return float(value / 100 if packed & 1 else value)


def _text(body: bytes, place: int, length: int) -> str:
    """A text that stands whole in its record."""
    wide = body[place] & 1
    raw = body[place + 1 : place + 1 + (length * 2 if wide else length)]
    return raw.decode("utf-16-le" if wide else "latin-1", "replace")


def _shared_texts(parts: list[bytes]) -> list[str]:
    """The table of texts. A text may go on in the next record, there again in one or two bytes
    a letter."""
    reader = _Parts(parts)
    reader.number("<I")
    count = reader.number("<I")
    if count > sum(map(len, parts)):
        raise Damaged("more texts than bytes")
    texts = []
    for _ in range(count):
        length, flags = reader.number("<H"), reader.number("<B")
        runs = reader.number("<H") if flags & 8 else 0
        extra = reader.number("<I") if flags & 4 else 0
        texts.append(without_blanks(reader.letters(length, flags & 1)))
        reader.skip(runs * 4 + extra)
    return texts


class _Parts:
    """Reads over the borders of records."""

    def __init__(self, parts: list[bytes]) -> None:
        self._parts, self._part, self._at = parts, 0, 0

    def _left(self) -> int:
        while self._part < len(self._parts) and self._at >= len(self._parts[self._part]):
            self._part, self._at = self._part + 1, 0
        if self._part >= len(self._parts):
            raise Damaged("texts end early")
        return len(self._parts[self._part]) - self._at

    def _take(self, size: int) -> bytes:
        taken = self._parts[self._part][self._at : self._at + size]
        self._at += size
        return taken

    def number(self, form: str) -> int:
        """A whole number; it never crosses a border."""
        self._left()
        return int(struct.unpack(form, self._take(struct.calcsize(form)))[0])

    def skip(self, size: int) -> None:
        """Pass over formatting."""
        while size:
            step = min(size, self._left())
            self._at += step
            size -= step

    def letters(self, length: int, wide: int) -> str:
        """`length` letters; behind a border stands anew how wide they are."""
        text: list[str] = []
        while length:
            if self._at >= len(self._parts[self._part]):
                self._left()
                wide = self._take(1)[0] & 1
            width = 2 if wide else 1
            count = min(length, self._left() // width)
            if not count:
                raise Damaged("half a letter")
            raw = self._take(count * width)
            text.append(raw.decode("utf-16-le" if wide else "latin-1", "replace"))
            length -= count
        return "".join(text)
