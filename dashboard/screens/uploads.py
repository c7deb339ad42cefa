"""dashboard/orders/upload.html, upload_detail.html, upload_columns.html, _upload_progress.html"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dashboard.screens.common import Badge, Option


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadRow:
    """One earlier upload."""

    file_name: str
    url: str
    kind: str
    uploaded_at: datetime
    uploaded_by: str
    badge: Badge
    accepted: int
    rejected: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PresetRow:
    """A saved choice of columns."""

    name: str
    saved_by: str
    saved_at: datetime
    remove_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadPage:
    """The form posts multipart `kind` and `file`; `error` is one sentence about the whole file."""

    kinds: tuple[Option, ...]
    accept: str
    limit_words: str
    template_url: str
    recent: tuple[UploadRow, ...]
    list_url: str
    post_url: str
    presets: tuple[PresetRow, ...] = ()
    error: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectedRow:
    """What was wrong in one cell and what would be right."""

    row: int
    column: str
    value: str
    wrong: str
    right: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadProgress:
    """Also the context of the polled partial (as `page`); `failure` refuses the whole file.

    `result` says what came of it once it is read; `orders_url` lists what it made.
    """

    file_name: str
    kind: str
    state: Literal["waiting", "reading", "done", "failed"]
    uploaded_at: datetime
    rows_total: int | None
    rows_done: int
    created: int
    updated: int
    unchanged: int
    held: int
    rejected: int
    progress_url: str
    orders_url: str
    upload_url: str
    list_url: str
    rejected_url: str = ""
    rejected_rows: tuple[RejectedRow, ...] = ()
    failure: str = ""
    result: str = ""
    columns_url: str = ""
    layout: str = ""
    notes: tuple[str, ...] = ()
    skipped: tuple[tuple[str, int], ...] = ()

    @property
    def is_running(self) -> bool:
        return self.state in ("waiting", "reading")


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnField:
    """One of our fields: the file's columns to choose from, and one value for all where allowed."""

    name: str
    label: str
    help: str
    options: tuple[Option, ...]
    is_required: bool
    is_missing: bool = False
    has_constant: bool = False
    constant: str = ""
    example: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TriedOrder:
    """An order as the choice reads it from the first rows."""

    number: str
    placed_at: datetime | None
    recipient: str
    address: str
    country: str
    goods: tuple[str, ...]
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnsPage:
    """The form posts `column-FIELD`, `constant-FIELD`, `dates`, `numbers`, `zone`, `preset`, and
    `act` (`try` or `read`) to post_url; `tried` is empty before the first try."""

    file_name: str
    why: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    fields: tuple[ColumnField, ...]
    dates: tuple[Option, ...]
    numbers: tuple[Option, ...]
    zones: tuple[Option, ...]
    preset: str
    post_url: str
    upload_url: str
    back_url: str
    error: str = ""
    is_tried: bool = False
    tried: tuple[TriedOrder, ...] = ()
    tried_rejected: tuple[RejectedRow, ...] = ()
    tried_rows: int = 0
