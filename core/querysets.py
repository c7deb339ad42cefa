"""Readings of the core tables that cross merchants."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from core.models import Job
from core.tenancy import across_merchants


def due_queues(*, now: datetime, limit: int = 500) -> list[tuple[int, str]]:
    """Return the (merchant id, queue) pairs that have a job due and unclaimed."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    with across_merchants("The sweep wakes workers for every merchant's due jobs."):
        due = Job.objects.filter(free, status=Job.Status.QUEUED, run_after__lte=now)
        return list(due.values_list("merchant_id", "queue").distinct()[:limit])
