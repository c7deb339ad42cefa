"""Cleaning of cells on their way in, and the test for formulas written as text."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from orders.files.faults import FileRefused


class SourceRow(NamedTuple):
    """A row as read: ``number`` 1-based, ``cells`` uncleaned."""

    number: int
    cells: Iterable[str]


CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
# Spreadsheet exports keep leading zeros by writing ="01310"; that is a text, not a formula.
QUOTED_TEXT = re.compile(r'^="([^"]*)"$')
STARTS = frozenset("=+-@'")
# A file of rejected rows comes back with an apostrophe before what would be computed.
KEPT_AS_TEXT = re.compile(r"'[=+\-@]")
# What a spreadsheet program would compute. A leading + or - alone is a phone number or a price,
# so those count only before the functions that are used to attack.
# What may stand before it is taken whole (`*+`): tried in parts, a cell of blanks takes hours.
FORMULA = re.compile(
    r"^(?:=[\s\-+({@'\"]*+(?:[A-Z_][\w.]*\s*\(|\$?[A-Z]{1,3}\$?\d{1,7}\b|\d[\d.]*\s*(?:[-+*/^&<>%]|$)|[^=]*[|!])"
    r"|[-+@]\s*(?:SUM|HYPERLINK|WEBSERVICE|IMPORT\w+|DDE|CMD|EXEC|CALL|INDIRECT|IF|CONCAT\w*)\s*[(|])",
    re.IGNORECASE,
)


def clean_cells(raw: Iterable[str], number: int, filename: str) -> tuple[str, ...]:
    """Strip cells and drop trailing blanks; control characters become spaces.

    Raises:
        FileRefused: ``formula``, naming the cell.
    """
    cells: list[str] = []
    filled = 0
    for text in raw:
        value = without_blanks(text)
        if value[:1] in STARTS:
            value = _plain(value, len(cells), number, filename)
        cells.append(value)
        if value:
            filled = len(cells)
    return tuple(cells[:filled])


def without_blanks(text: str) -> str:
    """The text stripped; control characters are spaces.

    Also for texts that cells share, before they do: a million cells may refer to one long blank.
    """
    return (text if text.isprintable() else CONTROL.sub(" ", text)).strip()


def _plain(value: str, index: int, number: int, filename: str) -> str:
    if value[0] == "'":
        return value[1:] if KEPT_AS_TEXT.match(value) and not FORMULA.match(value[1:]) else value
    quoted = QUOTED_TEXT.match(value)
    if quoted:
        return quoted.group(1).strip()
    if FORMULA.match(value):
        raise FileRefused("formula", filename=filename, cell=f"{column_letters(index)}{number}")
    return value


def column_letters(index: int) -> str:
    """0 → ``A``, 25 → ``Z``, 26 → ``AA``: the column's name in a spreadsheet."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
