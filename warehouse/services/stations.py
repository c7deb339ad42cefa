"""Scans at stations where a code does not say whose it is: kept, and answered once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import connection

from warehouse.models import StationScan

KEEP = (
    "INSERT INTO warehouse_stationscan"
    " (client_id, station, warehouse_id, sequence, raw, answer, actor, at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
)
LONGEST_RAW = 200


def begin_scan(
    *,
    client_id: str,
    station: str,
    warehouse_id: int | None,
    sequence: int,
    raw: str,
    answer: Mapping[str, Any] = MappingProxyType({}),
    actor: str,
    now: datetime,
) -> dict[str, Any] | None:
    """Keep a scan at the beginning of its transaction; return its answer, None for a new one.

    `answer` is stored with it where it is known already. Of two requests with one id the second
    waits here for the end of the first.
    """
    with connection.cursor() as cursor:
        said = json.dumps(dict(answer))
        cursor.execute(
            KEEP, [client_id, station, warehouse_id, sequence, raw[:LONGEST_RAW], said, actor, now]
        )
        if cursor.rowcount:
            return None
    kept: dict[str, Any] = StationScan.objects.values_list("answer", flat=True).get(pk=client_id)
    return kept


def end_scan(*, client_id: str, answer: Mapping[str, Any]) -> None:
    """Store the answer, before the transaction ends."""
    StationScan.objects.filter(pk=client_id).update(answer=dict(answer))


def answer_of(client_id: str) -> dict[str, Any] | None:
    """Return the answer a scan had; None when it was never kept."""
    return StationScan.objects.filter(pk=client_id).values_list("answer", flat=True).first()
