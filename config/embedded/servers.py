"""The database and Redis of one installation: our own, or the ones named in the environment."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from config.embedded.environment import as_role
from config.embedded.postgres import EmbeddedPostgres
from config.embedded.redis_server import EmbeddedRedis
from config.embedded.roles import (
    APP,
    DATABASE,
    OPERATOR,
    OWNER,
    Passwords,
    provision_embedded,
    provision_external,
)


class Servers:
    """Postgres and Redis, started unless DATABASE_URL or REDIS_URL name one."""

    def __init__(self, data_dir: Path, secrets: Mapping[str, str]) -> None:
        self._passwords = Passwords(
            owner=secrets["POSTGRES_OWNER_PASSWORD"],
            app=secrets["POSTGRES_APP_PASSWORD"],
            operator=secrets["POSTGRES_OPERATOR_PASSWORD"],
        )
        self._owner_url = os.environ.get("DATABASE_URL", "")
        self._redis_url = os.environ.get("REDIS_URL", "")
        self.postgres = (
            None
            if self._owner_url
            else EmbeddedPostgres(data_dir / "postgres", password=secrets["POSTGRES_ROOT_PASSWORD"])
        )
        self.redis = None if self._redis_url else EmbeddedRedis(data_dir / "redis")

    def start(self) -> None:
        """Start what is ours and make the three roles."""
        if self.redis is not None:
            self.redis.start()
        if self.postgres is None:
            provision_external(self._owner_url, self._passwords)
            return
        self.postgres.start()
        provision_embedded(self.postgres.superuser_url, self._passwords)

    def stop(self) -> None:
        """Stop what is ours."""
        for server in (self.redis, self.postgres):
            if server is not None:
                server.stop()

    @property
    def is_external(self) -> bool:
        """Tell whether the database is yours."""
        return self.postgres is None

    @property
    def databases(self) -> dict[str, str]:
        """Database addresses by role."""
        if self.postgres is None:
            return {
                "owner": self._owner_url,
                "app": as_role(self._owner_url, APP, self._passwords.app),
                "operator": as_role(self._owner_url, OPERATOR, self._passwords.operator),
            }
        return {
            "owner": self.postgres.url(OWNER, DATABASE, self._passwords.owner),
            "app": self.postgres.url(APP, DATABASE, self._passwords.app),
            "operator": self.postgres.url(OPERATOR, DATABASE, self._passwords.operator),
        }

    @property
    def redis_url(self) -> str:
        """Address of Redis."""
        return self._redis_url if self.redis is None else self.redis.url

    @property
    def processes(self) -> dict[str, subprocess.Popen[bytes]]:
        """Our running servers by name."""
        return {
            name: server.process
            for name, server in (("postgres", self.postgres), ("redis", self.redis))
            if server is not None and server.process is not None
        }

    def restart_dead(self) -> list[str]:
        """Start again what is ours and died; return the names."""
        revived = []
        for name, server in (("postgres", self.postgres), ("redis", self.redis)):
            if server is not None and server.process and server.process.poll() is not None:
                server.start()
                revived.append(name)
        return revived
