"""Celery doorway of the floor. Runs under the operator's role."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from flows.expiring import expire_everybody
from flows.new_work import tell_new_work
from flows.replenishing import measure_everybody
from flows.wave_proposals import propose_due
from warehouse.services.retention import purge_floor

log = logging.getLogger("waybridge.sweeps")


@shared_task(name="warehouse.tasks.tell_new_work")
def tell_of_new_work() -> None:
    """Send the digests of new work that are due."""
    tell_new_work(now=timezone.now())


@shared_task(name="warehouse.tasks.measure_stock")
def measure_stock() -> None:
    """Measure how long every merchant's stock lasts, and look at pick faces."""
    measure_everybody(now=timezone.now())


@shared_task(name="warehouse.tasks.expire_stock")
def expire_stock() -> None:
    """Take goods whose last day is over out of what is sold."""
    expire_everybody(now=timezone.now())


@shared_task(name="warehouse.tasks.sweep_floor")
def sweep_floor() -> None:
    """Take away what stations kept long enough."""
    if gone := purge_floor(now=timezone.now()):
        log.info("Swept away: %s old rows of stations", gone)


@shared_task(name="warehouse.tasks.propose_waves")
def propose_waves() -> None:
    """Propose the waves whose templates have their turn."""
    propose_due(now=timezone.now())
