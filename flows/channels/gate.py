"""What a channel's client asks of us: the account's share of calls, and its tokens."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

from django.utils import timezone

import integrations.channels
from core import buckets
from core.buckets import Limit
from core.dated import Dated, in_force, read_dated
from core.tenancy import assert_outside_transaction, merchant
from integrations.channels.base import Tokens
from integrations.errors import NotAuthorised, RateLimited
from orders.models import ChannelConnection
from orders.services import end_renewal, lease_renewal, store_tokens, tokens_of

log = logging.getLogger("waybridge.channels")

DATA = Path(integrations.channels.__file__).parent / "data"
LEARNED_HEADER = "x-amzn-ratelimit-limit"
RENEWAL_WAIT_S = 2
TOO_MANY = 429
BLOCK_WITHOUT_WORD_S = 60.0
"""How long we wait after a 429 that names no time and an operation without a published limit."""


@dataclasses.dataclass(frozen=True, slots=True)
class PublishedLimit:
    """A channel's word on one operation. `per_account`: else all accounts share it."""

    operation: str
    limit: Limit
    per_account: bool


@cache
def published_limits(kind: str) -> tuple[Dated[PublishedLimit], ...]:
    """Return a channel's limits as its dated file has them."""
    return read_dated(
        DATA / f"{kind}_limits.csv",
        lambda row: PublishedLimit(
            operation=row["operation"],
            limit=Limit(rate_per_s=float(row["rate_per_s"]), burst=float(row["burst"])),
            per_account=row["scope"] == "account",
        ),
    )


class ChannelGate:
    """The gate of one account: its buckets are rows that all workers share."""

    def __init__(self, *, kind: str, account: str) -> None:
        self._kind = kind
        self._account = account

    def assert_outside_transaction(self) -> None:
        """Raise when a merchant block is open."""
        assert_outside_transaction()

    def before_call(self, account: str, operation: str) -> None:
        """Take one call out of the account's bucket, or raise `RateLimited`."""
        del account
        assert_outside_transaction()
        published = self._published(operation)
        if published is None:
            published = PublishedLimit(operation, UNPUBLISHED, per_account=True)
        wait_s = buckets.take(
            account=self._bucket(published),
            operation=operation,
            limit=published.limit,
            now=timezone.now(),
        )
        if wait_s:
            raise RateLimited(
                wait_s,
                "the share of calls is used up",
                partner=self._kind,
                operation=operation,
            )

    def after_call(
        self, account: str, operation: str, status: int, headers: Mapping[str, str]
    ) -> None:
        """Remember the rate the answer names; after a 429, how long to stay away."""
        del account
        said = {name.lower(): value for name, value in headers.items()}
        rate = _number(said.get(LEARNED_HEADER))
        blocked = _number(said.get("retry-after")) if status == TOO_MANY else None
        published = self._published(operation)
        if status == TOO_MANY and blocked is None:
            blocked = 1 / published.limit.rate_per_s if published else BLOCK_WITHOUT_WORD_S
        if rate is None and blocked is None:
            return
        bucket = self._bucket(published) if published else self._own_bucket()
        buckets.learn(
            account=bucket,
            operation=operation,
            now=timezone.now(),
            rate_per_s=rate,
            blocked_for_s=blocked,
        )

    def _published(self, operation: str) -> PublishedLimit | None:
        rows = in_force(published_limits(self._kind), timezone.now().date())
        return next((row for row in rows if row.operation == operation), None)

    def _bucket(self, published: PublishedLimit) -> str:
        return self._own_bucket() if published.per_account else f"{self._kind}:*"

    def _own_bucket(self) -> str:
        return f"{self._kind}:{self._account}"


UNPUBLISHED = Limit(rate_per_s=2.0, burst=10.0)
"""Our own restraint where a channel publishes nothing of an operation."""


def _number(text: str | None) -> float | None:
    """Return a positive number, None for anything else (a date, an empty header)."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 < value < float("inf") else None


class Keeper:
    """Keeps one connection's tokens, sealed; one worker at a time renews them."""

    def __init__(self, *, merchant_id: int, connection_id: int) -> None:
        self._merchant_id = merchant_id
        self._connection_id = connection_id

    def current(self) -> Tokens:
        """Return the stored tokens. Raises `NotAuthorised` when there are none."""
        with merchant(self._merchant_id):
            connection = ChannelConnection.objects.get(pk=self._connection_id)
            text = tokens_of(connection)
        if not text:
            raise NotAuthorised("this account has not let us in")
        return read_tokens(text)

    def replace(self, seen: Tokens, renew: Callable[[Tokens], Tokens]) -> Tokens:
        """Return tokens newer than `seen`, renewed by us or by another worker."""
        with merchant(self._merchant_id):
            connection = ChannelConnection.objects.select_for_update().get(pk=self._connection_id)
            text = tokens_of(connection)
            if not text:
                raise NotAuthorised("this account has not let us in")
            kept = read_tokens(text)
            if kept.access_token != seen.access_token:
                return kept
            lease = lease_renewal(connection_id=self._connection_id, now=timezone.now())
        if lease is None:
            raise RateLimited(RENEWAL_WAIT_S, "another worker renews the tokens")
        try:
            fresh = renew(kept)
        except BaseException:
            with merchant(self._merchant_id):
                end_renewal(connection_id=self._connection_id, renewing_until=lease)
            raise
        with merchant(self._merchant_id):
            stored = store_tokens(
                connection_id=self._connection_id,
                account=fresh.account,
                tokens=write_tokens(fresh),
                access_expires_at=fresh.access_expires_at,
                consent_expires_at=fresh.refresh_expires_at,
                renewing_until=lease,
            )
        return fresh if stored else self.current()


class NoTokens:
    """Stands in for an account in calls that need none (reading a push)."""

    def current(self) -> Tokens:
        """Raise `NotAuthorised`."""
        raise NotAuthorised("no account is at hand here")

    def replace(self, seen: Tokens, renew: Callable[[Tokens], Tokens]) -> Tokens:
        """Raise `NotAuthorised`."""
        del seen, renew
        raise NotAuthorised("no account is at hand here")


def write_tokens(tokens: Tokens) -> str:
    """Return tokens as text, to be sealed."""
    return json.dumps(dataclasses.asdict(tokens), default=_instant)


def read_tokens(text: str) -> Tokens:
    """Return tokens from their unsealed text."""
    said = json.loads(text)
    for name in ("access_expires_at", "refresh_expires_at"):
        said[name] = datetime.fromisoformat(said[name]) if said[name] else None
    return Tokens(**said)


def _instant(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no part of tokens")
