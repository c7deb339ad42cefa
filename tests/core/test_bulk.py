"""Rows written in one statement are the rows that the ORM would have written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from core.bulk import insert_rows
from core.models import Merchant
from core.tenancy import NoMerchant, OtherMerchant, merchant
from orders.models import Channel, Hold, Order
from tests.factories import a_merchant

pytestmark = pytest.mark.django_db
PLACED = datetime(2026, 10, 31, 23, 59, 59, 123456, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture
def owner() -> Merchant:
    return a_merchant("acme")


def an_order(owner: Merchant, number: int, **fields: object) -> Order:
    channel, _ = Channel.objects.get_or_create(
        merchant_id=owner.pk, kind="upload", name="upload", defaults={"created_at": PLACED}
    )
    values = {
        "external_order": f"A-{number}", "reference": f"WB{number}", "content_sha256": "c",
        "buyer_digest": "b", "currency": "EUR", "goods_value": Decimal("19.90"),
        "recipient_name": "R", "street_1": "S", "country": "DE", "created_at": PLACED,
    }  # fmt: skip
    return Order(channel=channel, **(values | fields))


def insert_checked(rows: list[Hold]) -> None:
    """Insert rows and look at once at the keys that are otherwise looked at on commit."""
    insert_rows(rows)
    connection.check_constraints()


def test_every_kind_of_value_comes_back_as_it_was(owner: Merchant) -> None:
    odd = 'O\'Brien \\ "quoted" {a,b} \t\n 深圳 🙂'
    fields = {
        "recipient_name": odd, "placed_at": PLACED, "paid_at": None,
        "tags": [odd[:20], odd[20:], "", "NULL"],
        "channel_said": {"context": {odd: [1, None, True, "1.50"]}}, "ruled": [], "priority": -3,
        "goods_value": Decimal("9999999999.99"), "status": Order.Status.HELD,
        "said": '{"a": "\\u4e2d"}',
    }  # fmt: skip
    with merchant(owner):
        (made,) = insert_rows([an_order(owner, 1, **fields)])
        stored = Order.objects.get()
        assert {name: getattr(stored, name) for name in fields} == fields
        assert (stored.pk, stored.merchant_id) == (made.pk, owner.pk)
        assert stored.placed_at == PLACED.astimezone(UTC)
        assert not made._state.adding
        made.status = Order.Status.ACCEPTED
        made.save(update_fields=["status"])
        assert Order.objects.get().status == "accepted"


def test_each_row_gets_its_own_key(owner: Merchant) -> None:
    with merchant(owner):
        made = insert_rows([an_order(owner, number) for number in (7, 3, 11, 5)])
        stored = dict(Order.objects.values_list("pk", "external_order"))
    assert {row.pk: row.external_order for row in made} == stored
    assert [row.external_order for row in made] == ["A-7", "A-3", "A-11", "A-5"]


def test_no_rows_need_no_statement(owner: Merchant) -> None:
    with merchant(owner):
        assert insert_rows([]) == []


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"country": "DEU"}, DatabaseError),
        ({"goods_value": Decimal(10**10)}, DatabaseError),
        ({"weight_g": -1}, IntegrityError),
        ({"city": None}, IntegrityError),
        ({"external_order": "A-0"}, IntegrityError),
        ({"note": object()}, TypeError),
    ],
)
def test_the_database_refuses_what_it_refuses_the_orm(
    owner: Merchant, fields: dict[str, object], error: type[Exception]
) -> None:
    """Nothing is cut to fit, and none of the rows is written."""
    with merchant(owner):
        insert_rows([an_order(owner, 0)])
        with pytest.raises(error), transaction.atomic():
            insert_rows([an_order(owner, 1), an_order(owner, 2, **fields)])
        assert Order.objects.count() == 1


def test_a_row_of_another_merchant_is_refused(owner: Merchant) -> None:
    other = a_merchant("other")
    with merchant(owner):
        (mine,) = insert_rows([an_order(owner, 1)])
        stray = an_order(owner, 2, merchant_id=other.pk)
        with pytest.raises(OtherMerchant):
            insert_rows([stray])
    hold = Hold(order_id=mine.pk, code="rule", reason_code="r", raised_at=PLACED)
    with merchant(other), pytest.raises(IntegrityError), transaction.atomic():
        insert_checked([hold])
    with pytest.raises(NoMerchant):
        insert_rows([stray])
