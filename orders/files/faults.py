"""What can be wrong with an uploaded file or with one row of it.

Sentences are English templates with ``%(name)s`` parameters. ``_`` marks them for extraction
only; the doorway that shows them translates the template and fills the parameters.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.sentences import gettext_noop as _

REFUSALS: Mapping[str, str] = {
    "empty": _(
        "The file %(filename)s is empty: upload a file with a header line and at least one row."
    ),
    "no_rows": _("The file %(filename)s has a header line but no rows below it."),
    "too_big": _(
        "The file %(filename)s is %(megabytes)s MB: at most %(limit)s MB are read; "
        "split it into smaller files."
    ),
    "too_many_rows": _(
        "The file %(filename)s has more than %(limit)s rows: split it into smaller files."
    ),
    "too_many_columns": _(
        "The file %(filename)s has more than %(limit)s columns: "
        "upload the export as the marketplace made it."
    ),
    "binary": _(
        "The file %(filename)s is not a table but %(kind)s: "
        "upload CSV, tab-separated text, XLSX or XLS."
    ),
    "old_excel": _(
        "The file %(filename)s is password-protected, older than Excel 97 or no workbook: "
        "save it as XLSX without a password, or as CSV."
    ),
    "encoding": _(
        "Line %(line)s of the file %(filename)s has bytes that are not valid text: "
        "save the file again with the encoding UTF-8."
    ),
    "unclosed_quote": _(
        "The file %(filename)s has a quotation mark that is never closed, "
        "in the row that begins at line %(line)s: close it or remove it."
    ),
    "cell_too_long": _(
        "Line %(line)s of the file %(filename)s has a cell longer than %(limit)s characters: "
        "shorten it; a missing quotation mark is the usual cause."
    ),
    "formula": _(
        "Cell %(cell)s of the file %(filename)s holds a formula: "
        "replace it by its value (copy, then paste as values) and upload again."
    ),
    "damaged": _(
        "The file %(filename)s is a damaged Excel file (%(part)s): "
        "open it in a spreadsheet program, save it again and upload the new file."
    ),
    "zip_bomb": _(
        "The file %(filename)s unpacks to %(megabytes)s MB, which no order file needs: "
        "at most %(limit)s MB and %(ratio)s times its packed size are read."
    ),
    "not_a_workbook": _(
        "The file %(filename)s is a ZIP archive but not an XLSX workbook: "
        "unpack it and upload the file inside."
    ),
    "entities": _(
        "The file %(filename)s declares XML entities in %(part)s, which a spreadsheet program "
        "never writes: save it again from a spreadsheet program."
    ),
    "columns_unknown": _(
        "No column of the file %(filename)s is recognised: its first row must name the columns, "
        "for example %(expected)s."
    ),
    "columns_missing": _(
        "The file %(filename)s looks like %(layout)s but lacks the column %(missing)s: "
        "add it and upload again."
    ),
    "dates_ambiguous": _(
        "The file %(filename)s has dates such as %(example)s, where day and month cannot be told "
        "apart: say which stands first."
    ),
    "choice_outdated": _(
        "The columns of the file %(filename)s are no longer those that were chosen for it: "
        "choose them again."
    ),
    "columns_repeated": _(
        "The file %(filename)s has the column %(column)s twice: keep one of them and upload again."
    ),
}

ASKS = frozenset({"columns_unknown", "columns_missing", "columns_repeated", "dates_ambiguous",
                  "choice_outdated"})  # fmt: skip
"""Refusals that a person can answer: what the columns mean, which of day and month is first."""

NOTES: Mapping[str, str] = {
    "encoding_assumed": _(
        "The file does not say its encoding; %(encoding)s was assumed. Look at a name with accents."
    ),
    "encoding_doubtful": _(
        "The file does not say its encoding; %(encoding)s was assumed, but it could be "
        "%(other)s. Look at a name, and save the file as UTF-8 if it is wrong."
    ),
    "dates_day_first": _("Dates were read with the day first, as dates of this file prove."),
    "dates_month_first": _("Dates were read with the month first, as dates of this file prove."),
    "numbers_comma": _("Amounts were read with a decimal comma, as amounts of this file prove."),
    "numbers_mixed": _("Some amounts have a decimal point and some a decimal comma."),
    "zone_assumed": _("Times without a time zone were read as %(zone)s."),
    "preset_used": _("The columns were read by your saved choice “%(name)s”."),
    "no_recipients": _(
        "This report has no recipients: its orders are held until you upload the unshipped "
        "orders report, which has them."
    ),
}
"""What was assumed about a file; each is shown beside its result."""

SKIPS: Mapping[str, str] = {
    "cancelled": _("cancelled"),
    "shipped": _("already shipped"),
    "fulfilled_by_channel": _("fulfilled by the marketplace itself"),
    "refunded": _("refunded or voided"),
    "nothing_to_ship": _("nothing to ship"),
}
"""Why rows of a file are no open orders."""


@dataclass(frozen=True, slots=True)
class SkippedRows:
    """Rows that were read and are no open orders; ``reason`` is a key of ``SKIPS``."""

    rows: int
    reason: str


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A sound row of an order that has rejected ones: it goes into their file, so that the order
    comes back whole."""

    row: int
    external_order: str
    cells: tuple[str, ...] = ()


class FileRefused(Exception):
    """The whole file is refused and nothing was changed.

    ``code`` is a key of ``REFUSALS``; ``template`` its English sentence; ``params`` fill it.
    ``str(error)`` is the filled English sentence.
    """

    def __init__(self, code: str, **params: str | int) -> None:
        self.code = code
        self.template = REFUSALS[code]
        self.params = params
        super().__init__(self.template % params)


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One row that cannot be read; the rows around it are not touched.

    ``row`` counts from 1 as a spreadsheet program shows it; ``column`` is the header as written
    in the file; ``value`` is what stands there, at most 200 characters; ``cells`` is the row.
    """

    row: int
    column: str
    value: str
    fault_code: str
    wrong_template: str
    right_template: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    cells: tuple[str, ...] = ()

    @property
    def wrong(self) -> str:
        """What is wrong, in English."""
        return self.wrong_template % self.params

    @property
    def right(self) -> str:
        """What would be right, in English."""
        return self.right_template % self.params
