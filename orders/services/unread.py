"""Orders of channels that could not be read: kept for a person, gone when they are read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from orders.models import UnreadOrder

LONGEST_KEY = 80
LONGEST_REASON = 300


class NotOpen(Exception):
    """This order was read or settled before; nothing changed."""


@dataclass(frozen=True, slots=True)
class NotRead:
    """What came and why it is no order; `digest` is the SHA-256 of what came."""

    external_order: str
    digest: str
    reason: str


def note_unread(*, connection_id: int, found: Sequence[NotRead], now: datetime) -> None:
    """Keep them, one row an order. What a person settled stays so until it comes otherwise."""
    by_key = {_key(each): each for each in found}
    rows = UnreadOrder.objects.filter(connection_id=connection_id, key__in=list(by_key))
    known = {row.key: row for row in rows.select_for_update()}
    fresh = []
    for key, each in by_key.items():
        reason = each.reason[:LONGEST_REASON]
        row = known.get(key)
        if row is None:
            fresh.append(
                UnreadOrder(
                    connection_id=connection_id, key=key, digest=each.digest, reason=reason,
                    external_order=each.external_order[:LONGEST_KEY], seen_at=now,
                )
            )  # fmt: skip
        elif row.settled_at is None or row.digest != each.digest:
            row.digest, row.reason, row.seen_at = each.digest, reason, now
            row.settled_at, row.settled_by = None, ""
            row.save(update_fields=["digest", "reason", "seen_at", "settled_at", "settled_by"])
    UnreadOrder.objects.bulk_create(fresh)


def note_read(*, connection_id: int, numbers: Collection[str], now: datetime) -> int:
    """Settle those that have been read after all."""
    rows = UnreadOrder.objects.filter(
        connection_id=connection_id, key__in=list(numbers), settled_at__isnull=True
    )
    return rows.update(settled_at=now, settled_by="channels")


def settle_unread(*, unread_id: int, actor: str, now: datetime) -> None:
    """A person has seen to it. Raises `NotOpen`."""
    rows = UnreadOrder.objects.filter(pk=unread_id, settled_at__isnull=True)
    if not rows.update(settled_at=now, settled_by=actor[:120]):
        raise NotOpen("This order was seen to before.")


def _key(each: NotRead) -> str:
    number = each.external_order
    return number if 0 < len(number) <= LONGEST_KEY else each.digest
