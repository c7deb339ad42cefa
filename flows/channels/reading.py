"""Stage 1 at the marketplaces: orders are read page by page, each page once.

One job per connection never ends: when a window is read to its end it asks to come again later. A
page's orders and the cursor behind it are one transaction, so a killed worker repeats a page and
`receive_orders` recognises what it has. Windows overlap: a channel may show a change late.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from core.jobs import Later, Work, enqueue, handler
from core.tenancy import merchant
from flows.cancelling import cancel_by_channel
from flows.channels.clients import NotOffered, client_of
from flows.channels.faults import told_of
from flows.channels.parsing import cancelled_orders, wanted_orders
from flows.intake import receive_orders
from integrations.channels.base import ChannelOrder, Window
from integrations.errors import PartnerError, RateLimited
from orders.models import ChannelConnection
from orders.querysets import known_orders
from orders.services import keep_channels_word, note_failure, open_window, save_page

OVERLAP = timedelta(minutes=10)
PAGES_PER_RUN = 10
BACKOFF_S = (30, 60, 300, 900, 1800)
SHOWN_AFTER = 3
"""A single outage is weather; the third in a row is shown."""


class PageTaken(Exception):
    """Another worker wrote this page; ours is rolled back."""


@dataclass(frozen=True, slots=True)
class _Step:
    connection: ChannelConnection
    window: Window


def reading_work(connection_id: int) -> Work:
    """The job that reads one connection, for as long as it is active."""
    return Work("channels.read", str(connection_id), {"connection_id": connection_id})


@handler("channels.read", queue="channels", waits_while_suspended=True)
def read_channel(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Read on where the last page ended; come again when the window is read."""
    connection_id = payload["connection_id"]
    for _ in range(PAGES_PER_RUN):
        step = _next_step(merchant_id, connection_id)
        if step is None:
            return
        if not _read_page(merchant_id, step):
            raise Later(settings.CHANNEL_READ_SECONDS, "read to the end; the next look")
    raise Later(0, "more pages")


@handler("channels.read_orders", queue="channels", waits_while_suspended=True)
def read_orders(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Read single orders that the channel pushed word of."""
    with merchant(merchant_id):
        connection = _connection(payload["connection_id"])
    if connection.status != ChannelConnection.Status.ACTIVE:
        return
    for number in payload["external_orders"]:
        try:
            order = client_of(connection).order(number)
        except RateLimited as limited:
            raise Later(limited.retry_after_s, str(limited)) from limited
        except PartnerError as fault:
            _note(merchant_id, connection, fault)
            raise
        if order is not None:
            with merchant(merchant_id):
                _take(connection, (order,))


def _next_step(merchant_id: int, connection_id: int) -> _Step | None:
    """Return what to read now; None when the connection does not read (the job is done then)."""
    now = timezone.now()
    with merchant(merchant_id):
        connection = _connection(connection_id)
        if connection.status != ChannelConnection.Status.ACTIVE:
            return None
        if connection.window_until is None:
            until = now - timedelta(seconds=settings.CHANNEL_LAG_SECONDS)
            if until <= connection.read_until:
                raise Later(settings.CHANNEL_READ_SECONDS, "nothing new yet")
            open_window(connection_id=connection_id, until=until)
            connection = _connection(connection_id)
    if connection.window_until is None:
        return None
    window = Window(connection.read_until - OVERLAP, connection.window_until)
    return _Step(connection, window)


def _read_page(merchant_id: int, step: _Step) -> bool:
    """Read and write one page; tell whether the window has more."""
    connection = step.connection
    try:
        page = client_of(connection).orders(step.window, connection.cursor)
    except RateLimited as limited:
        raise Later(limited.retry_after_s, str(limited)) from limited
    except (PartnerError, NotOffered) as fault:
        _note(merchant_id, connection, fault)
        return False
    with merchant(merchant_id):
        _take(connection, page.orders)
        is_ours = save_page(
            connection_id=connection.pk,
            window_until=step.window.until,
            cursor=connection.cursor,
            next_cursor=page.cursor,
            read_until=page.read_until or step.window.until,
            orders=len(page.orders),
            now=timezone.now(),
        )
        if not is_ours:
            raise PageTaken("Another worker wrote this page, or reading was stopped.")
    return bool(page.cursor)


def _take(connection: ChannelConnection, orders: tuple[ChannelOrder, ...]) -> None:
    """Write a page's orders, in the active block."""
    now = timezone.now()
    known = known_orders(
        channel_id=connection.channel_id, numbers=[order.external_order for order in orders]
    )
    cancelled = cancelled_orders(orders, known=known)
    if cancelled:
        cancel_by_channel(
            channel_id=connection.channel_id, numbers=cancelled, actor="channels", now=now
        )
    wanted = wanted_orders(orders, known=known)
    if not wanted:
        return
    received = receive_orders(
        orders=[parsed for _, parsed in wanted],
        channel=connection.channel,
        actor="channels",
        now=now,
    )
    said = {order.external_order: order for order, _ in wanted}
    keep_channels_word(
        said={
            order.pk: {
                "context": dict(said[order.external_order].context),
                "taxes": dict(said[order.external_order].taxes),
            }
            for order in received.created
        }
    )


def _note(merchant_id: int, connection: ChannelConnection, fault: Exception) -> None:
    """Keep a fault; raise `Later` when reading goes on by itself, return when a person must act."""
    told = told_of(fault)
    with merchant(merchant_id):
        times = note_failure(
            connection_id=connection.pk,
            code=told.code,
            params=told.params,
            is_broken=told.is_broken,
            now=timezone.now(),
        )
    if not told.is_broken:
        raise Later(BACKOFF_S[min(times, len(BACKOFF_S)) - 1], str(fault)) from fault


def start_reading_channel(connection_id: int) -> None:
    """Queue the reading of a connection in the active block."""
    enqueue([reading_work(connection_id)], now=timezone.now(), again=True)


def _connection(connection_id: int) -> ChannelConnection:
    return ChannelConnection.objects.select_related("channel").get(pk=connection_id)
