"""The Postgres and Redis of one test run: made for it, on sockets only, gone after it.

Nothing is started until a test asks for the database; several runs at once never meet.
`TEST_DATABASE_URL` (an owner) and `TEST_REDIS_URL` name servers of yours instead.
"""

from __future__ import annotations

import atexit
import os
import shutil
from pathlib import Path

from config.embedded.postgres import EmbeddedPostgres
from config.embedded.redis_server import EmbeddedRedis
from config.embedded.roles import (
    DATABASE,
    OWNER,
    Passwords,
    provision_embedded,
    provision_external,
)
from config.embedded.unprivileged import private_folder, server_account


class Services:
    """Addresses are known at once; `start` starts what is not named from outside."""

    def __init__(self) -> None:
        self.folder: Path = private_folder(server_account())
        self._owner_pid = os.getpid()
        self._started = False
        self.postgres = EmbeddedPostgres(
            self.folder / "postgres", throwaway=True, socket_dir=self.folder
        )
        self.redis = EmbeddedRedis(self.folder / "redis", socket_dir=self.folder)
        self.external_database = os.environ.get("TEST_DATABASE_URL", "")
        self.external_redis = os.environ.get("TEST_REDIS_URL", "")
        atexit.register(self.stop)

    @property
    def database_url(self) -> str:
        """The owner's address; tests take on the other roles with SET ROLE."""
        return self.external_database or self.postgres.url(OWNER, DATABASE)

    @property
    def redis_url(self) -> str:
        """Address of Redis."""
        return self.external_redis or self.redis.url

    def start(self) -> None:
        """Start both servers, once."""
        if self._started:
            return
        self._started = True
        if self.external_database:
            provision_external(self.external_database, Passwords())
        else:
            self.postgres.start()
            provision_embedded(self.postgres.superuser_url, Passwords())
        if not self.external_redis:
            self.redis.start()

    def stop(self) -> None:
        """Stop what this process started; a forked child does nothing."""
        if os.getpid() != self._owner_pid:
            return
        self.postgres.stop()
        self.redis.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
