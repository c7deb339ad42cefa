"""Notices: that a channel is to be told of a parcel, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from core.events import record
from orders.models import ChannelNotice

Status = ChannelNotice.Status


class NotRefused(Exception):
    """Only a refused notice can be told again or settled; nothing changed."""


@dataclass(frozen=True, slots=True)
class NewNotice:
    """One parcel for one order's channel; `said` is what the channel will be told."""

    connection_id: int
    order_id: int
    parcel_reference: str
    said: Mapping[str, Any]


def queue_notices(*, notices: Sequence[NewNotice], now: datetime) -> list[ChannelNotice]:
    """Write notices down; a parcel has one for each of its orders, however often it is asked for.

    Return the new ones.
    """
    references = [notice.parcel_reference for notice in notices]
    known = set(
        ChannelNotice.objects.filter(parcel_reference__in=references).values_list(
            "parcel_reference", "order_id"
        )
    )
    fresh = [
        ChannelNotice(
            connection_id=notice.connection_id,
            order_id=notice.order_id,
            parcel_reference=notice.parcel_reference,
            said=dict(notice.said),
            created_at=now,
        )
        for notice in notices
        if (notice.parcel_reference, notice.order_id) not in known
    ]
    return ChannelNotice.objects.bulk_create(fresh)


def drop_notices(*, parcel_reference: str, actor: str, now: datetime) -> int:
    """Do not tell channels of a parcel that goes nowhere; return how many had not been told."""
    rows = ChannelNotice.objects.filter(
        parcel_reference=parcel_reference, status__in=[Status.QUEUED, Status.REFUSED]
    )
    return rows.update(status=Status.SETTLED, settled_at=now, settled_by=actor[:120])


def told_numbers(*, parcel_reference: str) -> list[str]:
    """Return the numbers of a parcel that channels were told, each once, in the active block."""
    told = ChannelNotice.objects.filter(parcel_reference=parcel_reference, status=Status.TOLD)
    rows = told.order_by("pk").values_list("said__tracking_number", flat=True)
    return list(dict.fromkeys(filter(None, rows)))


def renumber_notices(*, parcel_reference: str, said: Mapping[str, str]) -> list[str]:
    """Tell of a parcel that was booked anew by its new number (`said`: carrier, service,
    tracking_number, link); return the numbers that channels were told already."""
    told = []
    rows = ChannelNotice.objects.filter(parcel_reference=parcel_reference).order_by("pk")
    for notice in rows.select_for_update():
        if notice.status in (Status.QUEUED, Status.REFUSED):
            notice.said = {**notice.said, **said}
            notice.save(update_fields=["said"])
        elif notice.status == Status.TOLD:
            told.append(str(notice.said.get("tracking_number", "")))
    return [number for number in told if number != said["tracking_number"]]


def count_try(*, notice_id: int) -> None:
    """Count a call before it is made."""
    ChannelNotice.objects.filter(pk=notice_id).update(tries=F("tries") + 1)


def mark_notice_told(
    *, notice_id: int, channel_reference: str, was_known: bool, now: datetime
) -> bool:
    """The channel knows of the parcel; False when that was written before."""
    rows = ChannelNotice.objects.filter(pk=notice_id, status=Status.QUEUED)
    if not rows.update(
        status=Status.TOLD,
        channel_reference=channel_reference[:120],
        fault_code="",
        fault_params={},
        settled_at=now,
    ):
        return False
    _record(notice_id, "order.channel_told", "channels", now, was_known=was_known)
    return True


def refuse_notice(*, notice_id: int, code: str, params: Mapping[str, str], now: datetime) -> None:
    """The channel refused, or time ran out: a task for a person."""
    rows = ChannelNotice.objects.filter(pk=notice_id, status=Status.QUEUED)
    if rows.update(status=Status.REFUSED, fault_code=code, fault_params=dict(params)):
        _record(notice_id, "order.channel_refused", "channels", now, code=code)


def tell_again(*, notice_id: int, actor: str, now: datetime) -> None:
    """Queue a refused notice once more. Raises `NotRefused`."""
    rows = ChannelNotice.objects.filter(pk=notice_id, status=Status.REFUSED)
    if not rows.update(status=Status.QUEUED, tries=0, created_at=now):
        raise NotRefused("Only a notice the channel refused can be told again.")
    _record(notice_id, "order.channel_tell_again", actor, now)


def settle_notice(*, notice_id: int, actor: str, now: datetime) -> None:
    """A person typed it in at the channel. Raises `NotRefused`."""
    rows = ChannelNotice.objects.filter(pk=notice_id, status=Status.REFUSED)
    if not rows.update(status=Status.SETTLED, settled_at=now, settled_by=actor[:120]):
        raise NotRefused("Only a notice the channel refused is settled by hand.")
    _record(notice_id, "order.channel_settled", actor, now)


def _record(notice_id: int, kind: str, actor: str, now: datetime, **data: Any) -> None:
    order_id = ChannelNotice.objects.values_list("order_id", flat=True).get(pk=notice_id)
    record(kind=kind, subject_kind="order", subject_id=order_id, actor=actor, now=now, data=data)
