"""Celery doorway of the transit stage. The sweeps run under the operator's role."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from flows.first_scan import judge_first_scan, unscanned_parcels
from flows.transit import (
    due_polls,
    judge_silence,
    poll,
    read_feed,
    register_push,
    silent_parcels,
)
from integrations.errors import PartnerError, Stopped

log = logging.getLogger("waybridge.transit")


@shared_task(name="tracking.tasks.poll_due")
def poll_due(merchant_id: int, carrier_code: str) -> None:
    """Ask a carrier about one merchant's due parcels."""
    try:
        poll(merchant_id=merchant_id, carrier_code=carrier_code)
    except Stopped as stopped:
        log.debug("Not asked: %s", stopped)  # it stands among the staff's problems
    except PartnerError as away:
        log.warning("%s cannot be asked now; asked again in the next round: %s", carrier_code, away)


@shared_task(name="tracking.tasks.sweep_polls")
def sweep_polls() -> None:
    """Wake a worker for every merchant and carrier with parcels that are due."""
    for merchant_id, carrier_code in due_polls(now=timezone.now()):
        poll_due.apply_async((merchant_id, carrier_code), queue="calls", expires=30)


@shared_task(name="tracking.tasks.read_postal_feed")
def read_postal_feed() -> None:
    """Read on in the postal operator's feed of events."""
    try:
        read_feed(carrier_code="postal")
    except Stopped as stopped:
        log.debug("Not asked: %s", stopped)  # it stands among the staff's problems
    except PartnerError as away:
        log.warning("The postal feed cannot be read now; read on in the next round: %s", away)


@shared_task(name="tracking.tasks.sweep_silent_parcels")
def sweep_silent_parcels() -> None:
    """Count parcels as lost whose silence has lasted too long."""
    for merchant_id, parcel_id in silent_parcels(now=timezone.now()):
        judge_silence(merchant_id=merchant_id, parcel_id=parcel_id)


@shared_task(name="tracking.tasks.sweep_unscanned_parcels")
def sweep_unscanned_parcels() -> None:
    """Find parcels that were handed over and never scanned by their carrier."""
    for merchant_id, parcel_id in unscanned_parcels(now=timezone.now()):
        judge_first_scan(merchant_id=merchant_id, parcel_id=parcel_id)


@shared_task(name="tracking.tasks.register_line_push")
def register_line_push() -> None:
    """Keep our push address registered with the dedicated line."""
    try:
        register_push()
    except Stopped as stopped:
        log.debug("Not asked: %s", stopped)  # it stands among the staff's problems
    except PartnerError as away:
        log.warning("The line cannot be told our push address now; told again later: %s", away)
