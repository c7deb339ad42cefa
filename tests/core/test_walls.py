"""Both walls: what Python refuses, and what Postgres refuses when Python forgets."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection
from django.db.utils import IntegrityError

from core.models import Document, Event, Merchant
from core.tenancy import NoMerchant, OtherMerchant, across_merchants, merchant
from core.tenant_models import TenantForeignKey, TenantModel

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db

TENANT_MODELS = [model for model in apps.get_models() if issubclass(model, TenantModel)]


@pytest.fixture
def two_merchants() -> tuple[Merchant, Merchant]:
    return (
        Merchant.objects.create(code="one", name="One", created_at=NOW),
        Merchant.objects.create(code="two", name="Two", created_at=NOW),
    )


def event(kind: str = "test.happened") -> Event:
    return Event.objects.create(kind=kind, subject_kind="test", subject_id=1, actor="test", at=NOW)


def test_without_a_merchant_every_use_of_a_tenant_table_raises() -> None:
    with pytest.raises(NoMerchant):
        Event.objects.count()
    with pytest.raises(NoMerchant):
        Event.objects.exists()  # type: ignore[unused-ignore]
    with pytest.raises(NoMerchant):
        Event.objects.bulk_create([Event(kind="x")])
    with pytest.raises(NoMerchant):
        Event(kind="x", subject_kind="t", subject_id=1, actor="t", at=NOW, merchant_id=1).save()


def test_a_queryset_that_leaks_out_of_its_block_raises_when_it_runs(
    two_merchants: tuple[Merchant, Merchant],
) -> None:
    one, _ = two_merchants
    with merchant(one):
        leaked = Event.objects.all()
    with pytest.raises(NoMerchant):
        list(leaked)
    with pytest.raises(NoMerchant):
        leaked.update(kind="y")
    with pytest.raises(NoMerchant):
        leaked.delete()


def test_each_merchant_sees_only_its_own_rows(two_merchants: tuple[Merchant, Merchant]) -> None:
    one, two = two_merchants
    with merchant(one):
        event("one.happened")
    with merchant(two):
        event("two.happened")
        assert [row.kind for row in Event.objects.all()] == ["two.happened"]
    with across_merchants("The test compares both."):
        assert Event.objects.count() == 2


def test_a_row_of_another_merchant_cannot_be_written(
    two_merchants: tuple[Merchant, Merchant],
) -> None:
    one, two = two_merchants
    with pytest.raises(OtherMerchant), merchant(one):
        Event.objects.create(
            merchant=two, kind="x", subject_kind="t", subject_id=1, actor="t", at=NOW
        )


def test_postgres_hides_other_merchants_from_a_raw_query(
    two_merchants: tuple[Merchant, Merchant],
) -> None:
    one, two = two_merchants
    with merchant(one):
        event()
    with merchant(two), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_event")
        assert cursor.fetchone() == (0,)
        cursor.execute("UPDATE core_merchant SET name = 'stolen' WHERE id = %s", [one.pk])
        assert cursor.rowcount == 0


def test_postgres_refuses_a_raw_insert_for_another_merchant(
    two_merchants: tuple[Merchant, Merchant],
) -> None:
    one, two = two_merchants
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        merchant(two),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO core_event (merchant_id, kind, subject_kind, subject_id, actor,"
            " data, at) VALUES (%s, 'x', 't', 1, 't', '{}', now())",
            [one.pk],
        )


def test_postgres_refuses_a_foreign_key_to_another_merchants_row(
    two_merchants: tuple[Merchant, Merchant],
) -> None:
    one, two = two_merchants
    fields = {
        "kind": "k", "subject_kind": "t", "subject_id": 1, "content_type": "x/y",
        "size_bytes": 1, "sha256": "0", "storage_name": "s", "made_by_pid": 1, "created_at": NOW,
    }  # fmt: skip
    with merchant(one):
        theirs = Document.objects.create(number="1", **fields)
    with pytest.raises(IntegrityError), merchant(two):
        Document.objects.create(number="2", replaces_id=theirs.pk, **fields)


def test_the_app_role_gains_nothing_by_switching_the_operators_setting_on(
    two_merchants: tuple[Merchant, Merchant],
) -> None:
    one, two = two_merchants
    with merchant(one):
        event()
    with merchant(two), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('waybridge.across', 'on', true)")
        cursor.execute("SELECT count(*) FROM core_event")
        assert cursor.fetchone() == (0,)


def test_append_only_tables_refuse_updates_and_deletes(
    two_merchants: tuple[Merchant, Merchant],
) -> None:
    one, _ = two_merchants
    with merchant(one):
        event()
    for statement in ("UPDATE core_event SET kind = 'z'", "DELETE FROM core_event"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            merchant(one),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model._meta.label)
def test_every_tenant_table_stands_behind_the_wall(model: type[TenantModel]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = %s",
            [model._meta.db_table],
        )
        assert cursor.fetchone() == (True, True)
        cursor.execute(
            "SELECT policyname FROM pg_policies WHERE tablename = %s ORDER BY 1",
            [model._meta.db_table],
        )
        assert [row[0] for row in cursor.fetchall()] == ["app_own", "operator_all", "owner_all"]


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model._meta.label)
def test_every_tenant_foreign_key_is_composite(model: type[TenantModel]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, cardinality(conkey), confrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid = %s::regclass",
            [model._meta.db_table],
        )
        constraints = {name: (columns, target) for name, columns, target in cursor.fetchall()}
    for field in model._meta.local_fields:
        target = field.related_model
        if target is None or not issubclass(target, TenantModel):
            continue
        assert isinstance(field, TenantForeignKey), field
        name = f"{model._meta.db_table}_{field.column}_own"
        assert constraints[name] == (2, target._meta.db_table)
