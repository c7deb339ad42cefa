"""Token buckets that all workers share, one per account and operation of a partner.

They are rows, not Redis keys: a limit of one call in three minutes must outlive a restart. One
statement takes a token or takes nothing, so no two workers take the last one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

TAKE = """
INSERT INTO core_ratebucket AS bucket (account, operation, tokens, filled_at)
VALUES (%(account)s, %(operation)s, %(burst)s - 1, %(now)s)
ON CONFLICT (account, operation) DO UPDATE SET
  filled_at = GREATEST(bucket.filled_at, %(now)s),
  tokens = LEAST(%(burst)s, bucket.tokens + COALESCE(bucket.learned_per_s, %(rate)s)
    * GREATEST(0, EXTRACT(EPOCH FROM %(now)s - bucket.filled_at))) - 1
WHERE (bucket.blocked_until IS NULL OR bucket.blocked_until <= %(now)s)
  AND LEAST(%(burst)s, bucket.tokens + COALESCE(bucket.learned_per_s, %(rate)s)
    * GREATEST(0, EXTRACT(EPOCH FROM %(now)s - bucket.filled_at))) >= 1
RETURNING tokens
"""
WAIT = """
SELECT GREATEST(
  EXTRACT(EPOCH FROM COALESCE(blocked_until, %(now)s) - %(now)s),
  (1 - tokens) / COALESCE(learned_per_s, %(rate)s) - EXTRACT(EPOCH FROM %(now)s - filled_at))
FROM core_ratebucket WHERE account = %(account)s AND operation = %(operation)s
"""
LEARN = """
INSERT INTO core_ratebucket AS bucket
  (account, operation, tokens, filled_at, learned_per_s, blocked_until)
VALUES (%(account)s, %(operation)s, 0, %(now)s, %(learned)s, %(blocked_until)s)
ON CONFLICT (account, operation) DO UPDATE SET
  learned_per_s = COALESCE(EXCLUDED.learned_per_s, bucket.learned_per_s),
  blocked_until = GREATEST(EXCLUDED.blocked_until, bucket.blocked_until)
"""
SHORTEST_WAIT_S = 0.05


@dataclass(frozen=True, slots=True)
class Limit:
    """What a partner allows: `burst` calls at once, refilled at `rate_per_s`."""

    rate_per_s: float
    burst: float


def take(*, account: str, operation: str, limit: Limit, now: datetime) -> float:
    """Take one call out of the bucket: 0.0 when it may be made, else the seconds to wait."""
    values: dict[str, Any] = {
        **_names(account, operation),
        "rate": limit.rate_per_s,
        "burst": limit.burst,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values)
        if cursor.fetchone():
            return 0.0
        cursor.execute(WAIT, values)
        row = cursor.fetchone()
    return max(float(row[0]), SHORTEST_WAIT_S) if row else SHORTEST_WAIT_S


def learn(
    *,
    account: str,
    operation: str,
    now: datetime,
    rate_per_s: float | None = None,
    blocked_for_s: float | None = None,
) -> None:
    """Remember what the partner said of its limit, also for answers that do not repeat it."""
    until = None if blocked_for_s is None else now + timedelta(seconds=blocked_for_s)
    values: dict[str, Any] = {
        **_names(account, operation),
        "now": now,
        "learned": rate_per_s,
        "blocked_until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(LEARN, values)


def _names(account: str, operation: str) -> dict[str, str]:
    # Hashed: every merchant's worker may read this table, and account ids are no one else's.
    return {
        "account": hashlib.sha256(account.encode()).hexdigest(),
        "operation": operation[:60],
    }
