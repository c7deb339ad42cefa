"""The test run's own servers: real, private, and with the three roles as the walls need them."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import psycopg2
import pytest
import redis
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class, lower-case name

from config.embedded.roles import APP, OPERATOR, OWNER
from tests.services import Services


@pytest.fixture
def owner(services: Services) -> Iterator[Connection]:
    connection = psycopg2.connect(services.database_url)
    yield connection
    connection.close()


def test_postgres_is_version_18_and_has_no_network_address(owner: Connection) -> None:
    cursor = owner.cursor()
    cursor.execute("SHOW server_version_num")
    assert str(cursor.fetchone()).startswith("('18")
    cursor.execute("SHOW listen_addresses")
    assert cursor.fetchone() == ("",)


def test_app_and_operator_cannot_pass_row_level_security_nor_own_anything(
    owner: Connection,
) -> None:
    cursor = owner.cursor()
    cursor.execute(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin"
        " FROM pg_roles WHERE rolname IN (%s, %s) ORDER BY rolname",
        [APP, OPERATOR],
    )
    assert cursor.fetchall() == [
        (APP, False, False, False, False, True),
        (OPERATOR, False, False, False, False, True),
    ]
    cursor.execute(
        "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner"
        " WHERE r.rolname IN (%s, %s)",
        [APP, OPERATOR],
    )
    assert cursor.fetchone() == (0,)


def test_owner_is_no_superuser_and_may_take_on_a_role_but_inherits_nothing(
    owner: Connection,
) -> None:
    cursor = owner.cursor()
    cursor.execute("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = %s", [OWNER])
    assert cursor.fetchone() == (False, True)
    cursor.execute(
        "SELECT inherit_option, set_option FROM pg_auth_members m"
        " JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = %s",
        [OWNER],
    )
    assert cursor.fetchall() == [(False, True), (False, True)]


def test_servers_never_run_as_root(services: Services) -> None:
    for server in (services.postgres, services.redis):
        assert server.process is not None
        status = os.stat(f"/proc/{server.process.pid}")  # noqa: PTH116 - a process, not a file
        assert status.st_uid != 0


def test_socket_folder_is_closed_to_others_and_tmp_keeps_its_mode(services: Services) -> None:
    assert services.folder.stat().st_mode & 0o777 == 0o700
    assert services.folder.parent.stat().st_mode & 0o7777 == 0o1777


def test_redis_answers_on_its_socket_and_on_no_port(services: Services) -> None:
    client = redis.Redis.from_url(services.redis_url)
    assert client.ping()
    assert client.config_get("port") == {"port": "0"}


def test_a_test_cannot_leave_the_machine() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock,
        pytest.raises(RuntimeError, match="stand-in"),
    ):
        sock.connect(("192.0.2.1", 80))
