"""History, statistics and to-do list in one: one row per change, in the change's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from core.models import Event
from core.tenancy import active_merchant_id


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to one row. `kind` reads `order.accepted`, `parcel.packed`."""

    kind: str
    subject_kind: str
    subject_id: int
    data: Mapping[str, Any] = field(default_factory=dict)


def record(
    *,
    kind: str,
    subject_kind: str,
    subject_id: int,
    actor: str,
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Append one event for the active merchant. `data` must be JSON; put no personal detail in."""
    return Event.objects.create(
        kind=kind,
        subject_kind=subject_kind,
        subject_id=subject_id,
        actor=actor,
        data=dict(data or {}),
        at=now,
    )


def record_many(changes: Iterable[Change], *, actor: str, now: datetime) -> None:
    """Append many events in one statement."""
    rows = [
        (change.kind, change.subject_kind, change.subject_id, json.dumps(dict(change.data)))
        for change in changes
    ]
    if not rows:
        return
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(APPEND, [active_merchant_id(), actor, now, *columns])


# Written out: every change of every order passes here.
APPEND = (
    "INSERT INTO core_event (merchant_id, actor, at, kind, subject_kind, subject_id, data)"
    " SELECT %s, %s, %s, row.kind, row.subject_kind, row.subject_id, row.data"
    " FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::text[]::jsonb[])"
    " AS row(kind, subject_kind, subject_id, data)"
)


def history(*, subject_kind: str, subject_id: int, limit: int = 100) -> list[Event]:
    """Return a subject's newest events, newest first."""
    rows = Event.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    return list(rows.order_by("-id")[:limit])
