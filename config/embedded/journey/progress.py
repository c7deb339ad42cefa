"""How far the journey is: a bar per stage, the seconds of each, and an end to waiting."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

STALLED_AFTER_S = 90.0
"""No stage of a running installation stands still for longer, whatever was killed."""


class StillOpen(RuntimeError):
    """A stage made no progress for too long; the message says what is open."""


class Stage:
    """One stage's bar. `wait` raises `StillOpen` once nothing has changed for too long."""

    def __init__(self, name: str, bar: tqdm[Any], stalled_after_s: float) -> None:
        self.name = name
        self._bar = bar
        self._stalled_after_s = stalled_after_s
        self._last_change = time.monotonic()

    def at(self, count: int) -> None:
        """Show that `count` of the stage's total are done."""
        if count != self._bar.n:
            self._last_change = time.monotonic()
            self._bar.update(count - self._bar.n)

    def add(self, count: int = 1) -> None:
        """Show that `count` more are done. May be called from several threads."""
        self._last_change = time.monotonic()
        self._bar.update(count)

    def wait(self, seconds: float, still_open: str) -> None:
        """Sleep, or raise when the stage has stood still."""
        if time.monotonic() - self._last_change > self._stalled_after_s:
            raise StillOpen(
                f"{self.name}: nothing has moved for {self._stalled_after_s:.0f} s. "
                f"Still open: {still_open}."
            )
        time.sleep(seconds)


class Stages:
    """The stages so far, with their seconds."""

    def __init__(self, *, is_shown: bool, stalled_after_s: float = STALLED_AFTER_S) -> None:
        self.seconds: dict[str, float] = {}
        self._is_shown = is_shown
        self._stalled_after_s = stalled_after_s

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Stage]:
        """Run one stage."""
        began = time.monotonic()
        pause = 0.2 if sys.stderr.isatty() else 5.0
        bar: tqdm[Any] = tqdm(
            total=total, desc=f"{name:<12}", unit="", disable=not self._is_shown, mininterval=pause
        )
        with bar:
            yield Stage(name, bar, self._stalled_after_s)
        self.seconds[name] = round(time.monotonic() - began, 2)
