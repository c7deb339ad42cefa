"""`DATABASE_URL` and `REDIS_URL` of one's own: the same three roles, made by the named owner."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from config.embedded.environment import as_role
from config.embedded.postgres import EmbeddedPostgres
from config.embedded.roles import (
    APP,
    OPERATOR,
    Passwords,
    RolesMissing,
    RolesTooStrong,
    provision_external,
)
from config.embedded.unprivileged import private_folder, server_account
from tests.services import Services
from tests.stack import ephemeral_stack

PASSWORDS = Passwords(app="app-secret", operator="operator-secret")


def run(url: str, *statements: str) -> None:
    """Run statements one by one, each its own transaction."""
    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        for statement in statements:
            connection.cursor().execute(statement)


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    """Somebody else's Postgres, where passwords are asked for."""
    folder: Path = private_folder(server_account())
    postgres = EmbeddedPostgres(
        folder / "pg", password="root-secret", throwaway=True, socket_dir=folder
    )
    postgres.start()
    run(
        postgres.superuser_url,
        "CREATE ROLE boss LOGIN CREATEDB CREATEROLE BYPASSRLS PASSWORD 'boss-secret'",
        "CREATE DATABASE shop OWNER boss",
    )
    yield postgres
    postgres.stop()


def test_the_named_owner_makes_the_two_roles_and_again_changes_nothing(
    server: EmbeddedPostgres,
) -> None:
    owner_url = server.url("boss", "shop", "boss-secret")
    provision_external(owner_url, PASSWORDS)
    provision_external(owner_url, PASSWORDS)
    for role, password in ((APP, PASSWORDS.app), (OPERATOR, PASSWORDS.operator)):
        with contextlib.closing(psycopg2.connect(as_role(owner_url, role, password))) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT rolbypassrls FROM pg_roles WHERE rolname = current_user")
            assert cursor.fetchone() == (False,)
    run(owner_url, f"SET ROLE {APP}")


def test_an_owner_who_may_not_make_roles_learns_what_to_run(server: EmbeddedPostgres) -> None:
    run(server.superuser_url, "ALTER ROLE boss NOCREATEROLE")
    with pytest.raises(RolesMissing, match="ALTER ROLE boss CREATEROLE"):
        provision_external(server.url("boss", "shop", "boss-secret"), PASSWORDS)


def test_a_role_that_could_pass_the_wall_is_refused(server: EmbeddedPostgres) -> None:
    owner_url = server.url("boss", "shop", "boss-secret")
    provision_external(owner_url, PASSWORDS)
    run(server.superuser_url, f"ALTER ROLE {APP} BYPASSRLS")
    with pytest.raises(RolesTooStrong, match=f"{APP} may pass row-level security"):
        provision_external(owner_url, PASSWORDS)


@pytest.mark.stack
def test_the_product_runs_on_named_servers_and_starts_none_of_its_own(
    server: EmbeddedPostgres, services: Services
) -> None:
    owner_url = server.url("boss", "shop", "boss-secret")
    with ephemeral_stack(DATABASE_URL=owner_url, REDIS_URL=services.redis_url, DEMO="0") as running:
        assert not {"postgres", "redis"} & set(running.pids)
        assert running.env_for("web")["DATABASE_URL"].startswith(f"postgresql://{APP}:")
    run(owner_url, "SELECT 1 FROM django_migrations LIMIT 1")
