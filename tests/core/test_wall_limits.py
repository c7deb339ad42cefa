"""What the database wall does not stop, shown, so that nobody believes it does.

Each trap here is named in docs/security.md; where the code can keep out of a trap, a test beside
it holds that it does.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import DataError, connection
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class in lower case

from core.models import Event, Merchant
from core.tenancy import across_merchants, merchant
from tests.core.conftest import NOW, Field, ask

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
BOTH = [("attacker.secret",), ("victim.secret",)]
KINDS = "SELECT kind FROM core_event WHERE kind LIKE '%%.secret' ORDER BY 1"
AS_APP = "SET LOCAL ROLE waybridge_app"
FULL = "SELECT INSERT UPDATE DELETE"

OPEN_TABLES = {
    # Which partners refuse the operator's credentials: workers of the app role are who is refused.
    "core_partnerstop": "SELECT INSERT UPDATE",
    # How many calls an account may still make; accounts stand there hashed.
    "core_ratebucket": "SELECT INSERT UPDATE",
    # People, before a merchant is known; Django's and allauth's own tables.
    "account_emailaddress": FULL,
    "account_emailconfirmation": FULL,
    "accounts_user": FULL,
    "accounts_user_groups": FULL,
    "accounts_user_user_permissions": FULL,
    "auth_group": FULL,
    "auth_group_permissions": FULL,
    "auth_permission": FULL,
    "django_admin_log": FULL,
    "django_content_type": FULL,
    "django_migrations": "SELECT",
    "django_session": FULL,
    "mfa_authenticator": FULL,
    # Look-ups of ids and hashes, from which a merchant is found.
    "accounts_apikeylookup": FULL,
    "accounts_invitationlookup": FULL,
    "accounts_membershiplookup": FULL,
    "orders_channelaccountlookup": FULL,
    "orders_channelpushlookup": FULL,
    "tracking_parcellookup": FULL,
    "tracking_trackinglink": FULL,
    # The operator's own, which merchants only read, or not even that.
    "accounts_staff": "SELECT",
    "core_suspendedmerchant": "SELECT",
    "shipping_ratecard": "SELECT",
    "shipping_rateline": "SELECT",
    "shipping_s10range": "SELECT UPDATE",
    "shipping_pickup": "SELECT",
    "tracking_feedcursor": "",
    "warehouse_handlingunit": "SELECT",
    "warehouse_location": "SELECT",
    "warehouse_newworkdigest": "",
    "warehouse_printagent": "",
    "warehouse_printer": "",
    "warehouse_putwall": "",
    "warehouse_putwallslot": "",
    "warehouse_ssccseries": "",
    "warehouse_staffassignment": "",
    "warehouse_stationprinter": "",
    "warehouse_stationscan": "",
    "warehouse_unitscan": "",
    "warehouse_warehouse": "SELECT",
    "warehouse_waverun": "",
    "warehouse_wavetemplate": "SELECT",
}
APPEND_ONLY = {
    "core_event", "core_document", "billing_charge", "billing_ledgerentry", "warehouse_stockmove",
    "warehouse_scan", "tracking_trackingevent", "tracking_deliveryproof",
    "warehouse_allocationpolicy", "warehouse_parcelphoto", "warehouse_weighing",
}  # fmt: skip
LOOK_UP_COLUMNS = {
    "accounts_apikeylookup": {"key_hmac", "merchant_id", "api_key_id", "role"},
    "accounts_invitationlookup": {"token_hmac", "merchant_id", "invitation_id"},
    "accounts_membershiplookup": {"id", "user_id", "merchant_id"},
    "orders_channelaccountlookup": {"account_hmac", "merchant_id", "connection_id"},
    "orders_channelpushlookup": {"token_hmac", "merchant_id", "connection_id"},
    "core_suspendedmerchant": {"merchant_id"},
    "tracking_parcellookup": {
        "id", "carrier_code", "tracking_number", "merchant_id", "tracked_parcel_id",
    },
    "tracking_trackinglink": {"token_hmac", "merchant_id", "tracked_parcel_id"},
}  # fmt: skip


def rows(statement: str, *values: str) -> list[tuple[Any, ...]]:
    """Ask as the owner, through Django."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def test_sql_that_sets_the_merchant_itself_passes(attacker: Connection, field: Field) -> None:
    ask(
        attacker, "SELECT set_config('waybridge.merchant_id', %s, true)", str(field.theirs.merchant)
    )
    assert ask(attacker, KINDS) == [("victim.secret",)]


def test_a_session_level_setting_outlives_its_transaction(
    attacker: Connection,
    field: Field,
) -> None:
    ask(attacker, f"SET waybridge.merchant_id = '{field.theirs.merchant}'")
    attacker.commit()
    assert ask(attacker, KINDS) == [("victim.secret",)]


def test_the_product_never_sets_it_for_a_session() -> None:
    product = [
        path
        for room in ("core", "accounts", "orders", "warehouse", "shipping", "customs", "tracking",
                     "billing", "claims", "flows", "dashboard", "integrations", "config")
        for path in (ROOT / room).rglob("*.py")
    ]  # fmt: skip
    setters = [
        (path.relative_to(ROOT).as_posix(), call)
        for path in product
        for call in re.findall(r"set_config\([^)]*\)", path.read_text(encoding="utf-8"))
    ]
    assert {path for path, _ in setters} == {"core/tenancy.py"}
    assert all(call.endswith("true)") for _, call in setters)
    for path in product:
        assert not re.search(
            r"\"SET (SESSION )?(waybridge\.|ROLE)", path.read_text(encoding="utf-8")
        )


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_on_a_connection_after_a_block() -> None:
    one = Merchant.objects.create(code="left", name="Left", created_at=NOW)
    with merchant(one):
        assert rows("SELECT current_user") == [("waybridge_app",)]
    assert rows(
        "SELECT current_setting('waybridge.merchant_id', true),"
        " current_setting('waybridge.across', true), current_user"
    ) == [("", "", "waybridge_owner")]


def test_a_block_that_fails_inside_another_gives_the_outer_its_setting_back() -> None:
    one = Merchant.objects.create(code="inner", name="Inner", created_at=NOW)
    with across_merchants("The test nests blocks."):
        with pytest.raises(DataError, match="division"), merchant(one):
            rows("SELECT 1 / 0")
        assert rows("SELECT current_setting('waybridge.across'), current_user") == [
            ("on", "waybridge_operator")
        ]
        with merchant(one):
            Event.objects.create(kind="x", subject_kind="t", subject_id=1, actor="t", at=NOW)
        assert rows("SELECT current_setting('waybridge.merchant_id')") == [("",)]


def test_a_plain_view_of_the_owner_passes_and_a_view_of_the_invoker_does_not(
    owner: Connection,
    field: Field,
) -> None:
    ask(owner, "CREATE VIEW plain AS SELECT kind FROM core_event")
    ask(owner, "CREATE VIEW own WITH (security_invoker) AS SELECT kind FROM core_event")
    ask(owner, "GRANT SELECT ON plain, own TO waybridge_app")
    ask(owner, "SELECT set_config('waybridge.merchant_id', %s, true)", str(field.mine.merchant))
    ask(owner, AS_APP)
    assert ask(owner, KINDS.replace("core_event", "plain")) == BOTH
    assert ask(owner, KINDS.replace("core_event", "own")) == BOTH[:1]


def test_a_materialized_view_and_a_definers_function_pass(owner: Connection, field: Field) -> None:
    ask(owner, "CREATE MATERIALIZED VIEW copied AS " + KINDS)
    ask(
        owner,
        "CREATE FUNCTION public.all_kinds() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER"
        f" AS $$ {KINDS.replace('%%', '%')} $$",
    )
    ask(owner, "GRANT SELECT ON copied TO waybridge_app")
    ask(owner, AS_APP)
    assert ask(owner, "SELECT * FROM copied") == BOTH
    assert ask(owner, "SELECT * FROM public.all_kinds()") == BOTH


def test_truncate_passes_once_it_is_granted(owner: Connection, field: Field) -> None:
    ask(owner, "GRANT TRUNCATE ON core_idempotentanswer TO waybridge_app")
    ask(owner, AS_APP)
    ask(owner, "TRUNCATE core_idempotentanswer")


def test_the_owner_passes(owner: Connection, field: Field) -> None:
    assert ask(owner, KINDS) == BOTH


def test_an_update_as_the_app_role_without_a_merchant_silently_does_nothing(
    owner: Connection,
    field: Field,
) -> None:
    """Which is why migrations run as the owner, who passes."""
    ask(owner, AS_APP)
    with owner.cursor() as cursor:
        cursor.execute("UPDATE core_numberseries SET next_number = 5")
        assert cursor.rowcount == 0


def test_that_an_id_is_taken_can_be_seen(attacker: Connection, field: Field) -> None:
    with pytest.raises(psycopg2.errors.UniqueViolation):
        ask(
            attacker,
            "INSERT INTO core_numberseries (id, merchant_id, kind, next_number)"
            " VALUES (%s, %s, 'x', 1)",
            field.theirs.series,
            field.mine.merchant,
        )


def test_only_ids_and_merchant_codes_can_be_seen_to_be_taken() -> None:
    unique = rows(
        "SELECT t.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " JOIN pg_class t ON t.oid = i.indrelid"
        " WHERE t.relrowsecurity AND i.indisunique AND NOT i.indisprimary"
    )
    assert len(unique) > 30
    # A slot of a put wall is a thing of the operator's: it holds one order, whoever's it is.
    assert sorted(table for table, index in unique if "(merchant_id" not in str(index)) == [
        "core_merchant", "warehouse_slotuse",
    ]  # fmt: skip


def test_the_database_has_no_view_and_no_function_of_its_own() -> None:
    assert (
        rows(
            "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm')"
            " AND relnamespace = 'public'::regnamespace"
        )
        == []
    )
    assert rows("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace") == []


def test_the_tables_without_a_wall_are_these_and_the_app_role_may_do_this() -> None:
    found = rows(
        "SELECT relname, (SELECT coalesce(string_agg(r, ' '), '')"
        " FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) r"
        " WHERE has_table_privilege('waybridge_app', oid, r))"
        " FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        " AND NOT relrowsecurity"
    )
    assert {str(table): rights for table, rights in found} == OPEN_TABLES


def test_history_and_ledgers_take_inserts_only() -> None:
    found = rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind = 'r' AND relrowsecurity"
        " AND NOT has_table_privilege('waybridge_app', oid, 'UPDATE')"
        " AND NOT has_table_privilege('waybridge_app', oid, 'DELETE')"
    )
    assert {table for (table,) in found} == APPEND_ONLY


def test_nobody_but_the_owner_may_truncate() -> None:
    assert (
        rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind = 'r' AND (has_table_privilege('waybridge_app', oid, 'TRUNCATE')"
            " OR has_table_privilege('waybridge_operator', oid, 'TRUNCATE'))"
        )
        == []
    )


@pytest.mark.parametrize("table", LOOK_UP_COLUMNS)
def test_a_look_up_table_holds_ids_and_hashes_only(table: str) -> None:
    found = rows("SELECT column_name FROM information_schema.columns WHERE table_name = %s", table)
    assert {name for (name,) in found} == LOOK_UP_COLUMNS[table]


def test_neither_role_may_pass_row_level_security_or_take_on_another() -> None:
    assert (
        rows(
            "SELECT rolname FROM pg_roles WHERE rolname IN ('waybridge_app', 'waybridge_operator')"
            " AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)"
        )
        == []
    )
    assert (
        rows(
            "SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member"
            " WHERE r.rolname IN ('waybridge_app', 'waybridge_operator')"
        )
        == []
    )
