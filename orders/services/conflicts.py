"""Conflicts between a channel's word and ours: raised once, decided by a person."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.events import Change, record_many
from orders.models import OrderConflict


class AlreadyDecided(Exception):
    """The conflict was decided before; nothing changed."""


@dataclass(frozen=True, slots=True)
class NewConflict:
    """What a channel says of an order otherwise; see `OrderConflict`."""

    order_id: int
    kind: str
    theirs_sha256: str
    differences: Sequence[Mapping[str, str]] = ()
    theirs: str = ""


def raise_conflicts(
    *, conflicts: Sequence[NewConflict], actor: str, now: datetime
) -> frozenset[int]:
    """Write down conflicts of orders the caller holds locked; return the orders with news.

    The same word is not asked twice, whether it is open or was decided; a newer one takes the
    place of an open one.
    """
    rows = OrderConflict.objects.filter(order_id__in=[each.order_id for each in conflicts])
    before: dict[tuple[int, str], list[OrderConflict]] = {}
    for row in rows.order_by("pk"):
        before.setdefault((row.order_id, row.kind), []).append(row)
    fresh = []
    for each in conflicts:
        known = before.get((each.order_id, each.kind), [])
        newest = known[-1] if known else None
        if newest and newest.theirs_sha256 == each.theirs_sha256 and newest.outcome in ("", "kept"):
            continue
        if newest and newest.resolved_at is None:
            _close(newest, OrderConflict.Outcome.SUPERSEDED, actor, now)
        fresh.append(each)
    OrderConflict.objects.bulk_create(
        OrderConflict(
            order_id=each.order_id,
            kind=each.kind,
            differences=[dict(difference) for difference in each.differences],
            theirs=each.theirs,
            theirs_sha256=each.theirs_sha256,
            raised_at=now,
            raised_by=actor,
        )
        for each in fresh
    )
    names = {
        OrderConflict.Kind.CHANGE: "sent_differently",
        OrderConflict.Kind.SHIPPED: "shipped_elsewhere",
    }
    record_many(
        [
            Change(
                f"order.{names.get(OrderConflict.Kind(each.kind), 'cancel_requested')}",
                "order",
                each.order_id,
                {"fields": [difference["field"] for difference in each.differences]},
            )
            for each in fresh
        ],
        actor=actor,
        now=now,
    )
    return frozenset(each.order_id for each in fresh)


def close_conflicts(
    *, order_ids: Collection[int], outcome: str, actor: str, now: datetime, kind: str = ""
) -> int:
    """End every open conflict of these orders (of one kind, where given) the same way."""
    rows = OrderConflict.objects.filter(order_id__in=order_ids, resolved_at__isnull=True)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.update(resolved_at=now, resolved_by=actor, outcome=outcome)


def decide_conflict(*, conflict: OrderConflict, outcome: str, actor: str, now: datetime) -> None:
    """End one conflict whose order the caller holds locked. Raises `AlreadyDecided`."""
    conflict.refresh_from_db()
    if conflict.resolved_at is not None:
        raise AlreadyDecided("This conflict was decided before.")
    _close(conflict, outcome, actor, now)
    record_many(
        [
            Change(
                "order.conflict_decided",
                "order",
                conflict.order_id,
                {"kind": conflict.kind, "outcome": outcome},
            )
        ],
        actor=actor,
        now=now,
    )


def _close(conflict: OrderConflict, outcome: str, actor: str, now: datetime) -> None:
    conflict.resolved_at, conflict.resolved_by, conflict.outcome = now, actor, outcome
    conflict.save(update_fields=["resolved_at", "resolved_by", "outcome"])
