"""Stage 1 at the marketplaces: orders are read page by page, each page once.

One job per connection never ends: when a window is read to its end it asks to come again later. A
page's orders and the cursor behind it are one transaction, so a killed worker repeats a page and
`receive_orders` recognises what it has. Windows overlap: a channel may show a change late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from core.jobs import Later, Work, enqueue, handler
from core.sealed import Unsealable
from core.tenancy import merchant
from flows.cancelling import cancel_by_channel, note_shipped_elsewhere
from flows.channels.alerts import alert_broken, remind_of_consent
from flows.channels.clients import NotOffered, client_of
from flows.channels.deciding import acknowledge
from flows.channels.faults import told_of
from flows.channels.parsing import (
    Wanted,
    cancelled_orders,
    channels_word,
    shipped_elsewhere,
    wanted_orders,
)
from flows.intake import receive_orders
from integrations.channels.base import ChannelOrder, OrderPage, Unread, Window
from integrations.channels.pages import digest_of, reason_of
from integrations.errors import PartnerError, RateLimited, Unavailable
from orders.models import ChannelConnection, UnreadOrder
from orders.querysets import known_orders
from orders.services import (
    NotOpen,
    NotRead,
    keep_channels_word,
    note_failure,
    note_read,
    note_unread,
    open_window,
    save_page,
)

OVERLAP = timedelta(minutes=10)
PAGES_PER_RUN = 10
BACKOFF_S = (30, 60, 300, 900, 1800)
SHOWN_AFTER = 3
"""A single outage is weather; the third in a row is shown."""


UNTAKEABLE = (DataError, IntegrityError, ValueError, ArithmeticError)
"""What a value that no column takes ends in."""


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
            why = "read to the end; the next look"
            raise Later(settings.CHANNEL_READ_SECONDS, why, has_moved=True)
    raise Later(0, "more pages", has_moved=True)


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
        except (PartnerError, NotOffered, Unsealable) as fault:
            _note(merchant_id, connection, fault)
            raise
        if order is not None:
            with merchant(merchant_id):
                _take(connection, OrderPage((order,), ""))


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
            remind_of_consent(connection=connection, now=now)
    if connection.window_until is None:
        return None
    window = Window(connection.read_until - OVERLAP, connection.window_until)
    return _Step(connection, window)


def _read_page(merchant_id: int, step: _Step) -> bool:
    """Read and write one page; tell whether the window has more."""
    connection = step.connection
    try:
        page = client_of(connection).orders(step.window, connection.cursor)
        if page.cursor and page.cursor == connection.cursor:
            # Followed, it would be read for ever, without a pause.
            raise Unavailable("the page names itself as the next one")
    except RateLimited as limited:
        raise Later(limited.retry_after_s, str(limited)) from limited
    except (PartnerError, NotOffered, Unsealable) as fault:
        _note(merchant_id, connection, fault)
        return False
    with merchant(merchant_id):
        fresh = _take(connection, page)
        is_ours = save_page(
            connection_id=connection.pk,
            window_until=step.window.until,
            cursor=connection.cursor,
            next_cursor=page.cursor,
            read_until=page.read_until or step.window.until,
            orders=fresh,
            now=timezone.now(),
        )
        if not is_ours:
            raise PageTaken("Another worker wrote this page, or reading was stopped.")
    return bool(page.cursor)


def _take(connection: ChannelConnection, page: OrderPage) -> int:
    """Write a page's orders, in the active block, and return how many are new.

    One that cannot be taken stops no other.
    """
    now = timezone.now()
    # A page may tell an order twice; the later word counts.
    orders = tuple({order.external_order: order for order in page.orders}.values())
    known = known_orders(
        channel_id=connection.channel_id, numbers=[order.external_order for order in orders]
    )
    cancelled = cancelled_orders(orders, known=known)
    if cancelled:
        cancel_by_channel(
            channel_id=connection.channel_id, numbers=cancelled, actor="channels", now=now
        )
    elsewhere = shipped_elsewhere(orders, known=known)
    if elsewhere:
        note_shipped_elsewhere(
            channel_id=connection.channel_id, numbers=elsewhere, actor="channels", now=now
        )
    wanted, unread = wanted_orders(orders, known=known)
    unread = [*page.unread, *unread, *_receive(connection, wanted, now)]
    note_unread(
        connection_id=connection.pk,
        found=[NotRead(each.external_order, each.digest, each.reason) for each in unread],
        now=now,
    )
    missing = {each.external_order for each in unread}
    read = [order.external_order for order in orders if order.external_order not in missing]
    note_read(connection_id=connection.pk, numbers=read, now=now)
    fresh = {each.said.external_order for each in wanted} - set(known) - missing
    return len(fresh)


def _receive(
    connection: ChannelConnection, wanted: Sequence[Wanted], now: datetime
) -> list[Unread]:
    """Write orders at once, or one by one where a value of one is taken by no column."""
    if not wanted:
        return []
    try:
        with transaction.atomic():
            _insert(connection, wanted, now)
    except UNTAKEABLE as fault:
        if len(wanted) == 1:
            (said,) = (each.said for each in wanted)
            return [Unread(said.external_order, digest_of(repr(said)), _named(fault))]
        return [left for each in wanted for left in _receive(connection, [each], now)]
    return []


def _named(fault: Exception) -> str:
    """What Postgres adds to its first line is the row: names and addresses."""
    return reason_of(fault).partition("\n")[0]


def _insert(connection: ChannelConnection, wanted: Sequence[Wanted], now: datetime) -> None:
    received = receive_orders(
        orders=[each.parsed for each in wanted],
        channel=connection.channel,
        actor="channels",
        now=now,
    )
    said: dict[str, ChannelOrder] = {each.parsed.external_order: each.said for each in wanted}
    keep_channels_word(
        said={order.pk: channels_word(said[order.external_order]) for order in received.created}
    )
    acknowledge(connection=connection, order_ids=[row.pk for row in received.created], now=now)


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
        alert_broken(connection_id=connection.pk, now=timezone.now())
    if not told.is_broken:
        raise Later(BACKOFF_S[min(times, len(BACKOFF_S)) - 1], str(fault)) from fault


def start_reading_channel(connection_id: int) -> None:
    """Queue the reading of a connection in the active block."""
    enqueue([reading_work(connection_id)], now=timezone.now(), again=True)


def read_again(*, unread_id: int, actor: str, now: datetime) -> None:
    """Ask for one order that could not be read, in the active block. Raises `NotOpen`."""
    del actor
    row = UnreadOrder.objects.filter(pk=unread_id, settled_at__isnull=True).first()
    if row is None or not row.external_order:
        raise NotOpen("This order was seen to before, or has no number to ask for.")
    payload = {"connection_id": row.connection_id, "external_orders": [row.external_order]}
    enqueue([Work("channels.read_orders", f"unread:{row.pk}", payload)], now=now, again=True)


def _connection(connection_id: int) -> ChannelConnection:
    return ChannelConnection.objects.select_related("channel").get(pk=connection_id)
