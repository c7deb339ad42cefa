"""Two merchants with rows of their own, and a login that really is the app role.

The rest of the suite takes on the roles with SET ROLE; an attacker would not be so kind, so the
attacks connect as `waybridge_app` itself, with no way back to the owner.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg2
import pytest
from django.db import connection
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class in lower case

from config.embedded.roles import APP
from core.models import Document, Event, Merchant, NumberSeries
from core.tenancy import merchant
from tests.services import Services

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TABLES = ("core_event", "core_numberseries", "core_document")


@dataclass(frozen=True, slots=True)
class Rows:
    """The ids of one merchant's rows."""

    merchant: int
    event: int
    series: int
    document: int


@dataclass(frozen=True, slots=True)
class Field:
    """Where the attacks happen: whom we speak for, whom we are after, and how to connect."""

    mine: Rows
    theirs: Rows
    app_url: str
    owner_url: str


@pytest.fixture(scope="module")
def field(services: Services, django_db_setup: None, django_db_blocker: Any) -> Iterator[Field]:
    """Committed rows of two merchants; gone afterwards."""
    if services.external_database:
        pytest.skip("The app role of an external server has a password of its own.")
    name = str(connection.settings_dict["NAME"])
    with django_db_blocker.unblock():
        mine, theirs = _rows("attacker"), _rows("victim")
        owner_url = services.postgres.url("waybridge_owner", name)
        yield Field(mine, theirs, services.postgres.url(APP, name), owner_url)
        with connection.cursor() as cursor:
            both = [mine.merchant, theirs.merchant]
            for table in TABLES:
                wipe = sql.SQL("DELETE FROM {} WHERE merchant_id = ANY(%s)")
                cursor.execute(wipe.format(sql.Identifier(table)), [both])
            cursor.execute("DELETE FROM core_merchant WHERE id = ANY(%s)", [both])


def _rows(code: str) -> Rows:
    owner = Merchant.objects.create(code=code, name=code, created_at=NOW)
    with merchant(owner):
        event = Event.objects.create(
            kind=f"{code}.secret", subject_kind="test", subject_id=1, actor=code, at=NOW
        )
        series = NumberSeries.objects.create(kind="invoice")
        document = Document.objects.create(
            kind="label", number=code, subject_kind="order", subject_id=1, content_type="x/y",
            size_bytes=1, sha256="0", storage_name=code, made_by_pid=1, created_at=NOW,
        )  # fmt: skip
    return Rows(owner.pk, event.pk, series.pk, document.pk)


@pytest.fixture
def attacker(field: Field) -> Iterator[Connection]:
    """A connection of the app role inside one transaction that speaks for `field.mine`."""
    with contextlib.closing(psycopg2.connect(field.app_url)) as session:
        with session.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('waybridge.merchant_id', %s, true)", [str(field.mine.merchant)]
            )
        yield session
        session.rollback()


@pytest.fixture
def owner(field: Field) -> Iterator[Connection]:
    """A connection of the owner, for setting traps; what it does is rolled back."""
    with contextlib.closing(psycopg2.connect(field.owner_url)) as session:
        yield session
        session.rollback()


def ask(session: Connection, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows, none when it gives none."""
    with session.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []
