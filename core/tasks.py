"""Celery doorway: messages that say "look now", and the sweep that finds what they missed."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core.jobs import drain_queue, wake_workers
from core.querysets import due_queues


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
