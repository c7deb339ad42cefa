"""Gapless-enough numbers per merchant: `INV-000123`."""

from __future__ import annotations

from django.db import connection

from core.tenancy import active_merchant_id


def next_numbers(*, kind: str, count: int = 1) -> range:
    """Reserve `count` consecutive numbers of `kind` for the active merchant, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_numberseries AS s (merchant_id, kind, next_number)"
            " VALUES (%s, %s, 1 + %s) ON CONFLICT (merchant_id, kind)"
            " DO UPDATE SET next_number = s.next_number + %s RETURNING next_number",
            [active_merchant_id(), kind, count, count],
        )
        after: int = cursor.fetchone()[0]
    return range(after - count, after)
