"""DATA_DIR/stack.json: what runs, where, and as which process; and the lock that says it does."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from io import TextIOWrapper
from pathlib import Path

from config.embedded.environment import Addresses, Ports

FILE_NAME = "stack.json"
LOCK_NAME = "lock"


class AlreadyRunning(RuntimeError):
    """Another supervisor holds the same data folder."""


@dataclass(frozen=True, slots=True)
class State:
    """A running installation. The file is readable by its owner only: it holds addresses with
    passwords."""

    supervisor_pid: int
    ready: bool
    databases: Mapping[str, str]
    redis: str
    ports: Mapping[str, int]
    pids: Mapping[str, int] = field(default_factory=dict)

    @property
    def addresses(self) -> Addresses:
        """Addresses as the environment of a process is made from them."""
        return Addresses(self.databases, self.redis, Ports(**self.ports))


def write_state(data_dir: Path, state: State) -> None:
    """Replace the file in one step."""
    fresh = data_dir / f".{FILE_NAME}.{os.getpid()}"
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(asdict(state), indent=1))
    fresh.rename(data_dir / FILE_NAME)


def read_state(data_dir: Path) -> State | None:
    """Return what runs on `data_dir`, or None when nothing does, whatever a stale file says."""
    if not is_locked(data_dir):
        return None
    try:
        return State(**json.loads((data_dir / FILE_NAME).read_text()))
    except FileNotFoundError:
        return None


def is_locked(data_dir: Path) -> bool:
    """Tell whether a living supervisor holds the folder (the kernel drops a dead one's lock)."""
    path = data_dir / LOCK_NAME
    if not path.exists():
        return False
    with path.open("r+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def take_lock(data_dir: Path) -> TextIOWrapper:
    """Take the folder for this process until the returned file is closed."""
    handle = (data_dir / LOCK_NAME).open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        handle.seek(0)
        pid = handle.read().strip() or "unknown"
        handle.close()
        raise AlreadyRunning(
            f"Waybridge already runs on {data_dir} (process {pid}). Stop that one, or choose "
            "another folder with DATA_DIR."
        ) from error
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    (data_dir / FILE_NAME).unlink(missing_ok=True)
    return handle
