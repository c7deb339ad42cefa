"""Readings of the core tables that cross merchants."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from core.tenancy import across_merchants

DUE_QUEUES = """
WITH RECURSIVE pair AS (
  (SELECT merchant_id, queue FROM core_job WHERE status = 'queued'
   ORDER BY merchant_id, queue LIMIT 1)
  UNION ALL
  SELECT further.merchant_id, further.queue FROM pair, LATERAL (
    SELECT merchant_id, queue FROM core_job
    WHERE status = 'queued' AND (merchant_id, queue) > (pair.merchant_id, pair.queue)
    ORDER BY merchant_id, queue LIMIT 1) AS further
)
SELECT pair.merchant_id, pair.queue FROM pair CROSS JOIN LATERAL (
  SELECT run_after FROM core_job AS job
  WHERE job.status = 'queued' AND job.run_after <= %(now)s
    AND job.merchant_id = pair.merchant_id AND job.queue = pair.queue
    AND (job.lease_until IS NULL OR job.lease_until < %(now)s)
  ORDER BY run_after LIMIT 1) AS oldest
ORDER BY oldest.run_after LIMIT %(limit)s
"""
"""One step through the index per pair of merchant and queue, however many jobs each has."""


def due_queues(*, now: datetime, limit: int = 500) -> list[tuple[int, str]]:
    """Return the (merchant id, queue) pairs that have a job due and unclaimed.

    The pair that has waited longest comes first, so that `limit` leaves nobody out for long.
    """
    with (
        across_merchants("The sweep wakes workers for every merchant's due jobs."),
        connection.cursor() as cursor,
    ):
        cursor.execute(DUE_QUEUES, {"now": now, "limit": limit})
        return list(cursor.fetchall())
