"""A marketplace that misbehaves, or speaks at a bad hour, costs no more than its share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.jobs import Later
from core.models import Job
from core.tenancy import merchant
from flows.channels import pushes, reading
from flows.channels.consent import LONGEST_RETURN, come_back
from integrations.channels.base import OrderPage, Push
from orders.models import ChannelConnection
from orders.services import NotThere
from tests.factories import ACTOR
from tests.flows.channels.conftest import Shop, orders_of

Status = ChannelConnection.Status


@pytest.fixture
def shop(open_shop: Callable[..., Shop]) -> Shop:
    shop = open_shop()
    shop.consent()
    return shop


class Client:
    """A marketplace that says what the test wants."""

    def __init__(self, **said: Any) -> None:
        self._said = said

    def orders(self, *_: object) -> OrderPage:
        page: OrderPage = self._said["page"]
        return page

    def read_push(self, *_: object) -> Push:
        push: Push = self._said["push"]
        return push


def test_a_page_that_names_itself_as_the_next_is_not_followed_for_ever(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = OrderPage((), "here")
    monkeypatch.setattr(reading, "client_of", lambda _: Client(page=page))
    with pytest.raises(Later) as put_off:
        reading.read_channel(shop.owner.pk, {"connection_id": shop.connection_id})
    assert put_off.value.seconds >= 30
    assert (shop.connection().fault_code, shop.connection().failures) == ("unavailable", 1)


def test_each_order_of_a_push_is_a_job_of_its_own(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One job for all began anew at each limit: it never came to the last order."""
    push = Push(event_id="e1", topic="ORDERS", external_orders=("1", "2", "3"), account="")
    monkeypatch.setattr(pushes, "client_of", lambda _: Client(push=push))
    payload = {"connection_id": shop.connection_id, "headers": {}, "body": ""}
    for _ in range(2):
        pushes.read_push(shop.owner.pk, payload)
    with merchant(shop.owner):
        jobs = Job.objects.filter(kind="channels.read_orders").order_by("id")
        named = [job.payload["external_orders"] for job in jobs]
    assert sorted(named) == [["1"], ["2"], ["3"]]


def test_tokens_that_cannot_be_opened_break_the_connection_with_its_remedy(shop: Shop) -> None:
    with merchant(shop.owner):
        ChannelConnection.objects.filter(pk=shop.connection_id).update(sealed_tokens="1.gone.AAAA")
    shop.seed(*orders_of(1), ago=timedelta(minutes=1))
    shop.look_again()
    broken = shop.connection()
    assert (broken.status, broken.fault_code) == (Status.BROKEN, "unreadable")


def test_a_return_longer_than_any_is_refused_and_not_cut(shop: Shop) -> None:
    returned = {"state": f"{shop.connection_id}-x", "code": "c" * LONGEST_RETURN}
    with merchant(shop.owner), pytest.raises(NotThere, match="more than any"):
        come_back(kind="ebay", returned=returned, actor=ACTOR, now=timezone.now())
