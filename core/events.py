"""History, statistics and to-do list in one: one row per change, in the change's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.models import Event


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
    Event.objects.bulk_create(
        Event(
            kind=change.kind,
            subject_kind=change.subject_kind,
            subject_id=change.subject_id,
            actor=actor,
            data=dict(change.data),
            at=now,
        )
        for change in changes
    )


def history(*, subject_kind: str, subject_id: int, limit: int = 100) -> list[Event]:
    """Return a subject's newest events, newest first."""
    rows = Event.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    return list(rows.order_by("-id")[:limit])
