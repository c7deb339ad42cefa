"""Scans at the pick station, kept raw; the same one again gets its first answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from warehouse.models import Scan
from warehouse.services.packing import NewScan

PICK = "pick"


def known_picks(client_ids: Iterable[str]) -> dict[str, Scan]:
    """Return the kept scans of these client-made ids."""
    return {scan.client_id: scan for scan in Scan.objects.filter(client_id__in=list(client_ids))}


def record_picks(*, scans: Sequence[NewScan], actor: str, now: datetime) -> None:
    """Keep new scans. The caller holds the wave's row and has left out those that are known.

    They name no parcel: the scans of a parcel are what was put into it.
    """
    Scan.objects.bulk_create(scan.as_row(station=PICK, actor=actor, now=now) for scan in scans)
