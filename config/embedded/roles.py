"""The three database roles (design: two walls between tenants).

Owner: migrations and test databases, may pass row-level security. App and operator: own nothing,
cannot pass it. The owner may take on the other two (`SET ROLE`) but inherits nothing from them.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class under a lower-case name

OWNER, APP, OPERATOR = "waybridge_owner", "waybridge_app", "waybridge_operator"
DATABASE = "waybridge"


class RolesMissing(RuntimeError):
    """The named owner may not make roles; the message lists what an administrator must run."""


class RolesTooStrong(RuntimeError):
    """The app or operator role may pass row-level security: the wall would not hold."""


@dataclass(frozen=True, slots=True)
class Passwords:
    """Passwords of the three roles; empty where the server asks for none."""

    owner: str = ""
    app: str = ""
    operator: str = ""


def provision_embedded(superuser_url: str, passwords: Passwords) -> None:
    """Make the three roles and the database in a cluster of our own; safe to repeat."""
    with contextlib.closing(psycopg2.connect(superuser_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            _role(cursor, OWNER, "LOGIN CREATEDB NOSUPERUSER BYPASSRLS", passwords.owner)
            _role(cursor, APP, "LOGIN NOSUPERUSER NOBYPASSRLS", passwords.app)
            _role(cursor, OPERATOR, "LOGIN NOSUPERUSER NOBYPASSRLS", passwords.operator)
            _let_owner_take_on(cursor, OWNER)
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(OWNER)
                    )
                )


def provision_external(owner_url: str, passwords: Passwords) -> None:
    """Make the app and operator roles in a server of yours, as the owner you named.

    Raises `RolesMissing` when that owner may not make or change them, and `RolesTooStrong` when
    they were there with rights that would open the wall.
    """
    with contextlib.closing(psycopg2.connect(owner_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            (owner,) = cursor.fetchone() or ("",)
            try:
                _role(cursor, APP, "LOGIN NOBYPASSRLS", passwords.app)
                _role(cursor, OPERATOR, "LOGIN NOBYPASSRLS", passwords.operator)
                _let_owner_take_on(cursor, owner)
            except psycopg2.errors.InsufficientPrivilege as error:
                raise RolesMissing(
                    f"The role {owner!r} of DATABASE_URL may not make roles ({error}). Let an "
                    f"administrator run: ALTER ROLE {owner} CREATEROLE BYPASSRLS; and, where the "
                    f"roles exist: GRANT {APP}, {OPERATOR} TO {owner} WITH ADMIN OPTION;"
                ) from error
            _refuse_strong(cursor)


def _role(cursor: Cursor, name: str, attributes: str, password: str) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
    if cursor.fetchone() is None:
        statement = sql.SQL(f"CREATE ROLE {{}} {attributes}").format(sql.Identifier(name))
    else:
        # Only what a role with CREATEROLE may change; rights are checked, never taken away.
        statement = sql.SQL("ALTER ROLE {} LOGIN").format(sql.Identifier(name))
    if password:
        statement += sql.SQL(" PASSWORD {}").format(sql.Literal(password))
    cursor.execute(statement)


def _let_owner_take_on(cursor: Cursor, owner: str) -> None:
    cursor.execute(
        sql.SQL("GRANT {}, {} TO {} WITH INHERIT FALSE, SET TRUE").format(
            sql.Identifier(APP), sql.Identifier(OPERATOR), sql.Identifier(owner)
        )
    )


def _refuse_strong(cursor: Cursor) -> None:
    cursor.execute(
        "SELECT rolname FROM pg_roles WHERE rolname IN (%s, %s) AND (rolsuper OR rolbypassrls)",
        [APP, OPERATOR],
    )
    strong = [name for (name,) in cursor.fetchall()]
    if strong:
        raise RolesTooStrong(
            f"{' and '.join(strong)} may pass row-level security, so one merchant could see "
            f"another's rows. Run: ALTER ROLE {strong[0]} NOSUPERUSER NOBYPASSRLS;"
        )
