"""Connections to marketplaces: opened by a person, kept by workers."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.services import key_hmac
from core.events import record
from core.sealed import Place, seal, unseal
from core.tenancy import active_merchant_id
from orders.models import Channel, ChannelAccountLookup, ChannelConnection, ChannelPushLookup

Status = ChannelConnection.Status
RENEWAL_LEASE = timedelta(seconds=60)
TOKEN_BYTES = 32
READING = (Status.ACTIVE,)
OPEN = (Status.WAITING, Status.CONNECTING, Status.ACTIVE, Status.BROKEN, Status.PAUSED)


class AlreadyConnected(Exception):
    """This channel, or this account of the marketplace, has a live connection already."""


class NotThere(Exception):
    """The connection is not in a state in which that can be done; nothing changed."""


def open_connection(
    *, channel: Channel, options: Mapping[str, str], read_from: datetime, actor: str, now: datetime
) -> ChannelConnection:
    """Write down a connection that waits for the seller's consent. Raises `AlreadyConnected`."""
    try:
        with transaction.atomic():
            connection = ChannelConnection.objects.create(
                channel=channel,
                options=dict(options),
                read_until=read_from,
                push_token=secrets.token_urlsafe(TOKEN_BYTES),
                created_by=actor,
                created_at=now,
            )
    except IntegrityError as clash:
        raise AlreadyConnected("This shop has a connection already.") from clash
    ChannelPushLookup.objects.create(
        token_hmac=key_hmac(connection.push_token),
        merchant_id=connection.merchant_id,
        connection_id=connection.pk,
    )
    _record(connection.pk, "opened", actor, now)
    return connection


def ask_consent(*, connection_id: int, state_sha256: str, actor: str, now: datetime) -> None:
    """Remember what the seller was sent away with; only their return with it counts.

    Raises `NotThere` for an ended connection.
    """
    rows = ChannelConnection.objects.filter(pk=connection_id).exclude(status=Status.ENDED)
    if not rows.update(consent_state_sha256=state_sha256, consent_asked_at=now):
        raise NotThere("This connection was ended. Open a new one.")
    _record(connection_id, "consent_asked", actor, now)


def accept_return(
    *, connection_id: int, state_sha256: str, returned: str, actor: str, now: datetime
) -> None:
    """Keep, sealed, what the seller came back with; a state is good for one return.

    Raises `NotThere` when nobody was sent away with this state.
    """
    rows = ChannelConnection.objects.filter(
        pk=connection_id, consent_state_sha256=state_sha256, status__in=OPEN
    )
    place = _place(connection_id, "sealed_return")
    if not rows.update(
        status=Status.CONNECTING,
        consent_state_sha256="",
        sealed_return=seal(returned, place=place),
        **NO_FAULT,
    ):
        raise NotThere("Nobody was sent to the marketplace with this state. Begin again.")
    _record(connection_id, "consent_given", actor, now)


def returned_of(connection: ChannelConnection) -> str:
    """Unseal what the seller came back with."""
    return unseal(connection.sealed_return, place=_place(connection.pk, "sealed_return"))


def store_tokens(
    *,
    connection_id: int,
    account: str,
    tokens: str,
    access_expires_at: datetime | None,
    consent_expires_at: datetime | None,
    renewing_until: datetime | None = None,
) -> bool:
    """Seal and keep an account's tokens; False when another renewal was faster or
    the connection was ended.

    `renewing_until` is the lease under which they were renewed, None after a consent.
    """
    rows = ChannelConnection.objects.filter(pk=connection_id).exclude(status=Status.ENDED)
    if renewing_until is not None:
        rows = rows.filter(renewing_until=renewing_until)
    return bool(
        rows.update(
            account=account,
            sealed_tokens=seal(tokens, place=_place(connection_id, "sealed_tokens")),
            access_expires_at=access_expires_at,
            consent_expires_at=consent_expires_at,
            renewing_until=None,
        )
    )


def tokens_of(connection: ChannelConnection) -> str:
    """Unseal an account's tokens, "" when there are none."""
    if not connection.sealed_tokens:
        return ""
    return unseal(connection.sealed_tokens, place=_place(connection.pk, "sealed_tokens"))


def lease_renewal(*, connection_id: int, now: datetime) -> datetime | None:
    """Let one worker renew the tokens; None while another one does."""
    until = now + RENEWAL_LEASE
    free = ChannelConnection.objects.filter(pk=connection_id).exclude(renewing_until__gt=now)
    return until if free.update(renewing_until=until) else None


def end_renewal(*, connection_id: int, renewing_until: datetime) -> None:
    """Give the lease back after a renewal that failed."""
    mine = ChannelConnection.objects.filter(pk=connection_id, renewing_until=renewing_until)
    mine.update(renewing_until=None)


def activate(*, connection_id: int, kind: str, account: str, actor: str, now: datetime) -> None:
    """Start reading an account whose tokens are kept.

    Raises `AlreadyConnected` when the account is another live connection's, of whichever merchant:
    two that read one shop would ship every order twice.
    """
    found, _ = ChannelAccountLookup.objects.get_or_create(
        account_hmac=key_hmac(f"{kind}:{account}"),
        defaults={"merchant_id": active_merchant_id(), "connection_id": connection_id},
    )
    if found.connection_id != connection_id:
        raise AlreadyConnected("This account is connected already.")
    rows = ChannelConnection.objects.filter(pk=connection_id, status=Status.CONNECTING)
    if rows.update(status=Status.ACTIVE, sealed_return="", **NO_FAULT):
        _record(connection_id, "connected", actor, now)


def open_window(*, connection_id: int, until: datetime) -> bool:
    """Fix the upper bound of the window that is read next; False when one is open."""
    rows = ChannelConnection.objects.filter(
        pk=connection_id, status__in=READING, window_until__isnull=True
    )
    return bool(rows.update(window_until=until, cursor=""))


def save_page(
    *,
    connection_id: int,
    window_until: datetime,
    cursor: str,
    next_cursor: str,
    read_until: datetime,
    orders: int,
    now: datetime,
) -> bool:
    """Move behind a page, in the transaction that wrote its orders.

    False when another worker was there first: the caller rolls back. The last page ends the window,
    and the next one begins at `read_until`.
    """
    rows = ChannelConnection.objects.filter(
        pk=connection_id, status__in=READING, window_until=window_until, cursor=cursor
    )
    moved: dict[str, Any] = {"cursor": next_cursor}
    if not next_cursor:
        moved |= {"read_until": read_until, "window_until": None}
    return bool(
        rows.update(
            pages_read=F("pages_read") + 1,
            orders_read=F("orders_read") + orders,
            read_at=now,
            **NO_FAULT,
            **moved,
        )
    )


def note_failure(
    *, connection_id: int, code: str, params: Mapping[str, str], is_broken: bool, now: datetime
) -> int:
    """Keep what went wrong and since when; return how often it went wrong in a row.

    `is_broken` stops reading until a person connects anew or tries again.
    """
    connection = ChannelConnection.objects.select_for_update().get(pk=connection_id)
    if connection.status == Status.ENDED:
        return 0
    connection.failures += 1
    if connection.fault_code != code:
        connection.fault_since = now
    connection.fault_code, connection.fault_params = code, dict(params)
    if is_broken and connection.status in (Status.ACTIVE, Status.CONNECTING):
        connection.status = Status.BROKEN
        _record(connection_id, "broken", "channels", now, code=code)
    connection.save(
        update_fields=["failures", "fault_code", "fault_params", "fault_since", "status"]
    )
    return connection.failures


def resume(*, connection_id: int, actor: str, now: datetime) -> None:
    """Read on after a pause or a fault. Raises `NotThere`."""
    rows = ChannelConnection.objects.filter(
        pk=connection_id, status__in=(Status.PAUSED, Status.BROKEN)
    ).exclude(sealed_tokens="")
    if not rows.update(status=Status.ACTIVE, **NO_FAULT):
        raise NotThere("Only a paused or broken connection can go on. Connect the shop anew.")
    _record(connection_id, "resumed", actor, now)


def pause(*, connection_id: int, actor: str, now: datetime) -> None:
    """Stop reading and telling until resumed. Raises `NotThere`."""
    rows = ChannelConnection.objects.filter(
        pk=connection_id, status__in=(Status.ACTIVE, Status.BROKEN)
    )
    if not rows.update(status=Status.PAUSED):
        raise NotThere("Only a connection that is at work can be paused.")
    _record(connection_id, "paused", actor, now)


def end_connection(*, connection_id: int, actor: str, now: datetime) -> None:
    """Forget an account's credentials for ever. Its orders stay. Raises `NotThere`."""
    rows = ChannelConnection.objects.filter(pk=connection_id, status__in=OPEN)
    if not rows.update(
        status=Status.ENDED, sealed_tokens="", sealed_return="", consent_state_sha256=""
    ):
        raise NotThere("This connection was ended before.")
    ChannelAccountLookup.objects.filter(
        connection_id=connection_id, merchant_id=active_merchant_id()
    ).delete()
    ChannelPushLookup.objects.filter(
        connection_id=connection_id, merchant_id=active_merchant_id()
    ).delete()
    _record(connection_id, "ended", actor, now)


def set_telling(*, connection_id: int, tell_at: str, actor: str, now: datetime) -> None:
    """Choose when the channel is told of a parcel. Raises `NotThere`, `ValueError`."""
    rows = ChannelConnection.objects.filter(pk=connection_id, status__in=OPEN)
    if not rows.update(tell_at=ChannelConnection.TellAt(tell_at)):
        raise NotThere("This connection was ended.")
    _record(connection_id, "telling_set", actor, now, tell_at=tell_at)


NO_FAULT: dict[str, Any] = {
    "failures": 0,
    "fault_code": "",
    "fault_params": {},
    "fault_since": None,
}


def reseal_connection(*, connection_id: int) -> None:
    """Seal what one connection keeps with the newest key."""
    row = ChannelConnection.objects.select_for_update().get(pk=connection_id)
    for name in ("sealed_tokens", "sealed_return"):
        if getattr(row, name):
            place = _place(row.pk, name)
            setattr(row, name, seal(unseal(getattr(row, name), place=place), place=place))
    row.save(update_fields=["sealed_tokens", "sealed_return"])


def _place(connection_id: int, field: str) -> Place:
    return Place(active_merchant_id(), "orders_channelconnection", str(connection_id), field)


def _record(connection_id: int, what: str, actor: str, now: datetime, **data: str) -> None:
    record(
        kind=f"connection.{what}",
        subject_kind="connection",
        subject_id=connection_id,
        actor=actor,
        now=now,
        data=data,
    )
