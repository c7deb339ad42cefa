"""`make run`: starts the whole product, keeps it running, and stops all it started.

    python -m config.embedded.supervisor run [--data-dir var] [--port 8000]

Port 0 means any free ports. Everything that can be reached listens on loopback or on a socket.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from config.embedded import keys
from config.embedded.children import Child
from config.embedded.demo_shops import connect_demo_shops
from config.embedded.environment import (
    LOOPBACK,
    Addresses,
    Ports,
    PortTaken,
    environment,
    way_seconds,
)
from config.embedded.postgres import PostgresFailed
from config.embedded.preparation import PreparationFailed, migrate, seed_demo
from config.embedded.processes import PROCESSES, Process
from config.embedded.redis_server import RedisFailed
from config.embedded.roles import RolesMissing, RolesTooStrong
from config.embedded.servers import Servers
from config.embedded.state import FILE_NAME, AlreadyRunning, State, take_lock, write_state
from config.embedded.unprivileged import NoAccount

ROOT = Path(__file__).resolve().parents[2]
KNOWN_FAILURES = (
    AlreadyRunning, NoAccount, PortTaken, PostgresFailed, PreparationFailed, RedisFailed,
    RolesMissing, RolesTooStrong,
)  # fmt: skip
READY_WITHIN_S = 90
SAY_EVERY_S = 5
STOP_WITHIN_S = 15
COLOURS = (36, 35, 34, 33, 32, 96, 95, 94)


class Stopped(BaseException):
    """Somebody asked us to stop (Ctrl-C, SIGTERM)."""


class NotReady(RuntimeError):
    """A process did not answer in time."""


class Console:
    """Prints `name | line`, one colour per name on a terminal."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._colours: dict[str, int] = {}

    def say(self, name: str, line: str) -> None:
        """Print one line."""
        with self._lock:
            label = f"{name:<9}"
            if sys.stdout.isatty():
                colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
                label = f"\x1b[{colour}m{label}\x1b[0m"
            print(f"{label} | {line}", flush=True)


class Supervisor:
    """One installation on one data folder: servers, stand-ins, doors, workers."""

    def __init__(self, *, data_dir: Path, ports: Ports, console: Console) -> None:
        self._data_dir = data_dir
        self._ports = ports
        self._say = console.say
        self._secrets = keys.load_or_make(data_dir)
        (data_dir / "static").mkdir(exist_ok=True)
        self._servers = Servers(data_dir, self._secrets)
        self._children: dict[str, Child] = {}
        self.logins = ""

    @property
    def addresses(self) -> Addresses:
        """Where everything is."""
        return Addresses(self._servers.databases, self._servers.redis_url, self._ports)

    def start(self) -> None:
        """Start everything and return when every process answers."""
        self._ports.refuse_taken()
        self._start_sandbox()
        is_new = (
            not self._servers.is_external
            and not (self._data_dir / "postgres" / "PG_VERSION").exists()
        )
        self._say("set-up", "making a new database" if is_new else "starting the database")
        self._servers.start()
        self._write_state(ready=False)
        owner = self._env("owner")
        external = self._servers.is_external
        self._say("set-up", "bringing the tables up to date (the first time takes longest)")
        if migrate(ROOT, self._data_dir, owner, always=external):
            self._say("set-up", "database is up to date")
        if os.environ.get("DEMO", "1") != "0":
            self._say("set-up", "looking for the demonstration data")
            self.logins = seed_demo(ROOT, self._data_dir, owner, always=external)
            if "sandbox" in self._children:
                connect_demo_shops(
                    ROOT, self._data_dir, owner, stand_ins=self.addresses.sandbox_url,
                    public_url=self.addresses.public_url,
                )  # fmt: skip
        names = ", ".join(process.name for process in PROCESSES)
        self._say("set-up", f"starting {names}")
        for process in PROCESSES:
            self._start_process(process)
        self._wait_ready()
        self._write_state(ready=True)

    def tend(self) -> None:
        """Restart what died."""
        revived = self._servers.restart_dead()
        revived += [name for name, child in self._children.items() if child.tend()]
        for name in revived:
            self._say(name, "restarted")
        if revived:
            self._write_state(ready=True)

    def stop(self) -> None:
        """Stop all we started, doors and workers first, and nothing else."""
        (self._data_dir / FILE_NAME).unlink(missing_ok=True)
        for child in self._children.values():
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_WITHIN_S
        for child in self._children.values():
            child.wait_stopped(deadline)
        self._servers.stop()
        (self._data_dir / FILE_NAME).unlink(missing_ok=True)

    def _env(self, name: str) -> dict[str, str]:
        return environment(
            name, addresses=self.addresses, data_dir=self._data_dir, secrets=self._secrets
        )

    def _start_sandbox(self) -> None:
        if os.environ.get("SANDBOX_URL"):
            return
        folder = self._data_dir / "sandbox"
        folder.mkdir(exist_ok=True)
        command = ["python", "-m", "sandbox", "--port", str(self._ports.sandbox)]
        command += ["--data", str(folder)]
        command += ["--way-seconds", str(way_seconds())]
        # The stand-ins are another company's program: nothing of ours is in their environment.
        env = {key: value for key, value in os.environ.items() if not key.endswith("_URL")}
        env["PYTHONUNBUFFERED"] = "1"
        self._start_child(Child("sandbox", command, env=env, cwd=ROOT, say=self._say))

    def _start_process(self, process: Process) -> None:
        port = self._ports.admin if process.name == "admin" else self._ports.web
        command = process.words(bind=f"{LOOPBACK}:{port}", data=str(self._data_dir))
        self._start_child(
            Child(
                process.name, command, env=self._env(process.name), cwd=ROOT, say=self._say,
                ready_words="" if process.is_web else " ready.",
            )
        )  # fmt: skip

    def _start_child(self, child: Child) -> None:
        self._children[child.name] = child
        child.start()

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        doors = {"web": self._ports.web, "admin": self._ports.admin}
        if "sandbox" in self._children:
            doors["sandbox"] = self._ports.sandbox
        waiting = set(self._children) - {"scheduler"}
        say_at = time.monotonic() + SAY_EVERY_S
        while waiting:
            for name in sorted(waiting):
                child = self._children[name]
                if answers(doors[name]) if name in doors else child.ready.is_set():
                    waiting.discard(name)
                elif child.process is None or child.process.poll() is not None:
                    raise NotReady(f"{name} ended while starting; its last lines are above.")
            if waiting and time.monotonic() > say_at:
                self._say("set-up", f"waiting for {', '.join(sorted(waiting))}")
                say_at += SAY_EVERY_S
            if time.monotonic() > deadline:
                raise NotReady(f"No answer from {', '.join(sorted(waiting))}.")
            time.sleep(0.05)

    def _write_state(self, *, ready: bool) -> None:
        pids = {name: child.pid for name, child in self._children.items()}
        pids |= {name: process.pid for name, process in self._servers.processes.items()}
        ports = {"web": self._ports.web, "admin": self._ports.admin, "sandbox": self._ports.sandbox}
        addresses = self.addresses
        write_state(
            self._data_dir,
            State(os.getpid(), ready, addresses.databases, addresses.redis, ports, pids),
        )


def answers(port: int) -> bool:
    """Tell whether something on loopback `port` answers HTTP, whatever it says."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(f"http://{LOOPBACK}:{port}/", timeout=5).close()
    except urllib.error.HTTPError as answer:
        answer.close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def stopping_on_signals() -> Iterator[None]:
    """Turn the first SIGINT, SIGTERM or SIGHUP into `Stopped`; later ones wait for the stop."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, stop)
    yield


def run(*, data_dir: Path, port: int) -> int:
    """Run until told to stop; return the exit status."""
    began = time.monotonic()
    console = Console()
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        lock = take_lock(data_dir)
    except AlreadyRunning as error:
        print(error, file=sys.stderr)
        return 1
    with lock, stopping_on_signals():
        supervisor = Supervisor(
            data_dir=data_dir,
            ports=Ports.beside(port) if port else Ports.any_free(),
            console=console,
        )
        try:
            supervisor.start()
            announce(supervisor, time.monotonic() - began)
            while True:
                supervisor.tend()
                time.sleep(0.2)
        except Stopped:
            console.say("set-up", "stopping")
        except (*KNOWN_FAILURES, NotReady) as error:
            print(error, file=sys.stderr, flush=True)
            return 1
        finally:
            supervisor.stop()
    return 0


def announce(supervisor: Supervisor, seconds: float) -> None:
    """Print where the four doors are, who may come in, and how long it took."""
    where = supervisor.addresses
    print(
        f"""
  Merchants   {where.public_url}/
  Staff       {where.admin_url}/
  API         {where.public_url}/api/v1/
  Buyers      {where.public_url}/t/…   (each parcel's own link, on its shipment page)
  Stand-ins   {where.sandbox_url}/

{supervisor.logins.rstrip()}

  ready in {seconds:.1f} s   (Ctrl-C stops everything)
""",
        flush=True,
    )


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="config.embedded.supervisor", description=__doc__)
    parser.add_argument("action", choices=["run"])
    parser.add_argument("--data-dir", type=Path, default=os.environ.get("DATA_DIR", ROOT / "var"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    options = parser.parse_args()
    return run(data_dir=Path(options.data_dir).resolve(), port=options.port)


if __name__ == "__main__":
    sys.exit(main())
