"""Word from a channel that orders changed: kept as a job, believed when its signature is good.

A push only makes us look sooner. Its orders are read anew with the account's own access, so a
forged or repeated one costs a look and changes nothing.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.services import key_hmac
from core.jobs import Later, Work, enqueue, handler
from core.models import Job
from core.tenancy import merchant
from flows.channels.clients import client_of
from flows.channels.reading import reading_work
from integrations.channels.base import BadSignature
from integrations.channels.ebay_push import challenge_answer
from integrations.errors import PartnerError, RateLimited
from orders.models import ChannelConnection, ChannelPushLookup

log = logging.getLogger("waybridge.channels")

LARGEST_PUSH_BYTES = 256 * 1024
KEPT_HEADERS = ("x-", "authorization", "content-type")
LONGEST_HEADER = 4096
MOST_ORDERS = 50
MOST_WAITING = 100
TRY_AGAIN_S = 60


class UnknownAddress(LookupError):
    """No live connection has this push address."""


class TooManyPushes(Exception):
    """As many pushes wait as may; nothing is lost by it, for shops are read on a timer as well."""


def push_address(connection: ChannelConnection) -> str:
    """Return the address a merchant enters at the marketplace, "" where it takes none."""
    if connection.channel.kind == "amazon":
        return ""
    return f"{settings.PUBLIC_URL}/push/channels/{connection.push_token}/"


def keep_push(*, token: str, headers: Mapping[str, str], body: bytes) -> None:
    """Queue the reading of a push; the same bytes twice are one.

    Raises `UnknownAddress`, `TooManyPushes`: nothing is proved yet of whoever sends them.
    """
    found = _found(token)
    kept = {
        name.lower(): value[:LONGEST_HEADER]
        for name, value in headers.items()
        if name.lower().startswith(KEPT_HEADERS)
    }
    payload = {
        "connection_id": found.connection_id,
        "headers": kept,
        "body": base64.b64encode(body).decode(),
    }
    digest = hashlib.sha256(f"{found.connection_id}:".encode() + body).hexdigest()
    with merchant(found.merchant_id):
        waiting = Job.objects.filter(
            kind="channels.read_push", queue="channels", status=Job.Status.QUEUED
        )
        if len(waiting.values_list("pk", flat=True)[:MOST_WAITING]) >= MOST_WAITING:
            raise TooManyPushes("Too many pushes wait to be checked.")
        enqueue([Work("channels.read_push", digest, payload)], now=timezone.now())


def answer_challenge(*, token: str, code: str) -> dict[str, str]:
    """Answer eBay's question whether this address is ours. Raises `UnknownAddress`."""
    found = _found(token)
    with merchant(found.merchant_id):
        connection = ChannelConnection.objects.select_related("channel").get(pk=found.connection_id)
    application = settings.CHANNELS.get(connection.channel.kind, {"options": {}})
    secret = application["options"].get("verification_token", "")
    if connection.channel.kind != "ebay" or not secret:
        raise UnknownAddress("Only eBay asks, and only a deployment with its token can answer.")
    return challenge_answer(code, verification_token=secret, endpoint=push_address(connection))


@handler("channels.read_push", queue="channels")
def read_push(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Check a push's signature and read the orders it names; all of them where it names none."""
    with merchant(merchant_id):
        connection = ChannelConnection.objects.select_related("channel").get(
            pk=payload["connection_id"]
        )
    if connection.status != ChannelConnection.Status.ACTIVE:
        return
    try:
        push = client_of(connection).read_push(
            payload["headers"], base64.b64decode(payload["body"])
        )
    except BadSignature as bad:
        log.warning("A push to connection %s was not believed: %s", connection.pk, bad)
        return
    except RateLimited as limited:
        raise Later(limited.retry_after_s, str(limited)) from limited
    except PartnerError as away:
        raise Later(TRY_AGAIN_S, str(away)) from away
    now = timezone.now()
    numbers = push.external_orders[:MOST_ORDERS]
    works = [_order_work(connection.pk, push.event_id, number) for number in numbers]
    with merchant(merchant_id):
        enqueue(works or [reading_work(connection.pk)], now=now, again=not works)


def _order_work(connection_id: int, event_id: str, number: str) -> Work:
    """One order each: a job put off in the middle begins anew, and would ask for the first ones
    again until the account's share of calls is gone."""
    key = hashlib.sha256(f"{connection_id}:{event_id}:{number}".encode()).hexdigest()
    told = {"connection_id": connection_id, "external_orders": [number]}
    return Work("channels.read_orders", key, told)


def _found(token: str) -> ChannelPushLookup:
    found = ChannelPushLookup.objects.filter(token_hmac=key_hmac(token)).first()
    if found is None:
        raise UnknownAddress("No connection has this push address.")
    return found
