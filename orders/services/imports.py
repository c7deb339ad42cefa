"""Uploaded files: progress is saved with the rows it counts, so a kill counts none twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from core.events import record
from orders.files.faults import FileRefused
from orders.files.faults import RejectedRow as UnreadableRow
from orders.models import Import, RejectedRow


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


def start_reading(*, import_id: int, layout: str, after_row: int) -> bool:
    """Mark a file as being read on from `after_row`, holding its row until the batch is written.

    False when another worker has read that batch: its counts must not be added twice.
    """
    here = Import.objects.filter(pk=import_id, resume_after_row=after_row)
    return bool(here.update(status=Import.Status.READING, layout=layout))


def save_progress(
    *, import_id: int, read: int, rows: int, entries: int, created: int, updated: int, rejected: int
) -> None:
    """Add one batch's counts, in the transaction that wrote the batch."""
    Import.objects.filter(pk=import_id).update(
        resume_after_row=F("resume_after_row") + read,
        rows_read=F("rows_read") + rows,
        entries_in_file=F("entries_in_file") + entries,
        entries_created=F("entries_created") + created,
        entries_updated=F("entries_updated") + updated,
        rows_rejected=F("rows_rejected") + rejected,
    )


def add_rejected_rows(*, import_id: int, rows: Iterable[UnreadableRow]) -> None:
    """Keep rejected rows, each with what was wrong and what would be right."""
    RejectedRow.objects.bulk_create(
        [
            RejectedRow(
                source_id=import_id,
                row_number=row.row,
                column=row.column[:120],
                value=row.value[:300],
                fault_code=row.fault_code,
                params=dict(row.params),
                wrong=row.wrong[:500],
                right=row.right[:500],
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )


def refuse_import(*, import_id: int, fault: FileRefused, actor: str, now: datetime) -> None:
    """Refuse the whole file with one sentence; nothing of it was taken."""
    Import.objects.filter(pk=import_id).update(
        status=Import.Status.REFUSED,
        refusal=str(fault),
        refusal_code=fault.code,
        refusal_params=dict(fault.params),
        finished_at=now,
    )
    record(kind="import.refused", subject_kind="import", subject_id=import_id, actor=actor, now=now)


def finish_import(*, import_id: int, actor: str, now: datetime) -> None:
    """Mark a file as read to its end; once."""
    unfinished = Import.objects.filter(pk=import_id).exclude(status=Import.Status.DONE)
    if not unfinished.update(status=Import.Status.DONE, finished_at=now):
        return
    record(kind="import.done", subject_kind="import", subject_id=import_id, actor=actor, now=now)
