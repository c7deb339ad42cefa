"""Scans of the stations that add to something: kept raw, answered once, with what is in hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from warehouse.models import Scan, StationDesk
from warehouse.services.packing import NewScan


def known_scans(client_ids: Iterable[str]) -> dict[str, Scan]:
    """Return the kept scans of these client-made ids, of whatever station."""
    return {scan.client_id: scan for scan in Scan.objects.filter(client_id__in=list(client_ids))}


def keep_scan(*, station: str, scan: NewScan, actor: str, now: datetime) -> None:
    """Keep one new scan with its answer, in the transaction of its effect.

    The caller holds a row that the station's callers take turns on, and has looked for the id. Two
    requests with one id on different subjects at the same moment: the later fails (`scan_once`).
    """
    scan.as_row(station=station, actor=actor, now=now).save(force_insert=True)


def desk_of(*, station: str, subject_id: int, actor: str) -> dict[str, Any]:
    """Return what a person has in hand there; empty at first."""
    found = StationDesk.objects.filter(station=station, subject_id=subject_id, actor=actor)
    return dict(found.values_list("said", flat=True).first() or {})


def keep_desk(
    *, station: str, subject_id: int, actor: str, said: Mapping[str, Any], now: datetime
) -> None:
    """Write down what a person has in hand, in the transaction of the scan."""
    StationDesk.objects.update_or_create(
        station=station,
        subject_id=subject_id,
        actor=actor,
        defaults={"said": dict(said), "at": now},
    )
