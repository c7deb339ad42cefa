"""Owners get one letter a fault, and are reminded before a consent ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.services import add_member, create_user
from core.jobs import drain_queue
from core.models import Job, Merchant
from core.tenancy import merchant
from flows.channels.alerts import alert_broken, remind_of_consent
from orders.models import ChannelConnection
from orders.services import note_failure
from tests.factories import ACTOR, NOW, a_connection, a_merchant


@pytest.fixture
def owner(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Merchant:
    """A merchant with two owners and a finance person."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    house = a_merchant()
    for email, role in (
        ("a@x.example", "owner"),
        ("b@x.example", "owner"),
        ("c@x.example", "finance"),
    ):
        with merchant(house):
            user = create_user(email=email, password="a long password 77", full_name="N. N.")
            add_member(user=user, role=role, actor=ACTOR, now=NOW)
    return house


def post(owner: Merchant) -> list[Any]:
    with merchant(owner):
        Job.objects.filter(kind="channels.alert").update(run_after=timezone.now())
    drain_queue(merchant_id=owner.pk, queue="channels")
    return mail.outbox


def breaks(connection: ChannelConnection, code: str = "not_authorised") -> None:
    now = timezone.now()
    with merchant(connection.merchant_id):
        note_failure(connection_id=connection.pk, code=code, params={}, is_broken=True, now=now)
        alert_broken(connection_id=connection.pk, now=now)


def test_a_broken_shop_is_told_to_its_owners_once(owner: Merchant) -> None:
    connection = a_connection(owner, status="active")
    breaks(connection)
    breaks(connection)
    letters = post(owner)
    assert sorted(letter.to[0] for letter in letters) == ["a@x.example", "b@x.example"]
    assert "ebay shop" in letters[0].subject
    assert "no longer accepts" in letters[0].body
    assert "/settings/channels/" in letters[0].body
    post(owner)
    assert len(mail.outbox) == 2


def test_another_fault_is_another_letter(owner: Merchant) -> None:
    connection = a_connection(owner, status="active")
    breaks(connection)
    breaks(connection, "unreadable")
    post(owner)
    assert len(mail.outbox) == 2, "the first fault is over, so only the second is told"


def test_a_mended_shop_is_not_told(owner: Merchant) -> None:
    connection = a_connection(owner, status="active")
    breaks(connection)
    with merchant(owner):
        ChannelConnection.objects.update(status="active", fault_code="")
    assert post(owner) == []


def test_outages_are_not_told(owner: Merchant) -> None:
    connection = a_connection(owner, status="active")
    with merchant(owner):
        note_failure(
            connection_id=connection.pk, code="unavailable", params={}, is_broken=False, now=NOW
        )
        alert_broken(connection_id=connection.pk, now=NOW)
    assert post(owner) == []


@pytest.mark.parametrize(("days", "letters"), [(30, 0), (9, 2), (2, 2), (0, 2)])
def test_a_consent_that_ends_soon_is_told_once_a_step(
    owner: Merchant, days: int, letters: int
) -> None:
    ends_at = timezone.now() + timedelta(days=days, hours=1)
    connection = a_connection(owner, status="active", consent_expires_at=ends_at)
    for _ in range(3):
        with merchant(owner):
            remind_of_consent(connection=connection, now=timezone.now())
        post(owner)
    assert len(mail.outbox) == letters


def test_a_mail_server_that_is_away_costs_a_later_try(
    owner: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = a_connection(owner, status="active")
    breaks(connection)

    def away(*_: object, **__: object) -> int:
        raise ConnectionRefusedError("smtp.example said a@x.example")

    with monkeypatch.context() as patch:
        patch.setattr("flows.channels.alerts.send_mail", away)
        post(owner)
    with merchant(owner):
        errors = list(
            Job.objects.filter(kind="channels.alert").values_list("last_error", flat=True)
        )
    assert all("ConnectionRefusedError" in error and "@" not in error for error in errors)
    assert len(post(owner)) == 2
