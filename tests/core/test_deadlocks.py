"""Who loses a deadlock does it again, a few times; any other error is told at once."""

from __future__ import annotations

import psycopg2
import pytest
from django.db import DataError, OperationalError, connection, transaction

from core.deadlocks import TRIES, again_after_deadlock, is_deadlock


def lost(code: str) -> OperationalError:
    """What Django raises when the server answers with that code."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '" + code + "'; END $$")
    except OperationalError as error:
        return error
    raise AssertionError("The server raised nothing.")


@pytest.mark.django_db
@pytest.mark.parametrize(("losses", "calls"), [(0, 1), (1, 2), (TRIES - 1, TRIES)])
def test_a_call_that_loses_is_made_again(losses: int, calls: int) -> None:
    error, made = lost("40P01"), 0

    @again_after_deadlock
    def call(word: str) -> str:
        nonlocal made
        made += 1
        if made <= losses:
            raise error
        return word

    assert call("done") == "done"
    assert made == calls


@pytest.mark.django_db
def test_who_always_loses_and_what_is_no_deadlock_are_told() -> None:
    for error, expected in ((lost("40P01"), TRIES), (lost("57014"), 1)):
        made = 0

        @again_after_deadlock
        def call(error: OperationalError = error) -> None:
            nonlocal made
            made += 1
            raise error

        with pytest.raises(OperationalError):
            call()
        assert made == expected
    assert not is_deadlock(DataError())
    assert psycopg2.errors.lookup("40P01") is psycopg2.errors.DeadlockDetected
