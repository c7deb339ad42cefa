"""Staff who wish it are told of new work, at most once in a quarter of an hour per warehouse."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPException
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from core.models import Merchant
from core.tenancy import merchant
from flows.allocation import allocate_many
from flows.new_work import tell_new_work, wish_email
from tests.factories import a_merchant, a_product, a_warehouse, an_order
from tests.floor import a_staff_member
from warehouse.models import Warehouse

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def house() -> Warehouse:
    return a_warehouse()


@pytest.fixture
def owner(house: Warehouse) -> Merchant:
    found = a_merchant("acme")
    a_product(found)
    return found


def allocated(owner: Merchant, at: Any) -> None:
    order = an_order(owner)
    with merchant(owner):
        allocate_many(order_ids=[order.pk], now=at)


def test_nobody_is_told_who_did_not_ask(owner: Merchant, house: Warehouse) -> None:
    a_staff_member("floor", house)
    allocated(owner, timezone.now())
    assert tell_new_work(now=timezone.now() + MINUTE) == 0
    assert mail.outbox == []


def test_one_digest_in_a_quarter_of_an_hour_tells_everything_once(
    owner: Merchant, house: Warehouse
) -> None:
    staff, now = a_staff_member("floor", house), timezone.now()
    wish_email(staff=staff, warehouse=house, wants=True, now=now)
    assert tell_new_work(now=now + MINUTE) == 0
    for _ in range(2):
        allocated(owner, now + MINUTE)
    assert tell_new_work(now=now + 3 * MINUTE) == 1
    allocated(owner, now + 4 * MINUTE)
    assert tell_new_work(now=now + 6 * MINUTE) == 0
    assert tell_new_work(now=now + 19 * MINUTE) == 1
    first, second = mail.outbox
    assert first.subject == "2 new orders in Shenzhen"
    assert "2  Acme" in str(first.body)
    assert second.subject == "1 new order in Shenzhen"
    wish_email(staff=staff, warehouse=house, wants=False, now=now)
    allocated(owner, now + 20 * MINUTE)
    assert tell_new_work(now=now + 60 * MINUTE) == 0


def test_what_the_mail_server_did_not_take_is_told_next_time(
    owner: Merchant, house: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff, now = a_staff_member("floor", house), timezone.now()
    wish_email(staff=staff, warehouse=house, wants=True, now=now)
    allocated(owner, now + MINUTE)

    def away(*_: Any, **__: Any) -> None:
        raise SMTPException("away")

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", away)
        assert tell_new_work(now=now + 3 * MINUTE) == 0
    assert tell_new_work(now=now + 5 * MINUTE) == 0
    assert tell_new_work(now=now + 19 * MINUTE) == 1
    assert mail.outbox[0].subject == "1 new order in Shenzhen"
