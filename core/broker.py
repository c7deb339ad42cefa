"""The broker as a request may use it: a message is worth half a second of waiting, never more.

A message only says "look now", and the sweep finds what it missed: a request must not wait for a
broker that hangs. After one failure the process keeps quiet for a while, so that not every request
pays.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache
from typing import Any

from celery import current_app
from kombu import Connection
from kombu.exceptions import OperationalError
from kombu.pools import producers
from redis.exceptions import RedisError

PATIENCE_S = 0.5
PATIENCE = {"socket_timeout": PATIENCE_S, "socket_connect_timeout": PATIENCE_S, "max_retries": 0}
QUIET_S = 5.0


class BrokerAway(Exception):
    """The broker did not take the message, now or a moment ago. Nothing is lost by it."""


class _Quiet:
    until = 0.0


def send(task: Any, args: Sequence[Any], *, queue: str, expires: float) -> None:
    """Send a message to `queue`; raise `BrokerAway` within about `PATIENCE_S`."""
    if time.monotonic() < _Quiet.until:
        raise BrokerAway("it did not answer a moment ago")
    try:
        with producers[_connection()].acquire(block=True, timeout=PATIENCE_S) as producer:
            task.apply_async(args, queue=queue, expires=expires, retry=False, producer=producer)
    except (OperationalError, RedisError, OSError) as error:
        _Quiet.until = time.monotonic() + QUIET_S
        raise BrokerAway(str(error)) from error


@cache
def _connection() -> Connection:
    """Return the broker's address with little patience; workers' own connections keep theirs."""
    usual = current_app.connection_for_write()
    return usual.clone(transport_options={**(usual.transport_options or {}), **PATIENCE})
