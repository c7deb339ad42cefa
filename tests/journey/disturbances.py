"""Kills and losses while the journey runs: what, how often, and when by chance of a seed."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from random import Random

import redis

from config.embedded.stack import Stack
from tests.journey.running import family

KILLED = ("worker", "documents", "web", "worker", "scheduler", "documents", "operator")
FLUSH = "FLUSHALL"
FORKLESS = "scheduler"
"""The others are at work once they have forked."""


@dataclass(slots=True)
class Disturber:
    """Kills with SIGKILL and empties Redis until told to stop. `done` is what it did."""

    stack: Stack
    seed: int
    pause_s: tuple[float, float]
    most: int
    done: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Disturb at random moments; what could not be done is tried at the next one."""
        rng = Random(self.seed)
        plan = [*KILLED, FLUSH, FLUSH]
        rng.shuffle(plan)
        while len(self.done) < self.most:
            if self._stop.wait(rng.uniform(*self.pause_s)):
                return
            what = plan[len(self.done) % len(plan)]
            if what == FLUSH:
                redis.Redis.from_url(self.stack.state.redis).flushall()
            elif not self._kill(what):
                continue
            self.done.append(what)

    def stop(self) -> None:
        """Disturb no more."""
        self._stop.set()

    def _kill(self, name: str) -> bool:
        """Kill a process that works; one that is dead or only starting shows nothing."""
        pid = self.stack.pids[name]
        if name != FORKLESS and len(family(pid)) == 1:
            return False
        try:
            self.stack.kill(name)
        except ProcessLookupError:
            return False
        return True
