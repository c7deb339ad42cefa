"""Stage 6 at the marketplaces: whose parcel it was is told, once, with its tracking number.

A notice is written with the change that makes it true (the handover, or the booking where the
connection says so). A parcel has one notice for ever for each order of a channel that is in it:
what was split or merged here is told by the channel's own numbers. The client looks before it tells
wherever the channel would record the same parcel twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from core.jobs import Later, Work, enqueue, handler
from core.sealed import Unsealable
from core.tenancy import merchant
from flows.channels.alerts import alert_broken
from flows.channels.clients import NotOffered, client_of
from flows.channels.faults import LONGEST_WORD, told_of
from flows.channels.sources import channel_units, told_of_parcels
from integrations.channels.base import Confirmation, ShipmentNotice, ShippedLine
from integrations.errors import AnswerLost, PartnerError, RateLimited, Refused, Unavailable
from orders.models import ChannelConnection, ChannelNotice, Order, OrderLine
from orders.services import (
    NewNotice,
    count_try,
    mark_notice_told,
    note_failure,
    queue_notices,
    refuse_notice,
)
from orders.services import tell_again as queue_again
from shipping.models import Booking
from shipping.rules.catalogue import service as service_of
from tracking.models import TrackedParcel
from tracking.words import CARRIERS

TELL_FOR = timedelta(days=5)
"""After so long a person types it in: marketplaces count a late notice against the seller."""
BACKOFF_S = (60, 300, 900, 3600, 3600 * 4)
WAIT_FOR_CONNECTION_S = 900

Live = ChannelConnection.Status


def notice_work(notice_id: int) -> Work:
    """The job that tells one channel of one parcel."""
    return Work("channels.tell", str(notice_id), {"notice_id": notice_id})


def tell_channels(*, bookings: Sequence[Booking], at: str, now: datetime) -> None:
    """Queue what channels are to be told of these parcels, in the active block.

    `at` is "booking" or "handover"; at the handover everything is told that was not yet.
    `bookings` have their `parcel` and its `order` at hand.
    """
    told = told_of_parcels([booking.parcel_id for booking in bookings])
    channels = {each.order.channel_id for found in told.values() for each in found}
    rows = ChannelConnection.objects.filter(channel_id__in=channels).exclude(status=Live.ENDED)
    if at == ChannelConnection.TellAt.BOOKING:
        rows = rows.filter(tell_at=at)
    by_channel = {row.channel_id: row.pk for row in rows}
    links = dict(
        TrackedParcel.objects.filter(booking__in=bookings).values_list("booking_id", "link_token")
    )
    notices = queue_notices(
        notices=[
            NewNotice(
                connection_id=by_channel[source.order.channel_id],
                order_id=source.order.pk,
                parcel_reference=booking.parcel.reference,
                said={
                    "lines": source.lines,
                    "is_last": source.is_last,
                    "carrier": booking.carrier_code,
                    "service": booking.service_code,
                    "tracking_number": booking.tracking_number,
                    "link": f"{settings.PUBLIC_URL}/t/{links[booking.pk]}/"
                    if booking.pk in links
                    else "",
                    "shipped_at": now.isoformat(),
                },
            )
            for booking in bookings
            for source in told[booking.parcel_id]
            if source.order.channel_id in by_channel
        ],
        now=now,
    )
    enqueue([notice_work(notice.pk) for notice in notices], now=now)


def tell_channels_of_drop_ship(
    *,
    order: Order,
    lines: Sequence[OrderLine],
    reference: str,
    carrier: str,
    tracking_number: str,
    now: datetime,
) -> None:
    """Queue what an order's channel is to be told of a parcel that a supplier sent, in the block.

    The order is one of the channel's own, whole; `lines` are all of it. `reference` stands for the
    parcel, `carrier` is the supplier's own word for who carries it.
    """
    live = ChannelConnection.objects.filter(channel_id=order.channel_id).exclude(status=Live.ENDED)
    connection = live.first()
    if connection is None:
        return
    units = channel_units(lines, {line.pk: line.quantity for line in lines}, {})
    notices = queue_notices(
        notices=[
            NewNotice(
                connection_id=connection.pk,
                order_id=order.pk,
                parcel_reference=reference,
                said={
                    "lines": list(units.items()),
                    "is_last": True,
                    "carrier": carrier,
                    "service": "",
                    "tracking_number": tracking_number,
                    "link": "",
                    "shipped_at": now.isoformat(),
                },
            )
        ],
        now=now,
    )
    enqueue([notice_work(notice.pk) for notice in notices], now=now)


def tell_again(*, notice_id: int, actor: str, now: datetime) -> None:
    """Try a refused notice once more, in the active block. Raises `NotRefused`."""
    queue_again(notice_id=notice_id, actor=actor, now=now)
    enqueue([notice_work(notice_id)], now=now, again=True)


@handler("channels.tell", queue="channels")
def tell_channel(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Tell one channel of one parcel; what it refuses becomes a task for a person."""
    notice_id, now = payload["notice_id"], timezone.now()
    with merchant(merchant_id):
        notice = ChannelNotice.objects.select_related("connection__channel", "order").get(
            pk=notice_id
        )
        if notice.status != ChannelNotice.Status.QUEUED:
            return
        if notice.connection.status == Live.ENDED:
            refuse_notice(notice_id=notice_id, code="ended", params={}, now=now)
            return
    if notice.connection.status != Live.ACTIVE:
        _wait(merchant_id, notice, WAIT_FOR_CONNECTION_S, "the connection is not at work", now)
        return
    try:
        with merchant(merchant_id):
            count_try(notice_id=notice_id)
        known = client_of(notice.connection).confirm_shipment(_said(notice))
    except RateLimited as limited:
        raise Later(limited.retry_after_s, str(limited)) from limited
    except Refused as refused:
        with merchant(merchant_id):
            told = told_of(refused)
            refuse_notice(notice_id=notice_id, code=told.code, params=told.params, now=now)
        return
    except (PartnerError, NotOffered, Unsealable) as fault:
        _on_fault(merchant_id, notice, fault, now)
        return
    _told(merchant_id, notice_id, known)


def _told(merchant_id: int, notice_id: int, known: Confirmation) -> None:
    with merchant(merchant_id):
        mark_notice_told(
            notice_id=notice_id,
            channel_reference=known.channel_reference,
            was_known=known.was_known,
            now=timezone.now(),
        )


def _on_fault(merchant_id: int, notice: ChannelNotice, fault: Exception, now: datetime) -> None:
    """Wait an outage out for days; a lost access is the connection's trouble, not the parcel's."""
    if not isinstance(fault, Unavailable | AnswerLost):
        told = told_of(fault)
        with merchant(merchant_id):
            note_failure(
                connection_id=notice.connection_id,
                code=told.code,
                params=told.params,
                is_broken=told.is_broken,
                now=now,
            )
            alert_broken(connection_id=notice.connection_id, now=now)
    _wait(merchant_id, notice, BACKOFF_S[min(notice.tries, len(BACKOFF_S) - 1)], str(fault), now)


def _wait(merchant_id: int, notice: ChannelNotice, wait_s: float, why: str, now: datetime) -> None:
    """Raise `Later`, until days have passed: then a person must act."""
    if now - notice.created_at < TELL_FOR:
        raise Later(wait_s, why)
    with merchant(merchant_id):
        refuse_notice(
            notice_id=notice.pk,
            code="tried_too_long",
            params={"message": why[:LONGEST_WORD]},
            now=now,
        )


def _said(notice: ChannelNotice) -> ShipmentNotice:
    said = notice.said
    shipped_at = datetime.fromisoformat(said["shipped_at"])
    service = said["service"]
    return ShipmentNotice(
        reference=notice.parcel_reference,
        external_order=notice.order.external_order,
        lines=tuple(ShippedLine(number, quantity) for number, quantity in said["lines"]),
        carrier=said["carrier"],
        carrier_name=CARRIERS.get(said["carrier"], said["carrier"]),
        service_name=service_of(service, shipped_at.date()).name if service else "",
        tracking_number=said["tracking_number"],
        tracking_url=said["link"],
        shipped_at=shipped_at,
        is_last=said.get("is_last", True),
        context=notice.order.channel_said.get("context", {}),
    )
