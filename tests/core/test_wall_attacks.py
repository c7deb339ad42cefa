"""Attacks on the database wall with the app role's own login. docs/security.md promises these.

`MINE` and `THEIRS` in a statement stand for the ids of the attacker's and the victim's rows.
"""

from __future__ import annotations

import contextlib
import io
from dataclasses import asdict

import psycopg2
import pytest
from psycopg2 import errors
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class in lower case

from tests.core.conftest import Field, ask

VICTIM = "victim.secret"
pytestmark = pytest.mark.django_db
ACROSS = "SELECT set_config('waybridge.across', 'on', true)"


def aimed(statement: str, field: Field) -> str:
    """Put the two merchants' ids where the statement names them."""
    for side, rows in (("MINE", field.mine), ("THEIRS", field.theirs)):
        for name, number in asdict(rows).items():
            statement = statement.replace(f"{side}.{name}", str(number))
    return statement


READINGS = {
    "everything": "SELECT kind FROM core_event",
    "by id": "SELECT kind FROM core_event WHERE id = THEIRS.event",
    "by merchant": "SELECT kind FROM core_event WHERE merchant_id = THEIRS.merchant",
    "or true": "SELECT kind FROM core_event WHERE merchant_id = MINE.merchant OR true",
    "subselect": "SELECT (SELECT kind FROM core_event WHERE id = THEIRS.event)",
    "lateral": (
        "SELECT e.kind FROM core_merchant m, LATERAL"
        " (SELECT kind FROM core_event WHERE id = THEIRS.event) e"
    ),
    "union": "SELECT '' UNION ALL SELECT kind FROM core_event",
    "common table": "WITH e AS MATERIALIZED (SELECT * FROM core_event) SELECT kind FROM e",
    "join": (
        "SELECT e.kind FROM core_merchant m FULL JOIN core_event e ON true"
        " WHERE e.id = THEIRS.event"
    ),
    "aggregate": "SELECT string_agg(kind, ' ') FROM core_event",
    "sample": "SELECT kind FROM core_event TABLESAMPLE BERNOULLI (100)",
    "row lock": "SELECT kind FROM core_numberseries WHERE id = THEIRS.series FOR UPDATE",
    "whole rows": "SELECT to_jsonb(e)::text FROM core_event e",
    "the operator's setting": "SELECT kind FROM core_event",
    "update returning": (
        "UPDATE core_numberseries SET next_number = 9 WHERE id = THEIRS.series RETURNING kind"
    ),
    "delete returning": "DELETE FROM core_numberseries WHERE id = THEIRS.series RETURNING kind",
    "statistics": "SELECT most_common_vals::text FROM pg_stats WHERE tablename = 'core_event'",
}


@pytest.mark.parametrize("statement", READINGS.values(), ids=READINGS.keys())
def test_no_query_reads_another_merchants_rows(
    attacker: Connection,
    owner: Connection,
    field: Field,
    statement: str,
) -> None:
    ask(owner, "ANALYZE core_event")
    owner.commit()
    ask(attacker, ACROSS)
    assert VICTIM not in str(ask(attacker, aimed(statement, field)))


def test_the_same_readings_do_find_the_attackers_own_row(attacker: Connection) -> None:
    assert ask(attacker, "SELECT kind FROM core_event") == [("attacker.secret",)]


def test_writes_to_another_merchants_rows_touch_nothing(
    attacker: Connection,
    owner: Connection,
    field: Field,
) -> None:
    before = ask(owner, "SELECT next_number FROM core_numberseries WHERE id = %s",
                 field.theirs.series)  # fmt: skip
    ask(attacker, "UPDATE core_numberseries SET next_number = 666")
    ask(attacker, aimed("DELETE FROM core_numberseries WHERE id = THEIRS.series", field))
    ask(attacker, aimed("UPDATE core_merchant SET name = 'stolen' WHERE id = THEIRS.merchant",
                        field))  # fmt: skip
    attacker.commit()
    after = ask(owner, "SELECT s.next_number, m.name FROM core_numberseries s"
                " JOIN core_merchant m ON m.id = s.merchant_id WHERE s.id = %s",
                field.theirs.series)  # fmt: skip
    assert after == [(*before[0], "victim")]


REFUSED_WRITES = {
    "insert for them": (
        (
            "INSERT INTO core_numberseries (merchant_id, kind, next_number)"
            " VALUES (THEIRS.merchant, 'x', 1)"
        ),
        "row-level security",
    ),
    "give a row away": (
        "UPDATE core_numberseries SET merchant_id = THEIRS.merchant WHERE id = MINE.series",
        "row-level security",
    ),
    "upsert over their row": (
        (
            "INSERT INTO core_numberseries (id, merchant_id, kind, next_number)"
            " VALUES (THEIRS.series, MINE.merchant, 'x', 1)"
            " ON CONFLICT (id) DO UPDATE SET next_number = 666"
        ),
        "row-level security",
    ),
    "merge over their row": (
        (
            "MERGE INTO core_numberseries t USING (SELECT 1) s ON t.id = THEIRS.series"
            " WHEN NOT MATCHED THEN INSERT (merchant_id, kind, next_number)"
            " VALUES (THEIRS.merchant, 'y', 1)"
        ),
        "row-level security",
    ),
    "point at their row": (
        (
            "INSERT INTO core_document (merchant_id, kind, number, subject_kind, subject_id,"
            " content_type, size_bytes, sha256, storage_name, made_by_pid, created_at, replaces_id)"
            " VALUES (MINE.merchant, 'k', 'n', 's', 1, 'x/y', 1, '', '', 1, now(), THEIRS.document)"
        ),
        "foreign key",
    ),
    "rewrite history": ("UPDATE core_event SET actor = 'nobody'", "permission denied"),
    "delete history": ("DELETE FROM core_event", "permission denied"),
    "edit the ledger": ("UPDATE billing_ledgerentry SET amount = 1", "permission denied"),
    "edit stock moves": ("DELETE FROM warehouse_stockmove", "permission denied"),
    "truncate": ("TRUNCATE core_event", "permission denied"),
    "make a merchant": ("INSERT INTO core_merchant (code) VALUES ('x')", "permission denied"),
    "become staff": (
        "INSERT INTO accounts_staff (user_id, role, is_active) VALUES (1, 'admin', true)",
        "permission denied",
    ),
    "promote staff": ("UPDATE accounts_staff SET role = 'admin'", "permission denied"),
    "change prices": ("DELETE FROM shipping_rateline", "permission denied"),
    "move a bin": ("UPDATE warehouse_location SET code = 'x'", "permission denied"),
    "read assignments": ("SELECT * FROM warehouse_staffassignment", "permission denied"),
    "copy in": ("COPY core_event FROM PROGRAM 'id'", "permission denied"),
}
REFUSED_RIGHTS = {
    "become the owner": ("SET ROLE waybridge_owner", "permission denied"),
    "become the operator": ("SET ROLE waybridge_operator", "permission denied"),
    "become the superuser": ("SET SESSION AUTHORIZATION waybridge_root", "permission denied"),
    "grant oneself the operator": (
        "GRANT waybridge_operator TO waybridge_app", "permission denied",
    ),
    "pass by attribute": ("ALTER ROLE waybridge_app BYPASSRLS", "permission denied"),
    "make a role": ("CREATE ROLE intruder LOGIN BYPASSRLS", "permission denied"),
    "disable": ("ALTER TABLE core_event DISABLE ROW LEVEL SECURITY", "must be owner"),
    "unforce": ("ALTER TABLE core_event NO FORCE ROW LEVEL SECURITY", "must be owner"),
    "drop a policy": ("DROP POLICY app_own ON core_event", "must be owner"),
    "add a policy": ("CREATE POLICY all_mine ON core_event USING (true)", "must be owner"),
    "own the table": ("ALTER TABLE core_event OWNER TO waybridge_app", "must be owner"),
    "drop the table": ("DROP TABLE core_event CASCADE", "must be owner"),
    "add a trigger": (
        ("CREATE TRIGGER spy AFTER INSERT ON core_event EXECUTE FUNCTION suppress_redundant"
        "_updates_trigger()"),
        "permission denied",
    ),
    "ask past the policies": ("SET row_security = off; SELECT * FROM core_event",
                              "would be affected by row-level security"),
    "disable triggers": ("SET session_replication_role = replica", "permission denied"),
    "make a function": (
        "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        "permission denied",
    ),
    "make a table": ("CREATE TABLE public.t (a int)", "permission denied"),
    "make a view": ("CREATE VIEW public.v AS SELECT * FROM core_event", "permission denied"),
    "make a schema": ("CREATE SCHEMA mine", "permission denied"),
    "add an extension": ("CREATE EXTENSION dblink", "not available|permission denied"),
    "read a file": ("SELECT pg_read_file('/etc/passwd')", "permission denied"),
    "list a folder": ("SELECT pg_ls_dir('/')", "permission denied"),
    "import a file": ("SELECT lo_import('/etc/passwd')", "permission denied"),
    "run a program": ("COPY (SELECT 1) TO PROGRAM 'id'", "permission denied"),
    "read password hashes": ("SELECT * FROM pg_authid", "permission denied"),
    "read raw statistics": ("SELECT * FROM pg_statistic", "permission denied"),
    "hide from the log": ("SET log_statement = 'none'", "permission denied"),
    "end other sessions": (
        ("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE usename = 'waybridge_owner' LIMIT 1"),
        "permission denied",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "why"),
    [*REFUSED_WRITES.values(), *REFUSED_RIGHTS.values()],
    ids=[*REFUSED_WRITES.keys(), *REFUSED_RIGHTS.keys()],
)
def test_postgres_refuses(
    attacker: Connection,
    owner: Connection,
    field: Field,
    statement: str,
    why: str,
) -> None:
    with pytest.raises(psycopg2.Error, match=why):
        ask(attacker, aimed(statement, field))


def test_copy_out_holds_own_rows_only_and_copy_in_is_refused(attacker: Connection) -> None:
    taken = io.StringIO()
    with attacker.cursor() as cursor:
        cursor.copy_expert("COPY core_event (kind) TO STDOUT", taken)
        assert taken.getvalue() == "attacker.secret\n"
        with pytest.raises(errors.FeatureNotSupported, match="row-level security"):
            cursor.copy_expert("COPY core_event (kind) FROM STDIN", io.StringIO("x\n"))


def test_a_prepared_statement_obeys_the_merchant_of_the_moment_it_runs(
    attacker: Connection,
    field: Field,
) -> None:
    ask(attacker, "PREPARE everything AS SELECT kind FROM core_event")
    for _ in range(8):  # Postgres turns to a generic plan after five runs.
        assert ask(attacker, "EXECUTE everything") == [("attacker.secret",)]
    attacker.commit()
    assert ask(attacker, "EXECUTE everything") == []


def test_a_condition_of_ones_own_never_sees_a_row_before_the_policy_does(
    attacker: Connection,
    field: Field,
) -> None:
    """A cheap function, or an error that only a foreign row would raise, could tell of it."""
    ask(attacker, "CREATE TEMP TABLE seen (kind text)")
    ask(
        attacker,
        "CREATE FUNCTION pg_temp.spy(kind text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS"
        " $$ BEGIN INSERT INTO seen VALUES (kind); RETURN true; END $$",
    )
    ask(attacker, "SELECT 1 FROM core_event WHERE pg_temp.spy(kind)")
    assert ask(attacker, "SELECT * FROM seen") == [("attacker.secret",)]
    ask(attacker, aimed("SELECT 1 FROM core_event WHERE 1 / (id - THEIRS.event) > -9", field))


def test_without_a_merchant_the_app_role_sees_nothing(field: Field) -> None:
    with contextlib.closing(psycopg2.connect(field.app_url)) as session:
        assert ask(session, "SELECT id FROM core_event UNION SELECT id FROM core_merchant") == []
        assert ask(session, "SELECT id FROM core_document UNION SELECT id FROM orders_order") == []


def test_after_the_transaction_the_setting_is_empty_and_opens_nothing(
    attacker: Connection,
) -> None:
    """It reads '' then, not null, which a policy without NULLIF would fail on."""
    attacker.commit()
    assert ask(attacker, "SELECT current_setting('waybridge.merchant_id', true)") == [("",)]
    assert ask(attacker, "SELECT count(*) FROM core_event") == [(0,)]


@pytest.mark.parametrize("value", ["0", "-1", "9223372036854775807"])
def test_a_merchant_that_is_not_there_sees_nothing(attacker: Connection, value: str) -> None:
    ask(attacker, "SELECT set_config('waybridge.merchant_id', %s, true)", value)
    assert ask(attacker, "SELECT count(*) FROM core_event") == [(0,)]


@pytest.mark.parametrize("value", ["1 OR 1=1", "x", "1,2", "9223372036854775808"])
def test_a_merchant_that_is_no_number_is_an_error(attacker: Connection, value: str) -> None:
    ask(attacker, "SELECT set_config('waybridge.merchant_id', %s, true)", value)
    with pytest.raises(psycopg2.Error, match="bigint"):
        ask(attacker, "SELECT count(*) FROM core_event")
