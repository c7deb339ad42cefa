"""Workers that can be killed: processes of their own, connected as the app role itself.

The rest of the suite connects as the owner and takes on the roles; these workers could not go back
to the owner, exactly as in production. Django is loaded once; each worker is a fork of that
process, so that a hundred of them can die within a minute.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


class Workers:
    """Starts workers and kills them. `env` is what the product's processes would get."""

    def __init__(self, env: Mapping[str, str], *, module: str = "tests.forks") -> None:
        self.alive: list[int] = []
        self._parent = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, *, merchant_id: int, queues: tuple[str, ...]) -> int:
        """Start a worker that does the merchant's jobs of these queues until it is killed."""
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        order = {"merchant_id": merchant_id, "queues": queues}
        self._parent.stdin.write(json.dumps(order) + "\n")
        self._parent.stdin.flush()
        pid = int(self._parent.stdout.readline())
        self.alive.append(pid)
        return pid

    def kill(self, pid: int) -> None:
        """SIGKILL: nothing in the worker gets to know of it."""
        self.alive.remove(pid)
        os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        """Kill the workers that are left, and end the process they came from."""
        for pid in list(self.alive):
            self.kill(pid)
        assert self._parent.stdin is not None
        self._parent.stdin.close()
        self._parent.wait(timeout=20)
        if self._parent.stdout is not None:
            self._parent.stdout.close()


def main() -> None:
    """Fork a worker for each line of standard input and say its process id."""
    import django

    django.setup()
    from core.jobs import drain_queue

    # Nobody waits for the dead: the kernel takes them away.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        pid = os.fork()
        if not pid:
            while True:
                for queue in order["queues"]:
                    drain_queue(merchant_id=order["merchant_id"], queue=queue)
                time.sleep(0.02)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
