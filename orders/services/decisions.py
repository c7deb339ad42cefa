"""Decisions: that a channel is to hear we take an order or cannot, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from core.events import record
from orders.models import ChannelDecision
from orders.services.notices import NotRefused

Kind, Status = ChannelDecision.Kind, ChannelDecision.Status
OPEN = (Status.QUEUED, Status.SENT)


def queue_decisions(
    *, connection_id: int, order_ids: Collection[int], kind: str, now: datetime, reason: str = ""
) -> int:
    """Write down what the channel is to hear of these orders, once each; return how many are new.

    A cancellation takes the place of an acknowledgement that has not gone out.
    """
    rows = ChannelDecision.objects.filter(order_id__in=list(order_ids))
    known = set(rows.filter(kind=kind).values_list("order_id", flat=True))
    fresh = [
        ChannelDecision(
            connection_id=connection_id, order_id=order_id, kind=kind, reason=reason,
            created_at=now,
        )
        for order_id in order_ids
        if order_id not in known
    ]  # fmt: skip
    ChannelDecision.objects.bulk_create(fresh)
    if kind == Kind.CANCEL:
        waiting = rows.filter(kind=Kind.ACCEPT, status=Status.QUEUED)
        waiting.update(status=Status.SETTLED, settled_at=now, settled_by="channels")
    return len(fresh)


def take_batch(*, connection_id: int, batch: str, most: int) -> list[ChannelDecision]:
    """Return the decisions of this batch; one without any gets those that wait, an order once."""
    mine = ChannelDecision.objects.filter(connection_id=connection_id, batch=batch)
    if not mine.exists():
        waiting = ChannelDecision.objects.filter(
            connection_id=connection_id, status=Status.QUEUED
        ).order_by("id")
        rows = list(waiting.select_for_update(of=("self",), skip_locked=True)[:most])
        # One message an order in a batch: the second waits for the next.
        first = {row.order_id: row.pk for row in reversed(rows)}
        ids = list(first.values())
        ChannelDecision.objects.filter(pk__in=ids).update(status=Status.SENT, batch=batch)
    return list(mine.filter(status=Status.SENT).select_related("order").order_by("id"))


def keep_receipt(*, ids: Sequence[int], receipt: str) -> None:
    """The channel has the batch and works on it."""
    ChannelDecision.objects.filter(pk__in=ids, status=Status.SENT).update(receipt=receipt)


def settle_batch(
    *, ids: Sequence[int], refusals: Mapping[int, tuple[str, Mapping[str, str]]], now: datetime
) -> None:
    """Write down the channel's answer; `refusals` maps a decision to its (code, params)."""
    rows = ChannelDecision.objects.filter(pk__in=ids, status=Status.SENT)
    for row in rows.select_for_update():
        told = refusals.get(row.pk)
        row.status = Status.REFUSED if told else Status.TOLD
        row.fault_code, row.fault_params = (told[0], dict(told[1])) if told else ("", {})
        row.settled_at = None if told else now
        row.save(update_fields=["status", "fault_code", "fault_params", "settled_at"])
        if told:
            _record(row, "order.channel_refused", "channels", now, code=told[0])


def decide_again(*, decision_id: int, actor: str, now: datetime) -> int:
    """Queue a refused decision once more; return its connection. Raises `NotRefused`."""
    row = ChannelDecision.objects.select_for_update().filter(pk=decision_id).first()
    if row is None or row.status != Status.REFUSED:
        raise NotRefused("Only a decision the channel refused can be told again.")
    row.status, row.batch, row.receipt, row.created_at = Status.QUEUED, "", "", now
    row.save(update_fields=["status", "batch", "receipt", "created_at"])
    _record(row, "order.channel_tell_again", actor, now)
    return row.connection_id


def settle_decision(*, decision_id: int, actor: str, now: datetime) -> None:
    """A person did it at the channel. Raises `NotRefused`."""
    row = ChannelDecision.objects.select_for_update().filter(pk=decision_id).first()
    if row is None or row.status != Status.REFUSED:
        raise NotRefused("Only a decision the channel refused is settled by hand.")
    row.status, row.settled_at, row.settled_by = Status.SETTLED, now, actor[:120]
    row.save(update_fields=["status", "settled_at", "settled_by"])
    _record(row, "order.channel_settled", actor, now)


def _record(row: ChannelDecision, kind: str, actor: str, now: datetime, **data: str) -> None:
    record(
        kind=kind, subject_kind="order", subject_id=row.order_id, actor=actor, now=now,
        data={"decision": row.kind, **data},
    )  # fmt: skip
