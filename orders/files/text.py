"""Separated text: which separator, which quoting, which line."""

import csv
import io
import itertools
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from orders.files.encodings import detect_encoding
from orders.files.faults import FileRefused
from orders.files.spool import SourceRow

__all__ = ["detect_encoding", "read_rows"]

LINES_JUDGED = 40
"""A separator is judged on this many lines, for a preamble may stand above the header."""

SEPARATORS = "\t,;|"
# Holds a control character that no row keeps, so no cell can be mistaken for it.
END_MARK = "\x1eend of file"


@contextmanager
def _lines(source: BinaryIO, encoding: str) -> Iterator[io.TextIOWrapper]:
    """The source as text; the caller's file stays open."""
    source.seek(0)
    wrapper = io.TextIOWrapper(source, encoding=encoding, newline="")
    try:
        yield wrapper
    finally:
        wrapper.detach()


def read_rows(source: BinaryIO, filename: str, encoding: str) -> tuple[str, Generator[SourceRow]]:
    """The separator, and the records with their numbers.

    Raises (while iterating):
        FileRefused: ``unclosed_quote`` or ``cell_too_long``.
    """
    with _lines(source, encoding) as lines:
        first, named = _first_lines(lines)
    separator = named or _separator(first)
    tabs = max((line.count("\t") for line in first), default=0)
    if separator == "\t" and not named and _is_flat(source, encoding, tabs):
        return separator, _flat_rows(source, encoding)
    return separator, _quoted_rows(source, filename, encoding, separator, bool(named))


def _first_lines(lines: io.TextIOWrapper) -> tuple[list[str], str]:
    """The first lines with content, and the separator where Excel's ``sep=;`` line names it."""
    found: list[str] = []
    for line in itertools.islice(lines, 4 * LINES_JUDGED):
        content = line.strip("\r\n \ufeff")
        bare = content.strip('"').lower()
        if not found and bare.startswith("sep=") and len(bare) == 5:
            return found, bare[4]
        if content:
            found.append(line)
        if len(found) == LINES_JUDGED:
            break
    return found, ""


def _separator(lines: list[str]) -> str:
    """The candidate that every line has equally often, outside of quotation marks, else the one
    that most have.

    Between equals the one that stands more often: a decimal comma in every row is no separator.
    """
    outside = ["".join(line.split('"')[::2]) for line in lines]

    def judged(candidate: str) -> tuple[bool, int, int, bool]:
        counts = [count for line in outside if (count := line.count(candidate))]
        common = max(set(counts), key=lambda each: (counts.count(each), each), default=0)
        wide = max(counts, default=0)
        alike = counts.count(common)
        is_everywhere = bool(lines) and alike == len(lines)
        return is_everywhere, alike * common, wide, candidate == ","

    return max(SEPARATORS, key=judged)


def _is_flat(source: BinaryIO, encoding: str, tabs: int) -> bool:
    """Whether every line of a tab-separated file is one record.

    Amazon writes quotation marks unescaped (``6" cable``); read as quoted text they would swallow
    the rows that follow. Equal numbers of tabs on every line prove that no cell spans lines.
    """
    with _lines(source, encoding) as lines:
        return all(line.count("\t") == tabs or not line.strip() for line in lines)


def _flat_rows(source: BinaryIO, encoding: str) -> Generator[SourceRow]:
    with _lines(source, encoding) as lines:
        for number, line in enumerate(lines, start=1):
            yield SourceRow(number, [_unquoted(cell) for cell in line.rstrip("\r\n").split("\t")])


def _unquoted(cell: str) -> str:
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        inner = cell[1:-1]
        if '"' not in inner.replace('""', ""):
            return inner.replace('""', '"')
    return cell


def _quoted_rows(
    source: BinaryIO, filename: str, encoding: str, separator: str, skip_first: bool
) -> Generator[SourceRow]:
    """Records by the CSV rules. A line of our own at the end shows whether a quotation is open."""
    start = 1
    with _lines(source, encoding) as lines:
        reader = csv.reader(itertools.chain(lines, [END_MARK]), delimiter=separator)
        try:
            for number, cells in enumerate(reader, start=1):
                if cells and cells[-1].endswith(END_MARK):
                    if cells != [END_MARK]:
                        raise FileRefused("unclosed_quote", filename=filename, line=start)
                    return
                if number > 1 or not skip_first:
                    yield SourceRow(number, cells)
                start = reader.line_num + 1
        except csv.Error as error:
            raise FileRefused(
                "cell_too_long", filename=filename, line=start, limit=csv.field_size_limit()
            ) from error
