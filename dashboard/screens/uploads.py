"""dashboard/orders/upload.html, upload_detail.html and _upload_progress.html"""

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
class UploadPage:
    """The form posts multipart `kind` and `file`; `error` is one sentence about the whole file."""

    kinds: tuple[Option, ...]
    accept: str
    limit_words: str
    template_url: str
    recent: tuple[UploadRow, ...]
    list_url: str
    post_url: str
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

    @property
    def is_running(self) -> bool:
        return self.state in ("waiting", "reading")
