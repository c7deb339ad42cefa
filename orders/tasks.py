"""Celery doorway of the orders' room. Runs under the operator's role."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from orders.services.trials import purge_trials

log = logging.getLogger("waybridge.sweeps")


@shared_task(name="orders.tasks.sweep_trials")
def sweep_trials() -> None:
    """Take away dry runs of rules that were kept long enough."""
    if gone := purge_trials(now=timezone.now()):
        log.info("Swept away: %s dry runs", gone)
