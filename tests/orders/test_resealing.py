"""`manage.py reseal` moves every credential under the newest key, and may be stopped."""

from __future__ import annotations

import base64
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core.sealed import is_newest
from core.tenancy import merchant
from orders.models import ChannelConnection
from orders.services import resealing, store_tokens, tokens_of
from orders.services.resealing import reseal_batch
from tests.factories import a_connection, a_merchant

OLD, NEW, LOST = (base64.urlsafe_b64encode(each * 32).decode() for each in (b"o", b"n", b"l"))


@pytest.fixture
def connections(db: None, settings: Any) -> list[ChannelConnection]:
    """Two merchants' accounts, sealed with the old key; the new one stands in front."""
    settings.FIELD_KEY = OLD
    found = [a_connection(a_merchant(code)) for code in ("one", "two", "three")]
    for connection in found:
        with merchant(connection.merchant_id):
            store_tokens(
                connection_id=connection.pk, account="a", tokens=f"secret {connection.pk}",
                access_expires_at=None, consent_expires_at=None,
            )  # fmt: skip
    settings.FIELD_KEY = f"{NEW},{OLD}"
    return found


def fresh(connection: ChannelConnection) -> ChannelConnection:
    with merchant(connection.merchant_id):
        return ChannelConnection.objects.get(pk=connection.pk)


def reseal() -> str:
    out = StringIO()
    call_command("reseal", stdout=out)
    return out.getvalue()


def test_all_are_resealed_once_and_open_without_the_old_key(
    connections: list[ChannelConnection], settings: Any
) -> None:
    assert "done: 3 resealed, 0 unreadable" in reseal()
    assert "done: 0 resealed" in reseal()
    settings.FIELD_KEY = NEW
    for connection in map(fresh, connections):
        assert is_newest(connection.sealed_tokens)
        with merchant(connection.merchant_id):
            assert tokens_of(connection) == f"secret {connection.pk}"


def test_what_was_interrupted_goes_on_where_it_stopped(
    connections: list[ChannelConnection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "BATCH", 1)
    assert reseal_batch(after_id=0).resealed == 1
    assert [is_newest(fresh(each).sealed_tokens) for each in connections] == [True, False, False]
    assert "done: 2 resealed" in reseal()


def test_one_that_no_key_opens_is_named_and_stops_no_other(
    connections: list[ChannelConnection], settings: Any
) -> None:
    settings.FIELD_KEY = LOST
    with merchant(connections[0].merchant_id):
        store_tokens(
            connection_id=connections[0].pk, account="a", tokens="gone", access_expires_at=None,
            consent_expires_at=None,
        )  # fmt: skip
    settings.FIELD_KEY = f"{NEW},{OLD}"
    with pytest.raises(CommandError, match=str(connections[0].pk)):
        reseal()
    assert [is_newest(fresh(each).sealed_tokens) for each in connections] == [False, True, True]
