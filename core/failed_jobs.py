"""Failed jobs in a person's hands: tried again, or given up with a reason. Each by one update."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.events import record
from core.jobs import wake_after_commit
from core.models import Job


@dataclass(frozen=True, slots=True)
class Word:
    """Who says it, when, and of what: the history of `subject` (kind, id) tells of it."""

    subject: tuple[str, int] | None
    actor: str
    now: datetime


def retry_failed(*, job_id: int, word: Word) -> bool:
    """Put a failed job back on the list; False when it does not stand failed (any more)."""
    failed = Job.objects.filter(pk=job_id, status=Job.Status.FAILED)
    if not failed.update(
        status=Job.Status.QUEUED, run_after=word.now, attempts=0, lease_until=None, waits_for=""
    ):
        return False
    job = Job.objects.get(pk=job_id)
    _tell(job, "job.tried_again", word, {})
    wake_after_commit({job.queue})
    return True


def give_up_failed(*, job_id: int, reason: str, word: Word) -> bool:
    """Let a failed job rest; False when it does not stand failed (any more)."""
    reason = reason[:300]
    failed = Job.objects.filter(pk=job_id, status=Job.Status.FAILED)
    if not failed.update(status=Job.Status.GIVEN_UP, given_up_reason=reason, finished_at=word.now):
        return False
    _tell(Job.objects.get(pk=job_id), "job.given_up", word, {"why": reason})
    return True


def _tell(job: Job, kind: str, word: Word, more: Mapping[str, Any]) -> None:
    subject_kind, subject_id = word.subject or ("job", job.pk)
    record(
        kind=kind,
        subject_kind=subject_kind,
        subject_id=subject_id,
        actor=word.actor,
        now=word.now,
        data={"job": job.kind, **more},
    )
