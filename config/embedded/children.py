"""Child processes of the supervisor: own process groups, prefixed logs, restarts with backoff."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Say = Callable[[str, str], None]
"""Print one line of one child: its name, the line."""

LONGEST_PAUSE_S = 30.0
CALM_AFTER_S = 30.0
"""A child that ran this long is restarted at once when it dies."""


class Child:
    """One process with everything it forks. Start it from the main thread only.

    The kernel ends it when the thread that started it dies, so nothing is left behind when the
    supervisor itself is killed without a chance to clean up. `ready` is set once it printed
    `ready_words`.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        say: Say,
        ready_words: str = "",
    ) -> None:
        self.name = name
        self.ready = threading.Event()
        self._ready_words = ready_words
        self._command = [_program(command[0]), *command[1:]]
        self._env = dict(env)
        self._cwd = cwd
        self._say = say
        self.process: subprocess.Popen[str] | None = None
        self._started_at = 0.0
        self._pause_s = 0.0
        self._restart_at: float | None = None

    @property
    def pid(self) -> int:
        """Process id of the group's leader."""
        return self.process.pid if self.process else 0

    def start(self) -> None:
        """Start the process and pass its lines on."""
        setpriv = shutil.which("setpriv")
        guard = [setpriv, "--pdeathsig", "TERM"] if setpriv else []
        self._started_at, self._restart_at = time.monotonic(), None
        self.process = subprocess.Popen(
            [*guard, *self._command], env=self._env, cwd=self._cwd, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace",
        )  # fmt: skip
        threading.Thread(target=self._pass_lines_on, args=[self.process], daemon=True).start()

    def tend(self) -> bool:
        """Restart the process when it died and its pause is over; tell whether it was restarted."""
        if self.process is None:
            return False
        status = self.process.poll()
        if status is None:
            return False
        now = time.monotonic()
        if self._restart_at is None:
            calm = now - self._started_at > CALM_AFTER_S
            self._pause_s = 0.0 if calm else min(max(0.5, self._pause_s * 2), LONGEST_PAUSE_S)
            self._restart_at = now + self._pause_s
            # What it forked may outlive it and would hold its port or its queue.
            self._signal(signal.SIGKILL)
            self._say(self.name, f"{_how_it_ended(status)}; restart in {self._pause_s:.1f} s")
        if now < self._restart_at:
            return False
        self.start()
        return True

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the leader, which ends its own children in order."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_stopped(self, deadline: float) -> None:
        """Wait until `deadline` (monotonic), then kill what is left of the group."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.1, deadline - time.monotonic()))
        self._signal(signal.SIGKILL)
        self.process.wait()

    def _signal(self, number: signal.Signals) -> None:
        # The group is ours (start_new_session), so its id cannot be a stranger's while it lives.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def _pass_lines_on(self, process: subprocess.Popen[str]) -> None:
        if process.stdout is None:
            return
        for line in process.stdout:
            if self._ready_words and self._ready_words in line:
                self.ready.set()
            self._say(self.name, line.rstrip())


def _program(name: str) -> str:
    """Return the program of this virtualenv, or the interpreter itself."""
    if name == "python":
        return sys.executable
    return str(Path(sys.executable).with_name(name))


def _how_it_ended(status: int) -> str:
    if status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"ended with status {status}"
