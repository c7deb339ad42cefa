"""A seller lets us in: sent away with a state, back with a code; a worker gets the tokens."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from core.jobs import Later, Work, enqueue, handler
from core.sealed import Unsealable
from core.tenancy import merchant
from flows.channels.clients import NotOffered, consent_of
from flows.channels.faults import LONGEST_WORD, told_of
from flows.channels.gate import write_tokens
from flows.channels.reading import start_reading_channel
from integrations.channels.base import Tokens
from integrations.errors import PartnerError, RateLimited
from orders.models import ChannelConnection
from orders.services import (
    AlreadyConnected,
    NotThere,
    accept_return,
    activate,
    ask_consent,
    ensure_channel,
    note_failure,
    open_connection,
    returned_of,
    store_tokens,
)

STATE_LIVES = timedelta(minutes=30)
LONGEST_RETURN = 8000


def connect_shop(
    *,
    kind: str,
    name: str,
    options: Mapping[str, str],
    read_from: datetime,
    actor: str,
    now: datetime,
) -> ChannelConnection:
    """Open a connection for a shop of this name, in the active block. Raises `AlreadyConnected`."""
    channel = ensure_channel(kind=kind, name=name, now=now)
    return open_connection(
        channel=channel, options=options, read_from=read_from, actor=actor, now=now
    )


def send_to_marketplace(*, connection_id: int, actor: str, now: datetime) -> str:
    """Return the address of the marketplace's own page of consent, in the active block.

    Raises `NotOffered`, `NotThere`.
    """
    connection = ChannelConnection.objects.select_related("channel").get(pk=connection_id)
    state = f"{connection_id}-{secrets.token_urlsafe(32)}"
    consent = consent_of(connection.channel.kind, connection.options)
    address = consent.authorize_url(state, redirect_address(connection.channel.kind))
    ask_consent(connection_id=connection_id, state_sha256=_digest(state), actor=actor, now=now)
    return address


def come_back(*, kind: str, returned: Mapping[str, str], actor: str, now: datetime) -> int:
    """Take what the seller came back with, in the active block; a worker gets the tokens.

    Returns the connection's id. Raises `NotThere` for a state that is unknown, used or old.
    """
    state = returned.get("state", "")
    number = state.partition("-")[0]
    if not number.isascii() or not number.isdigit() or len(number) > len(str(2**63)) - 1:
        raise NotThere("The marketplace did not say which connection this is for. Begin again.")
    connection_id = int(number)
    kept = json.dumps(dict(returned))
    if len(kept) > LONGEST_RETURN:
        raise NotThere("The marketplace came back with more than any of them says. Begin again.")
    asked = ChannelConnection.objects.filter(
        pk=connection_id, channel__kind=kind, consent_asked_at__gt=now - STATE_LIVES
    )
    if not asked.exists():
        raise NotThere("This way back is older than half an hour. Begin again.")
    accept_return(
        connection_id=connection_id,
        state_sha256=_digest(state),
        returned=kept,
        actor=actor,
        now=now,
    )
    payload = {"connection_id": connection_id, "actor": actor}
    enqueue([Work("channels.get_tokens", str(connection_id), payload)], now=now, again=True)
    return connection_id


@handler("channels.get_tokens", queue="channels")
def get_tokens(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Exchange the code for tokens and start reading. A code is good once: no blind retry."""
    connection_id = payload["connection_id"]
    with merchant(merchant_id):
        connection = ChannelConnection.objects.select_related("channel").get(pk=connection_id)
    if connection.status != ChannelConnection.Status.CONNECTING:
        return
    kind = connection.channel.kind
    try:
        with merchant(merchant_id):
            returned = json.loads(returned_of(connection))
        tokens = consent_of(kind, connection.options).exchange(returned, redirect_address(kind))
    except RateLimited as limited:
        raise Later(limited.retry_after_s, str(limited)) from limited
    except (PartnerError, NotOffered, Unsealable) as fault:
        _not_connected(merchant_id, connection_id, fault)
        return
    _connected(merchant_id, connection, tokens, actor=payload["actor"])


def redirect_address(kind: str) -> str:
    """Return where a marketplace sends the seller back to."""
    return f"{settings.PUBLIC_URL}/settings/channels/{kind}/return/"


def _connected(
    merchant_id: int, connection: ChannelConnection, tokens: Tokens, *, actor: str
) -> None:
    now = timezone.now()
    if connection.account not in ("", tokens.account):
        # Another shop's orders under this one's name, and its listings.
        _broken(merchant_id, connection.pk, "other_account", {}, now)
        return
    try:
        with merchant(merchant_id):
            store_tokens(
                connection_id=connection.pk,
                account=tokens.account,
                tokens=write_tokens(tokens),
                access_expires_at=tokens.access_expires_at,
                consent_expires_at=tokens.refresh_expires_at,
            )
            activate(
                connection_id=connection.pk,
                kind=connection.channel.kind,
                account=tokens.account,
                actor=actor,
                now=now,
            )
            start_reading_channel(connection.pk)
    except AlreadyConnected:
        _broken(merchant_id, connection.pk, "connected_elsewhere", {}, now)


def _not_connected(merchant_id: int, connection_id: int, fault: Exception) -> None:
    told = told_of(fault)
    code = told.code if told.code in ("not_set_up", "unreadable") else "consent_failed"
    _broken(
        merchant_id, connection_id, code, {"message": str(fault)[:LONGEST_WORD]}, timezone.now()
    )


def _broken(
    merchant_id: int, connection_id: int, code: str, params: Mapping[str, str], now: datetime
) -> None:
    with merchant(merchant_id):
        note_failure(connection_id=connection_id, code=code, params=params, is_broken=True, now=now)


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
