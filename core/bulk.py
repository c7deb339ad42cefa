"""Many new rows of one tenant table, written in one short statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection

from core.tenancy import active_scope
from core.tenant_models import TenantModel, own

M = TypeVar("M", bound=TenantModel)


def insert_rows(rows: Sequence[M]) -> list[M]:
    """Insert new rows of one model, give them their keys and return them.

    As `bulk_create` without its options. There each value of each row is a parameter that the ORM
    prepares and the database parses by itself, which cost more than all checks of an order; here
    the rows are one parameter that Postgres takes apart into the types of the table's columns.
    """
    made = list(rows)
    if not made:
        return made
    merchant_id = active_scope().merchant_id
    for row in made:
        own(row, merchant_id)
    names, statement = _statement(type(made[0]))
    told = [{name: getattr(row, name) for name in names} for row in made]
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(told, ensure_ascii=False, default=_told)])
        keys = sorted(key for (key,) in cursor.fetchall())
    for row, key in zip(made, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias
    return made


@lru_cache(maxsize=100)
def _statement(model: type[TenantModel]) -> tuple[tuple[str, ...], str]:
    """The fields of a row and the statement that writes rows in the order they are told in.

    That order is said, so that keys rise with it: the lowest key is the first row's.
    """
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    quoted = connection.ops.quote_name
    table = quoted(model._meta.db_table)
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    return tuple(field.attname for field in fields), (
        f"INSERT INTO {table} ({columns})"  # noqa: S608 - names of our own tables
        f" SELECT {columns} FROM ROWS FROM (json_populate_recordset(NULL::{table}, %s::json))"
        f" WITH ORDINALITY ORDER BY ordinality RETURNING id"
    )


def _told(value: Any) -> str:
    """What JSON has no word for, as Postgres reads it; what is not known here is an error."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"A {type(value).__name__} in a row: say how Postgres reads it.")
