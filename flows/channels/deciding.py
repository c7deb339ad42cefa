"""Stage 1 at the marketplaces that ask: we take an order, or cannot. Told in batches.

Amazon takes one feed in two minutes, so decisions are gathered in spells of three. A batch is
written down before its call and keeps its members: an answer that comes later is asked for with
the receipt, and a lost one is met by handing the same batch in again (docs/channels.md).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from core.jobs import Later, Work, enqueue, handler
from core.sealed import Unsealable
from core.tenancy import merchant
from flows.channels.alerts import alert_broken
from flows.channels.clients import NotOffered, client_of
from flows.channels.faults import LONGEST_WORD, told_of
from integrations.channels.base import Decision, ShippedLine, StillDeciding
from integrations.errors import PartnerError, RateLimited, Refused
from orders.models import ChannelConnection, ChannelDecision, ChannelKind, OrderLine
from orders.services import (
    decide_again,
    keep_receipt,
    note_failure,
    queue_decisions,
    settle_batch,
    take_batch,
)

DECIDING = (ChannelKind.AMAZON,)
"""Channels that ask for a word; the others have no such call."""
SPELL_S = 180
ROOM_S = 30
"""A batch is taken this long after its spell, when every transaction of it has ended."""
MOST = 1000
LOOK_AGAIN_S = 60
TRY_AGAIN_S = 300
TRY_FOR = timedelta(days=2)
CANCEL_REASON = "GeneralAdjustment"
"""Amazon's code of a cancellation for another reason (amazon_cancel_reasons.csv)."""

Live = ChannelConnection.Status
Kind = ChannelDecision.Kind


def acknowledge(
    *, connection: ChannelConnection, order_ids: Collection[int], now: datetime
) -> None:
    """Queue that we take these new orders, in the active block; held ones are taken as well."""
    if order_ids and connection.channel.kind in DECIDING:
        _queue(connection.pk, order_ids, Kind.ACCEPT, now)


def tell_cancelled(
    *, channel_id: int, order_ids: Collection[int], now: datetime, reason: str = CANCEL_REASON
) -> None:
    """Queue that the merchant cancelled these orders of a channel, in the active block.

    Channels without such a call hear nothing: their page says that the merchant must do it there.
    """
    connection = (
        ChannelConnection.objects.filter(channel_id=channel_id, channel__kind__in=DECIDING)
        .exclude(status=Live.ENDED)
        .first()
    )
    if connection is not None and order_ids:
        _queue(connection.pk, order_ids, Kind.CANCEL, now, reason)


def tell_decision_again(*, decision_id: int, actor: str, now: datetime) -> None:
    """Try a refused decision once more, in the active block. Raises `NotRefused`."""
    connection_id = decide_again(decision_id=decision_id, actor=actor, now=now)
    enqueue([_work(connection_id, now)], now=now)


def _queue(
    connection_id: int, order_ids: Collection[int], kind: str, now: datetime, reason: str = ""
) -> None:
    if queue_decisions(
        connection_id=connection_id, order_ids=order_ids, kind=kind, reason=reason, now=now
    ):
        enqueue([_work(connection_id, now)], now=now)


def _work(connection_id: int, now: datetime) -> Work:
    """The job of the present spell: however many decisions ask for it, it is one."""
    spell = int(now.timestamp()) // SPELL_S
    ends = datetime.fromtimestamp((spell + 1) * SPELL_S + ROOM_S, UTC)
    batch = f"{connection_id}:{spell}"
    payload = {"connection_id": connection_id, "batch": batch}
    return Work("channels.decide", batch, payload, run_after=ends)


@handler("channels.decide", queue="channels")
def decide(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Tell one batch, or ask what became of it; what the channel refuses waits for a person."""
    connection_id, batch, now = payload["connection_id"], payload["batch"], timezone.now()
    with merchant(merchant_id):
        connection = ChannelConnection.objects.select_related("channel").get(pk=connection_id)
        rows = take_batch(connection_id=connection_id, batch=batch, most=MOST)
        if not rows:
            return
        decisions = _decisions(rows)
        if connection.status == Live.ENDED:
            _refuse_all(rows, "ended", {}, now)
            return
    if connection.status != Live.ACTIVE:
        _wait(merchant_id, rows, TRY_AGAIN_S, "the connection is not at work", now)
        return
    try:
        refusals = client_of(connection).decide(decisions, receipt=rows[0].receipt)
    except StillDeciding as still:
        with merchant(merchant_id):
            keep_receipt(ids=[row.pk for row in rows], receipt=still.receipt)
        _wait(merchant_id, rows, LOOK_AGAIN_S, str(still), now)
        return
    except RateLimited as limited:
        raise Later(limited.retry_after_s, str(limited)) from limited
    except Refused as refused:
        told = told_of(refused)
        with merchant(merchant_id):
            _refuse_all(rows, told.code, told.params, now)
        return
    except (PartnerError, NotOffered, Unsealable) as fault:
        _on_fault(merchant_id, rows, fault, now)
        return
    with merchant(merchant_id):
        settle_batch(
            ids=[row.pk for row in rows],
            refusals={
                row.pk: ("refused", {"message": refusals[number][:LONGEST_WORD]})
                for row in rows
                if (number := row.order.external_order) in refusals
            },
            now=now,
        )


def _decisions(rows: Sequence[ChannelDecision]) -> list[Decision]:
    cancelled = [row.order_id for row in rows if row.kind == Kind.CANCEL]
    lines: dict[int, dict[str, int]] = {order_id: {} for order_id in cancelled}
    for line in OrderLine.objects.filter(order_id__in=cancelled).order_by("id"):
        number = line.channel_line or line.external_line
        lines[line.order_id].setdefault(number, line.channel_quantity or line.quantity)
    return [
        Decision(
            external_order=row.order.external_order,
            is_accepted=row.kind == Kind.ACCEPT,
            reason=row.reason,
            lines=tuple(
                ShippedLine(number, quantity)
                for number, quantity in lines.get(row.order_id, {}).items()
            ),
        )
        for row in rows
    ]


def _on_fault(
    merchant_id: int, rows: Sequence[ChannelDecision], fault: Exception, now: datetime
) -> None:
    told = told_of(fault)
    if told.is_broken:
        with merchant(merchant_id):
            note_failure(
                connection_id=rows[0].connection_id, code=told.code, params=told.params,
                is_broken=True, now=now,
            )  # fmt: skip
            alert_broken(connection_id=rows[0].connection_id, now=now)
    _wait(merchant_id, rows, TRY_AGAIN_S, str(fault), now)


def _wait(
    merchant_id: int, rows: Sequence[ChannelDecision], wait_s: float, why: str, now: datetime
) -> None:
    """Raise `Later`, until days have passed: then a person must act."""
    if now - min(row.created_at for row in rows) < TRY_FOR:
        raise Later(wait_s, why)
    with merchant(merchant_id):
        _refuse_all(rows, "tried_too_long", {"message": why[:LONGEST_WORD]}, now)


def _refuse_all(
    rows: Sequence[ChannelDecision], code: str, params: Mapping[str, str], now: datetime
) -> None:
    told = {row.pk: (code, params) for row in rows}
    settle_batch(ids=list(told), refusals=told, now=now)
