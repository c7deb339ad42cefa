"""Idempotency-Key: the answer of an unsafe call is stored with its effect."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection

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
    merchant_id = active_merchant_id()
    digest = hashlib.sha256(body).hexdigest()
    stored = _lock_and_read(merchant_id, key)
    if stored is not None:
        known_route, known_digest, known_status, known_answer = stored
        if known_digest != digest or known_route != route:
            raise KeyReused(
                f"The Idempotency-Key {key!r} was used before with another request. "
                "Send a new key for a new request."
            )
        return known_status, json.loads(known_answer), True
    status, answer = effect()
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [merchant_id, key, route, digest, status, json.dumps(answer), now])
    return status, answer, False


# Written out: every unsafe call of the API passes here, and building the same two queries anew
# each time cost a tenth of an order's whole budget.
READ = (
    "SELECT pg_advisory_xact_lock(%s);"
    " SELECT route, body_sha256, status, answer::text FROM core_idempotentanswer"
    " WHERE merchant_id = %s AND key = %s"
)
WRITE = (
    "INSERT INTO core_idempotentanswer"
    " (merchant_id, key, route, body_sha256, status, answer, created_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s)"
)


def _lock_and_read(merchant_id: int, key: str) -> tuple[str, str, int, str] | None:
    """Hold a lock on (merchant, key) until the transaction ends, then read the stored answer.

    Two statements in one trip: the second has a snapshot of its own, taken with the lock held.
    """
    name = f"{merchant_id}:{key}".encode()
    number = int.from_bytes(hashlib.sha256(name).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute(READ, [number, merchant_id, key])
        stored: tuple[str, str, int, str] | None = cursor.fetchone()
    return stored
