"""Idempotency-Key: the answer of an unsafe call is stored with its effect."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection

from core.models import IdempotentAnswer
from core.tenancy import active_merchant_id

MAX_KEY_LENGTH = 200


class KeyReused(Exception):
    """The same key came with another body, or for another route."""


def answer_once(
    *,
    key: str,
    route: str,
    body: bytes,
    now: datetime,
    effect: Callable[[], tuple[int, Any]],
) -> tuple[int, Any, bool]:
    """Run `effect` once for `key`, inside the caller's merchant block.

    Returns (status, answer, replayed). A second call with the same body gets the stored answer;
    another body raises `KeyReused`. Two calls at once queue behind an advisory lock on the key.
    An effect that raises stores nothing.
    """
    digest = hashlib.sha256(body).hexdigest()
    _lock(key)
    stored = IdempotentAnswer.objects.filter(key=key).first()
    if stored is not None:
        if stored.body_sha256 != digest or stored.route != route:
            raise KeyReused(
                f"The Idempotency-Key {key!r} was used before with another request. "
                "Send a new key for a new request."
            )
        return stored.status, stored.answer, True
    status, answer = effect()
    IdempotentAnswer.objects.create(
        key=key, route=route, body_sha256=digest, status=status, answer=answer, created_at=now
    )
    return status, answer, False


def _lock(key: str) -> None:
    """Hold a lock on (merchant, key) until the transaction ends."""
    name = f"{active_merchant_id()}:{key}".encode()
    number = int.from_bytes(hashlib.sha256(name).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
