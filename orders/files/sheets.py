"""The rows of an XLSX sheet, streamed: what the parser holds is one row and the shared texts."""

import datetime as dt
import posixpath
import re
import zipfile
from collections.abc import Generator, Iterator, Sequence
from typing import IO
from xml.etree.ElementTree import Element
from xml.parsers import expat

from defusedxml.ElementTree import fromstring

from orders.files.faults import FileRefused
from orders.files.limits import Limits
from orders.files.spool import SourceRow, column_letters, without_blanks

CHUNK = 1 << 16
LAST_ROW = 1_048_576
WHOLE_NUMBER_BELOW = 10**15
LARGEST_PART_BYTES = 8_000_000
"""Of the list of sheets and of the styles; real ones are a hundredth of it."""
MOST_NAMES = 1_000
LONGEST_NAME = 100
LONGEST_FORMAT = 255
LONGEST_COLUMN = 3
"""Letters of the last column, XFD."""
LONGEST_CELL = 131_072
"""Four times what a spreadsheet program takes."""
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
QUOTED = re.compile(r"\"[^\"]*\"|\\.|\[[^\]]*\]|_.|\*.")
DATE_LETTERS = re.compile(r"[ymdhse年月日]", re.IGNORECASE)
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
EPOCHS = (dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1))  # noqa: DTZ001 - a sheet has no zone
LAST_SERIAL = 2_958_466


class Declared(Exception):
    """The part declares a document type or an entity."""


class _Local(dict[str, str]):
    """Names without their prefix (``x:row`` → ``row``), each worked out once."""

    def __missing__(self, tag: str) -> str:
        name = tag.rpartition(":")[2]
        if len(tag) > LONGEST_NAME:
            # It outlives the file: a name of megabytes must not stay.
            return name
        if len(self) > MOST_NAMES:
            self.clear()
        self[tag] = name
        return name


LOCAL = _Local()


def sheet_rows(archive: zipfile.ZipFile, filename: str, limits: Limits) -> Generator[SourceRow]:
    """Yield the rows of the first visible sheet as the user would type them.

    Raises:
        FileRefused: ``formula``, ``too_many_rows``, ``too_many_columns``, ``cell_too_long`` or
            ``zip_bomb``.
        Declared: a document type or an entity is declared.
        KeyError, ValueError, ExpatError: the workbook is damaged.
    """
    book = _part(archive, "xl/workbook.xml")
    targets = {
        relation.get("Id"): (relation.get("Type", ""), relation.get("Target", ""))
        for relation in _part(archive, "xl/_rels/workbook.xml.rels")
    }
    sheets = [each for each in book.iter() if _bare(each.tag) == "sheet"]
    visible = [each for each in sheets if each.get("state", "visible") == "visible"]
    _kind, target = targets[(visible or sheets)[0].get(RELATION)]
    shared = [path for kind, path in targets.values() if kind.endswith("/sharedStrings")]
    styles = [path for kind, path in targets.values() if kind.endswith("/styles")]
    is_1904 = any(
        _bare(each.tag) == "workbookPr" and each.get("date1904") in ("1", "true")
        for each in book.iter()
    )
    reader = _Sheet(
        texts=_shared_texts(archive, _path(shared[0]), filename, limits) if shared else [],
        dates=_date_styles(archive, _path(styles[0])) if styles else frozenset(),
        epoch=EPOCHS[is_1904],
        filename=filename,
        limits=limits,
    )
    with archive.open(_path(target)) as part:
        yield from reader.rows(part)


def _path(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _part(archive: zipfile.ZipFile, name: str) -> Element:
    if archive.getinfo(name).file_size > LARGEST_PART_BYTES:
        raise ValueError(f"{name} is too large")
    parsed: Element = fromstring(archive.read(name), forbid_dtd=True)
    return parsed


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]


def _date_styles(archive: zipfile.ZipFile, name: str) -> frozenset[int]:
    """The numbers of the cell styles that show a number as a date or a time."""
    root = _part(archive, name)
    own = {
        int(each.get("numFmtId", "0"))
        for each in root.iter()
        if _bare(each.tag) == "numFmt" and shows_date(each.get("formatCode", ""))
    }
    formats = next((each for each in root if _bare(each.tag) == "cellXfs"), ())
    numbers = [int(each.get("numFmtId", "0")) for each in formats]
    return frozenset(
        place for place, number in enumerate(numbers) if number in own or number in BUILT_IN_DATES
    )


def shows_date(code: str) -> bool:
    """Whether a number format shows a date or a time. One is at most 255 characters long."""
    plain = QUOTED.sub("", code[:LONGEST_FORMAT]).replace("General", "")
    return DATE_LETTERS.search(plain) is not None


def _parser() -> "expat.XMLParserType":
    """A parser that refuses declarations. It does not look at namespaces: see `_Local`."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise Declared

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def _shared_texts(  # noqa: C901 - one parser
    archive: zipfile.ZipFile, name: str, filename: str, limits: Limits
) -> list[str]:
    """The texts that cells refer to by number; readings in another script are left out.

    They are in memory whole, so the part is measured under whatever name the workbook gives it.
    """
    size = archive.getinfo(name).file_size
    if size > limits.max_shared_strings_bytes:
        raise FileRefused(
            "zip_bomb",
            filename=filename,
            megabytes=-(-size // 1_000_000),
            limit=limits.max_shared_strings_bytes // 1_000_000,
            ratio=limits.max_ratio,
        )
    texts: list[str] = []
    parts: list[str] = []
    is_text = is_reading = False
    parser = _parser()

    def start(tag: str, _attributes: dict[str, str]) -> None:
        nonlocal is_text, is_reading
        tag = LOCAL[tag]
        if tag == "t":
            is_text = not is_reading
        elif tag == "si":
            parts.clear()
        elif tag == "rPh":
            is_reading = True

    def end(tag: str) -> None:
        nonlocal is_text, is_reading
        tag = LOCAL[tag]
        if tag == "t":
            is_text = False
        elif tag == "si":
            texts.append(without_blanks(_unescaped("".join(parts))))
        elif tag == "rPh":
            is_reading = False

    def data(text: str) -> None:
        if is_text:
            parts.append(text)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = data
    with archive.open(name) as part:
        while chunk := part.read(CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    return texts


def _unescaped(text: str) -> str:
    """``_x000D_`` is how a workbook writes a control character."""
    if "_x" not in text:
        return text

    def letter(match: re.Match[str]) -> str:
        code = int(match.group(1), 16)
        return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)

    return ESCAPED.sub(letter, text)


class _Sheet:
    """Reads one sheet part; `rows` may be called once."""

    def __init__(
        self,
        *,
        texts: Sequence[str],
        dates: frozenset[int],
        epoch: dt.datetime,
        filename: str,
        limits: Limits,
    ) -> None:
        self._texts, self._dates, self._epoch = texts, dates, epoch
        self._filename, self._limits = filename, limits
        self._ready: list[SourceRow] = []
        self._cells: list[str] = []
        self._number = 0
        self._total = 0
        self._column = 0
        self._kind, self._style = "n", 0
        self._value: list[str] = []
        self._is_cell = self._takes = False
        self._length = 0

    def rows(self, part: IO[bytes]) -> Iterator[SourceRow]:
        """Yield the rows as the part is read."""
        parser = _parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        while chunk := part.read(CHUNK):
            parser.Parse(chunk, False)
            yield from self._ready
            self._ready.clear()
        parser.Parse(b"", True)
        yield from self._ready

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = LOCAL[tag]
        if tag == "c":
            reference = attributes.get("r")
            self._column = _column(reference) if reference else len(self._cells)
            self._kind = attributes.get("t", "n")
            self._style = int(attributes.get("s", 0))
            self._value, self._length, self._is_cell = [], 0, True
        elif tag in ("v", "t"):
            self._takes = self._is_cell
        elif tag == "row":
            number = int(attributes.get("r", self._number + 1))
            if number <= self._number:
                raise ValueError("rows out of order")
            self._number, self._cells = number, []
            if self._number > LAST_ROW:
                raise FileRefused(
                    "too_many_rows", filename=self._filename, limit=self._limits.max_rows
                )
        elif tag == "f" and self._is_cell:
            cell = f"{column_letters(self._column)}{self._number}"
            raise FileRefused("formula", filename=self._filename, cell=cell)
        elif tag == "rPh":
            self._kind = "reading"

    def _end(self, tag: str) -> None:
        tag = LOCAL[tag]
        if tag == "c":
            self._is_cell = False
            if self._value:
                self._place("".join(self._value))
        elif tag in ("v", "t"):
            self._takes = False
        elif tag == "row" and self._cells:
            self._ready.append(SourceRow(self._number, self._cells))
            self._cells = []

    def _data(self, text: str) -> None:
        if self._takes and self._kind != "reading":
            self._length += len(text)
            if self._length > LONGEST_CELL:
                raise self._too_long()
            self._value.append(text)

    def _too_long(self) -> FileRefused:
        return FileRefused(
            "cell_too_long", filename=self._filename, line=self._number, limit=LONGEST_CELL
        )

    def _place(self, value: str) -> None:
        """Put a cell's text at its column; the columns before it are blank."""
        missing = self._column - len(self._cells)
        self._total += 1
        if self._column >= 16_384 or self._total > self._limits.max_cells:
            raise FileRefused(
                "too_many_columns", filename=self._filename, limit=self._limits.max_columns
            )
        if missing < 0:
            raise ValueError("cells out of order")
        if missing:
            self._cells.extend([""] * missing)
        self._cells.append(self._text(value))

    def _text(self, value: str) -> str:
        """The cell as the user would type it: no thousands sign, ISO dates, whole numbers whole."""
        kind = self._kind
        if kind == "s":
            text = self._texts[int(value)]
            if len(text) > LONGEST_CELL:
                raise self._too_long()
            return text
        if kind == "n":
            return self._number_text(value)
        if kind == "b":
            return "TRUE" if value.strip() == "1" else "FALSE"
        if kind == "d":
            return value.strip()
        return _unescaped(value)

    def _number_text(self, value: str) -> str:
        if self._style in self._dates:
            return serial_text(float(value), self._epoch)
        if value.isdecimal() and value.isascii() and len(value) < 16:
            return value.lstrip("0") or "0"
        return number_text(float(value))


def _column(reference: str) -> int:
    """``AB12`` → 27. A longer name than any column has is beyond the last one."""
    column = 0
    # Not one letter more: the number of a name of a million letters takes hours to work out.
    for letter in reference[: LONGEST_COLUMN + 1]:
        if not "A" <= letter <= "Z":
            break
        column = column * 26 + ord(letter) - 64
    return column - 1


def number_text(value: float) -> str:
    """15 significant digits are what a spreadsheet program shows: 0.1 + 0.2 is 0.3."""
    if value.is_integer() and abs(value) < WHOLE_NUMBER_BELOW:
        return str(int(value))
    return format(value, ".15g")


def serial_text(value: float, epoch: dt.datetime) -> str:
    """A day number as an ISO date, with the time where it has one; a mere time as such."""
    if not 0 <= value < LAST_SERIAL:
        return number_text(value)
    moment = epoch + dt.timedelta(seconds=round(value * 86_400))
    if value < 1:
        return moment.time().isoformat()
    return moment.date().isoformat() if value.is_integer() else moment.isoformat()
