"""Token buckets in Redis: how often somebody may do something. Without Redis nobody is held back.

A bucket is two numbers under one key; the script takes a token in one step, by Redis' own clock,
whichever process asks.
"""

from __future__ import annotations

import logging
import time
from functools import cache

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger("waybridge.rates")

QUIET_S = 5.0
"""How long a process does not ask a Redis that failed, so that not every call pays the waiting."""
PREFIX = "waybridge:rate:"
TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local burst, per_second = tonumber(ARGV[1]), tonumber(ARGV[2])
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(kept[1]) or burst, tonumber(kept[2]) or now
tokens = math.min(burst, tokens + math.max(0, now - at) * per_second / 1000)
local wait = 0
if tokens >= 1 then tokens = tokens - 1 else wait = (1 - tokens) / per_second end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', now)
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / per_second * 1000) + 1000)
return tostring(wait)
"""


class _Quiet:
    until = 0.0


def take(name: str, *, burst: int, per_second: float) -> float:
    """Take one token of bucket `name`; return 0, or in how many seconds there will be one.

    Fails open: a Redis that is away or hangs holds nobody back, and a log line says so.
    """
    if time.monotonic() < _Quiet.until:
        return 0.0
    try:
        return float(_script()(keys=[PREFIX + name], args=[burst, per_second]))
    except RedisError as away:
        _Quiet.until = time.monotonic() + QUIET_S
        log.warning("Nobody's rate is limited while Redis is away: %s", away)
        return 0.0


@cache
def _script() -> Script:
    client = Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=settings.REDIS_PATIENCE_S,
        socket_connect_timeout=settings.REDIS_PATIENCE_S,
        retry=Retry(NoBackoff(), 0),
    )
    return client.register_script(TAKE)
