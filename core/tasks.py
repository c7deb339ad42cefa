"""Celery doorway: messages that say "look now", and the sweep that finds what they missed."""

from __future__ import annotations

import logging
from datetime import datetime

from celery import shared_task
from django.utils import timezone

from core import retention
from core.jobs import drain_queue, wake_workers
from core.partner_stops import wake_waiting_jobs
from core.querysets import due_queues

log = logging.getLogger("waybridge.sweeps")
PART_MINUTES = 10


@shared_task(name="core.tasks.drain")
def drain(merchant_id: int, queue: str) -> None:
    """Do the due jobs of one merchant and one queue; hand on when there are many."""
    if drain_queue(merchant_id=merchant_id, queue=queue):
        wake_workers(merchant_id, queue)


@shared_task(name="core.tasks.sweep_jobs")
def sweep_jobs() -> None:
    """Wake workers for every due job, whatever became of its message. Operator role."""
    for merchant_id, queue in due_queues(now=timezone.now()):
        wake_workers(merchant_id, queue)


@shared_task(name="core.tasks.sweep_partner_stops")
def sweep_partner_stops() -> None:
    """Let jobs go on whose partner takes our credentials again. Operator role."""
    wake_waiting_jobs(now=timezone.now())


@shared_task(name="core.tasks.sweep_old")
def sweep_old() -> None:
    """Take away what was kept long enough; stored files a part a run, all of them in a day."""
    now = timezone.now()
    jobs = retention.purge_done_jobs(now=now)
    answers = retention.purge_answers(now=now)
    files = retention.purge_unnamed_bytes(now=now, part=part_of_the_day(now))
    if jobs or answers or files:
        log.info("Swept away: %s done jobs, %s stored answers, %s files", jobs, answers, files)


def part_of_the_day(now: datetime) -> int:
    """Return which part of the stored files is looked at: another one every ten minutes."""
    return (now.hour * 60 + now.minute) // PART_MINUTES
