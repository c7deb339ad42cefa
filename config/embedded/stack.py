"""A handle on a running installation, for what needs the whole product: journey, bench, tests."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from config.embedded import keys
from config.embedded.environment import environment
from config.embedded.state import State, is_locked, read_state
from config.embedded.supervisor import ROOT

LOG_NAME = "stack.log"


class StackFailed(RuntimeError):
    """The product did not start, or went away; the message carries the end of its log."""


class Stack:
    """The product running on `data_dir`, found there or started by us."""

    def __init__(self, data_dir: Path, supervisor: subprocess.Popen[bytes] | None = None) -> None:
        self.data_dir = data_dir
        self._supervisor = supervisor

    @classmethod
    def attach_or_start(
        cls,
        data_dir: Path,
        *,
        port: int = 0,
        timeout_s: float = 180,
        env: dict[str, str] | None = None,
    ) -> Stack:
        """Return the product on `data_dir`; start it there, on `port` or free ports, if needed.

        What was already running keeps running after `stop`. `env` adds to the environment of what
        is started.
        """
        data_dir = data_dir.resolve()
        data_dir.mkdir(parents=True, exist_ok=True)
        is_running = _is_running(data_dir, timeout_s)
        stack = cls(data_dir) if is_running else cls._start(data_dir, port, env or {})
        try:
            stack._wait_ready(timeout_s)
        except BaseException:
            stack.stop()
            raise
        return stack

    @classmethod
    def _start(cls, data_dir: Path, port: int, env: dict[str, str]) -> Stack:
        # Whoever started it and is killed leaves nothing running.
        setpriv = shutil.which("setpriv")
        command = [
            *([setpriv, "--pdeathsig", "TERM"] if setpriv else []),
            sys.executable, "-m", "config.embedded.supervisor", "run",
            "--data-dir", str(data_dir), "--port", str(port),
        ]  # fmt: skip
        with (data_dir / LOG_NAME).open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | env, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        return cls(data_dir, process)

    @property
    def was_started(self) -> bool:
        """Tell whether we started it (and `stop` will stop it)."""
        return self._supervisor is not None

    @property
    def state(self) -> State:
        """What runs now, read afresh."""
        state = read_state(self.data_dir)
        if state is None:
            raise StackFailed(f"Nothing runs on {self.data_dir}.\n{self._log_end()}")
        return state

    @property
    def public_url(self) -> str:
        """The merchant's, API's and buyer's doors."""
        return self.state.addresses.public_url

    @property
    def admin_url(self) -> str:
        """The staff's door."""
        return self.state.addresses.admin_url

    @property
    def sandbox_url(self) -> str:
        """The stand-ins."""
        return self.state.addresses.sandbox_url

    @property
    def pids(self) -> dict[str, int]:
        """Process ids by name, servers included, as they are now."""
        return dict(self.state.pids)

    def env_for(self, name: str) -> dict[str, str]:
        """Return the environment of process `name` (or `owner`, `app`, `operator`)."""
        return environment(
            name,
            addresses=self.state.addresses,
            data_dir=self.data_dir,
            secrets=keys.load_or_make(self.data_dir),
        )

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal to process `name` with all it forked; return the old process id."""
        pid = self.pids[name]
        os.killpg(pid, number)
        return pid

    def wait_restarted(self, name: str, old_pid: int, *, timeout_s: float = 60) -> int:
        """Wait until `name` runs under another process id, and return it."""
        deadline = time.monotonic() + timeout_s
        while (pid := self.pids[name]) == old_pid:
            if time.monotonic() > deadline:
                raise StackFailed(f"{name} was not restarted.\n{self._log_end()}")
            time.sleep(0.1)
        return pid

    def stop(self, *, timeout_s: float = 40) -> None:
        """Stop the product if we started it."""
        if self._supervisor is None:
            return
        self._supervisor.terminate()
        try:
            self._supervisor.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._supervisor.kill()
            self._supervisor.wait()

    def _wait_ready(self, timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        while True:
            state = read_state(self.data_dir)
            if state is not None and state.ready:
                return
            ended = self._supervisor is not None and self._supervisor.poll() is not None
            if ended or time.monotonic() > deadline:
                raise StackFailed(f"The product did not start.\n{self._log_end()}")
            time.sleep(0.1)

    def _log_end(self) -> str:
        path = self.data_dir / LOG_NAME
        if not path.exists():
            return ""
        return "\n".join(path.read_text(errors="replace").splitlines()[-25:])


def _is_running(data_dir: Path, timeout_s: float) -> bool:
    """Tell whether the product runs there, waiting for one that is just starting or stopping."""
    deadline = time.monotonic() + timeout_s
    while is_locked(data_dir):
        state = read_state(data_dir)
        if (state is not None and state.ready) or time.monotonic() > deadline:
            return True
        time.sleep(0.1)
    return False
