"""Uploaded files: progress is saved with the rows it counts, so a kill counts none twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from core.events import record
from orders.files.cells import WRONG
from orders.files.faults import ASKS, FileRefused, KeptRow
from orders.files.faults import RejectedRow as UnreadableRow
from orders.models import Import, RejectedRow

SAME_ORDER = "same_order"


class NotToBeChosen(Exception):
    """The file was read already, or was refused for something that no choice can mend."""


def start_import(
    *,
    kind: str,
    file_name: str,
    storage_name: str,
    sha256: str,
    actor: str,
    now: datetime,
) -> Import:
    """Write down an uploaded file that waits to be read."""
    return Import.objects.create(
        kind=kind,
        file_name=file_name[:200],
        storage_name=storage_name,
        sha256=sha256,
        created_by=actor,
        created_at=now,
    )


def start_reading(*, import_id: int, after_row: int) -> bool:
    """Mark a file as being read on from `after_row`, holding its row until the batch is written.

    False when another worker has read that batch: its counts must not be added twice.
    """
    here = Import.objects.filter(pk=import_id, resume_after_row=after_row)
    return bool(here.update(status=Import.Status.READING))


def describe_import(
    *,
    import_id: int,
    layout: str,
    header: Sequence[str],
    choice: Mapping[str, Any],
    notes: Sequence[Mapping[str, Any]],
) -> None:
    """Write down how a file is read, before its first batch; after a kill it is read the same."""
    Import.objects.filter(pk=import_id).update(
        layout=layout, header=list(header), choice=dict(choice), notes=list(notes), preview=[]
    )


def choose_columns(*, import_id: int, choice: Mapping[str, Any], actor: str, now: datetime) -> None:
    """Put a refused file back on the list, to be read as a person said.

    Raises `NotToBeChosen`.
    """
    refused = Import.objects.filter(
        pk=import_id, status=Import.Status.REFUSED, refusal_code__in=ASKS, resume_after_row=0
    )
    if not refused.update(
        status=Import.Status.WAITING,
        choice=dict(choice),
        refusal="",
        refusal_code="",
        refusal_params={},
        finished_at=None,
    ):
        raise NotToBeChosen
    record(kind="import.columns_chosen", subject_kind="import", subject_id=import_id, actor=actor,
           now=now)  # fmt: skip


def save_progress(
    *,
    import_id: int,
    read: int,
    rows: int,
    entries: int,
    created: int,
    updated: int,
    rejected: int,
    skipped: Mapping[str, int],
) -> None:
    """Add one batch's counts, in the transaction that wrote the batch."""
    upload = Import.objects.filter(pk=import_id)
    if skipped:
        # The row is held since `start_reading`, so nobody adds to it between these two statements.
        before = dict(upload.values_list("skipped", flat=True).get())
        upload.update(
            skipped={
                reason: before.get(reason, 0) + skipped.get(reason, 0)
                for reason in {*before, *skipped}
            }
        )
    upload.update(
        resume_after_row=F("resume_after_row") + read,
        rows_read=F("rows_read") + rows,
        entries_in_file=F("entries_in_file") + entries,
        entries_created=F("entries_created") + created,
        entries_updated=F("entries_updated") + updated,
        rows_rejected=F("rows_rejected") + rejected,
    )


def add_rejected_rows(*, import_id: int, rows: Iterable[UnreadableRow | KeptRow]) -> None:
    """Keep rejected rows, each with what was wrong and what would be right, and the sound rows
    of their orders, so that the file to correct has each order whole."""
    RejectedRow.objects.bulk_create(
        [
            _kept(import_id, row) if isinstance(row, KeptRow) else _rejected(import_id, row)
            for row in rows
        ],
        ignore_conflicts=True,
    )


def _rejected(import_id: int, row: UnreadableRow) -> RejectedRow:
    return RejectedRow(
        source_id=import_id,
        row_number=row.row,
        column=row.column[:120],
        value=row.value[:300],
        cells=list(row.cells),
        fault_code=row.fault_code,
        params=dict(row.params),
        wrong=row.wrong[:500],
        right=row.right[:500],
    )


def _kept(import_id: int, row: KeptRow) -> RejectedRow:
    wrong, right = WRONG[SAME_ORDER]
    return RejectedRow(
        source_id=import_id,
        row_number=row.row,
        cells=list(row.cells),
        fault_code=SAME_ORDER,
        wrong=wrong,
        right=right,
    )


def refuse_import(
    *,
    import_id: int,
    fault: FileRefused,
    actor: str,
    now: datetime,
    header: Sequence[str] = (),
    preview: Sequence[Sequence[Any]] = (),
) -> None:
    """Refuse the whole file with one sentence; nothing of it was taken.

    `header` and the first rows are kept where a person can say what the columns mean.
    """
    Import.objects.filter(pk=import_id).update(
        status=Import.Status.REFUSED,
        refusal=str(fault),
        refusal_code=fault.code,
        refusal_params=dict(fault.params),
        header=list(header),
        preview=[list(row) for row in preview],
        finished_at=now,
    )
    record(kind="import.refused", subject_kind="import", subject_id=import_id, actor=actor, now=now)


def finish_import(*, import_id: int, actor: str, now: datetime) -> None:
    """Mark a file as read to its end; once."""
    unfinished = Import.objects.filter(pk=import_id).exclude(status=Import.Status.DONE)
    if not unfinished.update(status=Import.Status.DONE, finished_at=now):
        return
    record(kind="import.done", subject_kind="import", subject_id=import_id, actor=actor, now=now)
