"""Rows of the floor that grow with every scan and that nobody looks at after a while."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from core.retention import BATCH, kept_since
from core.tenancy import across_merchants
from warehouse.models import StationDesk, StationScan, WaveRun

STATION_SCANS, STATION_DESKS, WAVE_RUNS = "station_scans", "station_desks", "wave_runs"


def purge_floor(*, now: datetime, batches: int = 100) -> int:
    """Delete old answers of stations, what was left in hand there, and turns of wave templates;
    return how many rows. In batches, each a transaction of its own. Operator role."""
    return (
        _purge_scans(now, batches)
        + _purge_desks(now, batches)
        + _swept(WaveRun.objects.filter(cut_off_at__lt=kept_since(WAVE_RUNS, now=now)), batches)
    )


def _purge_scans(now: datetime, batches: int) -> int:
    # Oldest first: that is how their index lies.
    old = StationScan.objects.filter(at__lt=kept_since(STATION_SCANS, now=now)).order_by("at")
    return _swept(old, batches)


def _purge_desks(now: datetime, batches: int) -> int:
    before, gone = kept_since(STATION_DESKS, now=now), 0
    for _ in range(batches):
        with across_merchants("The sweep deletes what was left in hand at stations long ago."):
            some = _batch(StationDesk.objects.filter(at__lt=before).order_by("pk"))
        gone += some
        if some < BATCH:
            break
    return gone


def _swept(old: QuerySet[Any], batches: int) -> int:
    gone = 0
    for _ in range(batches):
        some = _batch(old)
        gone += some
        if some < BATCH:
            break
    return gone


def _batch(old: QuerySet[Any]) -> int:
    model: type[Model] = old.model
    ids = list(old.values_list("pk", flat=True)[:BATCH])
    if ids:
        model._default_manager.filter(pk__in=ids).delete()
    return len(ids)
