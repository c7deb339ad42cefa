"""A seller lets us in once, for one account, and nobody else's return counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from core.tenancy import merchant
from flows.channels.consent import come_back, send_to_marketplace
from orders.models import ChannelConnection
from orders.services import NotThere, end_connection
from tests.factories import ACTOR, a_merchant
from tests.flows.channels.conftest import Shop
from tests.flows.channels.markets import MARKETS, Market

Status = ChannelConnection.Status
OpenShop = Callable[..., Shop]


@pytest.fixture(params=MARKETS, ids=lambda market: market.kind)
def market(request: pytest.FixtureRequest) -> Market:
    """Each marketplace in turn."""
    found: Market = request.param
    return found


def test_after_consent_the_shop_is_read(open_shop: OpenShop, market: Market) -> None:
    shop = open_shop(market=market)
    assert shop.connection().status == Status.WAITING
    shop.consent()
    connected = shop.connection()
    assert (connected.status, connected.fault_code) == (Status.ACTIVE, "")
    assert connected.account != ""
    assert connected.read_at is not None


def test_no_token_stands_in_the_database_in_plain_text(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.consent()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM orders_channelconnection t")
        (row,) = cursor.fetchone()
        cursor.execute("SELECT string_agg(payload::text || last_error, ' ') FROM core_job")
        (jobs,) = cursor.fetchone()
    assert '"sealed_tokens":"1.' in row
    for word in ("access_token", "refresh_token", "v^1"):
        assert word not in row + jobs


def test_a_return_counts_once(open_shop: OpenShop) -> None:
    shop = open_shop()
    with merchant(shop.owner):
        address = send_to_marketplace(
            connection_id=shop.connection_id, actor=ACTOR, now=timezone.now()
        )
        returned = {"code": "x", "state": dict(parse_qsl(urlsplit(address).query))["state"]}
        come_back(kind="ebay", returned=returned, actor=ACTOR, now=timezone.now())
        with pytest.raises(NotThere):
            come_back(kind="ebay", returned=returned, actor=ACTOR, now=timezone.now())


@pytest.mark.parametrize("state", ["", "1", "x-y", "99999999999999999999999-a", "-1-a", "1-"])
def test_a_state_that_nobody_was_sent_away_with_is_refused(open_shop: OpenShop, state: str) -> None:
    shop = open_shop()
    with merchant(shop.owner), pytest.raises(NotThere):
        come_back(kind="ebay", returned={"state": state}, actor=ACTOR, now=timezone.now())


def test_another_merchants_state_and_an_old_one_are_refused(open_shop: OpenShop) -> None:
    shop, rival = open_shop(), a_merchant("rival")
    with merchant(shop.owner):
        address = send_to_marketplace(
            connection_id=shop.connection_id, actor=ACTOR, now=timezone.now()
        )
    returned = {"code": "x", "state": dict(parse_qsl(urlsplit(address).query))["state"]}
    with merchant(rival), pytest.raises(NotThere):
        come_back(kind="ebay", returned=returned, actor=ACTOR, now=timezone.now())
    later = timezone.now() + timedelta(minutes=31)
    with merchant(shop.owner), pytest.raises(NotThere):
        come_back(kind="ebay", returned=returned, actor=ACTOR, now=later)


def test_a_code_the_marketplace_does_not_take_is_told_with_a_remedy(
    open_shop: OpenShop, market: Market
) -> None:
    shop = open_shop(market=market)
    with merchant(shop.owner):
        address = send_to_marketplace(
            connection_id=shop.connection_id, actor=ACTOR, now=timezone.now()
        )
        returned = {"code": "bad", "state": dict(parse_qsl(urlsplit(address).query))["state"]}
        returned |= {"spapi_oauth_code": "bad", "selling_partner_id": shop.account}
        come_back(kind=market.kind, returned=returned, actor=ACTOR, now=timezone.now())
    shop.work()
    broken = shop.connection()
    assert (broken.status, broken.fault_code) == (Status.BROKEN, "consent_failed")


def test_one_account_is_read_by_one_merchant(open_shop: OpenShop, market: Market) -> None:
    shop = open_shop(market=market)
    shop.consent()
    second = open_shop(a_merchant("rival"), shop.account, market)
    second.consent()
    assert second.connection().fault_code == "connected_elsewhere"
    assert second.connection().sealed_tokens == ""
    with merchant(shop.owner):
        end_connection(connection_id=shop.connection_id, actor=ACTOR, now=timezone.now())
    second.consent()
    assert second.connection().status == Status.ACTIVE


def test_a_connection_stays_with_its_account(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.consent()
    shop.account = f"{shop.account}-other"
    shop.consent()
    assert shop.connection().fault_code == "other_account"


def test_an_ended_connection_keeps_no_secret_and_takes_none(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.consent()
    with merchant(shop.owner):
        end_connection(connection_id=shop.connection_id, actor=ACTOR, now=timezone.now())
    ended = shop.connection()
    assert (ended.status, ended.sealed_tokens) == (Status.ENDED, "")
    shop.look_again()
    assert shop.connection().status == Status.ENDED


def test_access_that_has_run_out_is_renewed_and_kept(open_shop: OpenShop, market: Market) -> None:
    shop = open_shop(market=market)
    shop.consent()
    before = shop.connection()
    shop.program.call("POST", f"{shop.path}/expire", {"kind": "access"})
    with time_machine.travel(timezone.now() + timedelta(hours=market.renewal_hours), tick=True):
        shop.look_again()
        after = shop.connection()
    assert before.access_expires_at is not None
    assert after.access_expires_at is not None
    assert after.access_expires_at > before.access_expires_at
    assert after.sealed_tokens != before.sealed_tokens
    assert after.renewing_until is None
