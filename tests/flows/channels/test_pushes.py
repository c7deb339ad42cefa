"""Word that an order changed makes us look sooner; unsigned or foreign word does nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.test import Client
from django.utils import timezone

from core.models import Job
from core.tenancy import merchant
from flows.channels import pushes
from flows.channels.gate import read_tokens
from flows.channels.pushes import push_address
from orders.services import end_connection, tokens_of
from tests.factories import ACTOR
from tests.flows.channels.conftest import Shop, orders_of
from tests.sandbox.program import until

OpenShop = Callable[..., Shop]


@pytest.fixture
def shop(open_shop: OpenShop) -> Shop:
    shop = open_shop()
    shop.consent()
    return shop


def path_of(shop: Shop) -> str:
    return push_address(shop.connection()).partition("8000")[2]


def push_jobs(shop: Shop) -> list[Job]:
    with merchant(shop.owner):
        return list(Job.objects.filter(kind__in=["channels.read_push", "channels.read_orders"]))


def test_a_signed_push_brings_the_order_at_once(
    shop: Shop, settings: Any, live_server: Any
) -> None:
    verification = "verification-token-of-the-operator-0001"
    settings.PUBLIC_URL = live_server.url
    settings.CHANNELS["ebay"]["options"] = {"verification_token": verification}
    connection = shop.connection()
    with merchant(shop.owner):
        access = read_tokens(tokens_of(connection)).access_token
    endpoint = {"endpoint": push_address(connection), "verificationToken": verification}
    answer = requests.post(
        f"{shop.program.url}/ebay/commerce/notification/v1/destination",
        json={"name": "orders", "status": "ENABLED", "deliveryConfig": endpoint},
        headers={"Authorization": f"Bearer {access}"},
        timeout=10,
    )
    assert answer.status_code == 201, answer.text
    (body,) = orders_of(1)
    shop.seed(body, ago=timedelta(minutes=1))
    until(lambda: bool(push_jobs(shop)), within=20)
    shop.work()
    assert [order.external_order for order in shop.orders()] == [body["orderId"]]


def test_an_unsigned_push_is_dropped_by_the_worker(shop: Shop) -> None:
    shop.seed(*orders_of(1), ago=timedelta(minutes=1))
    response = Client().post(path_of(shop), b'{"a": 1}', content_type="application/json")
    assert response.status_code == 202
    shop.work()
    assert shop.orders() == []
    assert [job.status for job in push_jobs(shop)] == ["done"]


def test_the_same_push_twice_is_one_job_and_a_huge_one_none(shop: Shop) -> None:
    for _ in range(2):
        Client().post(path_of(shop), b'{"a": 2}', content_type="application/json")
    huge = Client().post(path_of(shop), b"x" * (256 * 1024 + 1), content_type="text/plain")
    assert huge.status_code == 413
    assert len(push_jobs(shop)) == 1


def test_no_address_but_a_live_connections_is_known(shop: Shop) -> None:
    path = path_of(shop)
    assert Client().post("/push/channels/guess/", b"{}", "application/json").status_code == 404
    with merchant(shop.owner):
        end_connection(connection_id=shop.connection_id, actor=ACTOR, now=timezone.now())
    assert Client().post(path, b"{}", "application/json").status_code == 404
    assert Client().get("/push/channels/guess/?challenge_code=x").status_code == 404


def test_ebays_challenge_is_answered_only_with_the_operators_token(
    shop: Shop, settings: Any
) -> None:
    path = f"{path_of(shop)}?challenge_code=abc"
    assert Client().get(path).status_code == 404
    settings.CHANNELS["ebay"]["options"] = {"verification_token": "t" * 40}
    answer = Client().get(path)
    assert answer.status_code == 200
    assert len(answer.json()["challengeResponse"]) == 64


def test_a_flood_of_unproved_pushes_is_turned_away(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushes, "MOST_WAITING", 3)
    codes = [
        Client().post(path_of(shop), f"{number}", content_type="text/plain").status_code
        for number in range(5)
    ]
    assert codes == [202, 202, 202, 429, 429]
    shop.work()
    assert Client().post(path_of(shop), "x", content_type="text/plain").status_code == 202
