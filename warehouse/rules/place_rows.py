"""Rows of a file of places, read and checked one by one; a bad row never stops a good one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from core.sentences import Sentence, gettext_noop

COLUMNS = (
    "code", "kind", "parent", "use", "pick_sequence", "zone", "aisle", "bay", "level", "x_mm",
    "y_mm", "capacity_units", "capacity_volume_cm3", "capacity_weight_g",
)  # fmt: skip
KINDS = ("zone", "aisle", "rack", "bin", "receiving", "staging")
USES = ("pick", "reserve")
MOST_ROWS = 5000
MOST_NUMBER = 2**31 - 1
LONGEST = {"code": 30, "parent": 30, "zone": 20, "aisle": 20, "bay": 20}
NUMBERS = (
    "pick_sequence", "level", "capacity_units", "capacity_volume_cm3", "capacity_weight_g",
)  # fmt: skip
MOST_LEVEL = 32767


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFacts:
    """What is said of one place. None: not measured or without limit; "" : not said."""

    code: str
    kind: str
    parent: str = ""
    use: str = "pick"
    pick_sequence: int = 0
    zone: str = ""
    aisle: str = ""
    bay: str = ""
    level: int | None = None
    x_mm: int | None = None
    y_mm: int | None = None
    capacity_units: int | None = None
    capacity_volume_cm3: int | None = None
    capacity_weight_g: int | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a value, and of which column."""

    column: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row by its number in the file: its facts, or what is wrong with it.

    `named` are the columns that were said at all, be it empty: of a known place, only these change.
    """

    line: int
    said: Mapping[str, str]
    facts: PlaceFacts | None
    fault: Fault | None
    named: frozenset[str] = frozenset(COLUMNS)


class NotAPlaceFile(ValueError):
    """The file cannot be read at all; `sentence` says why."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        super().__init__(sentence.text)


def read_rows(content: bytes) -> Iterator[ReadRow]:
    """Read a CSV file in UTF-8 with a heading of `COLUMNS`; raises `NotAPlaceFile`."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = gettext_noop("The file is not in UTF-8: save it as CSV UTF-8.")
        raise NotAPlaceFile(Sentence("not_utf8", said)) from error
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    rows = csv.DictReader(io.StringIO(text), delimiter=separator, strict=True)
    try:
        heading = [(name or "").strip().lower() for name in rows.fieldnames or ()]
        missing = [name for name in ("code", "kind") if name not in heading]
        unknown = [name for name in heading if name not in COLUMNS]
        if missing or unknown:
            said = gettext_noop(
                "The first line must name the columns {columns}; missing: {missing},"
                " unknown: {unknown}."
            )
            params = {
                "columns": ", ".join(COLUMNS),
                "missing": ", ".join(missing) or "–",
                "unknown": ", ".join(unknown)[:200] or "–",
            }
            raise NotAPlaceFile(Sentence("columns", said, params))
        rows.fieldnames = heading
        for number, row in enumerate(rows, start=1):
            if number > MOST_ROWS:
                said = gettext_noop("More than {most} rows: send them in several files.")
                raise NotAPlaceFile(Sentence("too_many", said, {"most": str(MOST_ROWS)}))
            said_row = {name: str(row.get(name) or "").strip() for name in COLUMNS}
            read = read_row(rows.line_num, said_row, is_torn=None in row)
            yield replace(read, named=frozenset(heading))
    except csv.Error as error:
        said = gettext_noop("Line {line} cannot be read: its quotes do not match.")
        raise NotAPlaceFile(Sentence("torn", said, {"line": str(rows.line_num)})) from error


def read_row(line: int, said: Mapping[str, str], *, is_torn: bool = False) -> ReadRow:
    """Check one row by itself; whether its parent exists is the service's to say."""
    fault = (
        Fault("code", Sentence("torn", gettext_noop("The row has more cells than columns.")))
        if is_torn
        else _fault(said)
    )
    if fault is not None:
        return ReadRow(line, said, None, fault)
    facts = PlaceFacts(
        code=said["code"], kind=said["kind"].lower(), parent=said["parent"],
        use=said["use"].lower() or "pick", pick_sequence=int(said["pick_sequence"] or 0),
        zone=said["zone"], aisle=said["aisle"], bay=said["bay"], level=_number(said["level"]),
        x_mm=_number(said["x_mm"]), y_mm=_number(said["y_mm"]),
        capacity_units=_number(said["capacity_units"]),
        capacity_volume_cm3=_number(said["capacity_volume_cm3"]),
        capacity_weight_g=_number(said["capacity_weight_g"]),
    )  # fmt: skip
    return ReadRow(line, said, facts, None)


def _number(said: str) -> int | None:
    return int(said) if said else None


def _fault(said: Mapping[str, str]) -> Fault | None:
    code = said["code"]
    if not code or not (code.isascii() and code.isprintable()) or " " in code:
        text = gettext_noop("It must be letters, digits and signs without spaces: a barcode's.")
        return Fault("code", Sentence("code", text))
    for column, longest in LONGEST.items():
        if len(said[column]) > longest or not said[column].isprintable():
            text = gettext_noop("It may have {most} characters.")
            return Fault(column, Sentence("long", text, {"most": str(longest)}))
    for column, allowed in (("kind", KINDS), ("use", ("", *USES))):
        if said[column].lower() not in allowed:
            text = gettext_noop("It must be one of: {allowed}.")
            params = {"allowed": ", ".join(filter(None, allowed))}
            return Fault(column, Sentence("choice", text, params))
    for column in (*NUMBERS, "x_mm", "y_mm"):
        digits = said[column].removeprefix("-") if column in ("x_mm", "y_mm") else said[column]
        most = MOST_LEVEL if column == "level" else MOST_NUMBER
        is_number = digits.isascii() and digits.isdigit() and len(digits) <= len(str(most))
        if said[column] and not (is_number and int(digits) <= most):
            text = gettext_noop("It must be a whole number, at most {most}.")
            return Fault(column, Sentence("number", text, {"most": str(most)}))
    if bool(said["x_mm"]) != bool(said["y_mm"]):
        text = gettext_noop("A position needs both x and y, measured from the bench.")
        return Fault("x_mm" if said["y_mm"] else "y_mm", Sentence("position", text))
    return None
