"""Leases kept alive while their process lives, so that only a dead worker's job changes hands.

A job may take longer than its lease: a file of a million rows, a carrier that answers after a
minute. One thread per worker process prolongs the leases of the jobs that process holds; it dies
with the process, and the leases run out.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import Error as DatabaseFault
from django.db import connection
from django.utils import timezone

from core.models import Job
from core.tenancy import merchant

log = logging.getLogger("waybridge.jobs")

BEATS_PER_LEASE = 3


class Leases:
    """The jobs this process holds."""

    def __init__(self) -> None:
        self._held: dict[int, Job] = {}
        self._lock = threading.Lock()
        self._pid = 0

    def hold(self, jobs: Iterable[Job]) -> None:
        """Prolong the leases of `jobs` from now on."""
        if self._pid != os.getpid():
            # A forked child has neither its parent's jobs nor its thread, perhaps its locked lock.
            self.__init__()  # type: ignore[misc]
            self._pid = os.getpid()
            threading.Thread(target=self._beat, name="leases", daemon=True).start()
        with self._lock:
            self._held.update({job.pk: job for job in jobs})

    def let_go(self, *jobs: Job) -> None:
        """Stop prolonging; `job.lease_until` is what the database says from now on."""
        with self._lock:
            for job in jobs:
                self._held.pop(job.pk, None)

    def prolong(self) -> None:
        """Prolong every lease that is still ours; forget those that are not."""
        with self._lock:
            for job in list(self._held.values()):
                until = timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)
                with merchant(job.merchant_id):
                    mine = Job.objects.filter(pk=job.pk, lease_until=job.lease_until)
                    is_ours = bool(mine.update(lease_until=until))
                if is_ours:
                    job.lease_until = until
                else:
                    del self._held[job.pk]

    def _beat(self) -> None:
        while True:
            time.sleep(settings.JOB_LEASE_SECONDS / BEATS_PER_LEASE)
            if not self._held:
                continue
            try:
                self.prolong()
            except DatabaseFault as fault:
                log.warning("Leases could not be prolonged; tried again: %s", fault)
            finally:
                connection.close()


leases = Leases()
