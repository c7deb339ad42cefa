"""Messages that say "look now", a few together: sending one costs more than most jobs' rows.

The first goes out at once. What follows within `APART_S` for the same merchant and queue becomes
one message at the end of that time. A process that dies in between leaves it to the sweep, as every
lost message is.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable

log = logging.getLogger("waybridge.jobs")

APART_S = 0.05
MOST_REMEMBERED = 2000
Key = tuple[int, str]
Send = Callable[[int, str], None]


class Wakes:
    """When each queue of this process was last told, and who is still to be told."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin afresh, as a forked child must: the parent's thread is not there."""
        self._lock = threading.Lock()
        self._sent: dict[Key, float] = {}
        self._late: dict[Key, Send] = {}
        self._is_waiting = False

    def soon(self, key: Key, send: Send) -> None:
        """Call `send(*key)` now, or once within `APART_S` when it was called a moment ago."""
        now = time.monotonic()
        with self._lock:
            is_first = now - self._sent.get(key, float("-inf")) >= APART_S
            if is_first:
                self._remember(key, now)
            else:
                self._late[key] = send
                if not self._is_waiting:
                    self._is_waiting = True
                    threading.Thread(target=self._send_late, name="wakes", daemon=True).start()
        if is_first:
            send(*key)

    def _send_late(self) -> None:
        """Send what came too soon, until nothing does."""
        while True:
            time.sleep(APART_S)
            with self._lock:
                late, self._late = self._late, {}
                if not late:
                    self._is_waiting = False
                    return
                now = time.monotonic()
                for key in late:
                    self._remember(key, now)
            for key, send in late.items():
                try:
                    send(*key)
                except Exception:
                    log.exception("Nobody was told of the work of %s; the sweep will find it", key)

    def _remember(self, key: Key, now: float) -> None:
        if len(self._sent) >= MOST_REMEMBERED:
            self._sent = {known: at for known, at in self._sent.items() if now - at < APART_S}
        self._sent[key] = now


wakes = Wakes()
# A forked child has neither its parent's thread nor, perhaps, an open lock.
os.register_at_fork(after_in_child=wakes.forget)
