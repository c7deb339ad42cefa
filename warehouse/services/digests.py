"""Who of the staff is told of new work by e-mail, and up to when a warehouse was told."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q

from accounts.models import Staff
from warehouse.models import NewWorkDigest, StaffAssignment, Warehouse


def set_email_wish(
    *, staff: Staff, warehouse: Warehouse, wants: bool, language: str, now: datetime
) -> None:
    """Note a person's wish for a warehouse they work in; the first wish starts its counting."""
    StaffAssignment.objects.update_or_create(
        staff=staff,
        warehouse=warehouse,
        defaults={"wants_email": wants, "email_language": language},
    )
    if wants:
        NewWorkDigest.objects.get_or_create(warehouse=warehouse, defaults={"told_until": now})


def claim_digest(*, warehouse: Warehouse, now: datetime, every: timedelta) -> datetime | None:
    """Take the warehouse's turn and return up to when it was told; None when it is too soon.

    A turn is taken once per `every`, also when its letter fails.
    """
    due = NewWorkDigest.objects.filter(
        Q(tried_at__isnull=True) | Q(tried_at__lte=now - every), warehouse=warehouse
    )
    if not due.update(tried_at=now):
        return None
    return NewWorkDigest.objects.values_list("told_until", flat=True).get(warehouse=warehouse)


def digest_sent(*, warehouse: Warehouse, until: datetime, was_empty: bool) -> None:
    """Everything up to an instant is told. With nothing to tell, the next turn is at once."""
    changes = {"tried_at": None} if was_empty else {"tried_at": F("tried_at")}
    NewWorkDigest.objects.filter(warehouse=warehouse).update(told_until=until, **changes)
