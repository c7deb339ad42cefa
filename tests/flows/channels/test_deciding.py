"""Amazon hears in batches that we take its orders, and which ones the merchant cancelled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from core.models import Job
from core.tenancy import merchant
from flows.cancelling import cancel_order
from flows.channels.deciding import tell_decision_again
from orders.models import ChannelDecision
from orders.services import NotRefused, settle_decision
from tests.factories import ACTOR
from tests.flows.channels.conftest import Shop
from tests.flows.channels.markets import AMAZON, EBAY
from tests.sandbox.program import Program

OpenShop = Callable[..., Shop]
Status = ChannelDecision.Status


@pytest.fixture
def shop(open_shop: OpenShop) -> Shop:
    shop = open_shop(market=AMAZON)
    shop.consent()
    return shop


def decisions(shop: Shop) -> list[ChannelDecision]:
    with merchant(shop.owner):
        return list(ChannelDecision.objects.order_by("id"))


def feeds(program: Program) -> int:
    calls: dict[str, Any] = program.call("GET", "/_calls?partner=amazon&limit=200").json()
    return sum(call["operation"] == "create_feed" for call in calls["calls"])


def arrived(shop: Shop, number: int) -> None:
    shop.seed(*AMAZON.orders(number))
    shop.look_again_until(lambda: len(shop.orders()) == number)


def test_orders_that_arrive_are_acknowledged_in_one_batch(shop: Shop) -> None:
    before = feeds(shop.program)
    arrived(shop, 3)
    assert {row.status for row in decisions(shop)} <= {Status.QUEUED, Status.SENT, Status.TOLD}
    shop.look_again_until(lambda: {row.status for row in decisions(shop)} == {Status.TOLD})
    assert [row.kind for row in decisions(shop)] == ["accept"] * 3
    assert feeds(shop.program) - before == 1
    assert {row.receipt != "" for row in decisions(shop)} == {True}


def test_an_order_the_merchant_cancels_is_told_with_its_lines(shop: Shop) -> None:
    arrived(shop, 1)
    (order,) = shop.orders()
    with merchant(shop.owner):
        cancel_order(order_id=order.pk, reason="no stock", actor=ACTOR, now=timezone.now())
    shop.look_again_until(lambda: decisions(shop)[-1].status == Status.TOLD)
    assert decisions(shop)[-1].kind == "cancel"


def test_what_amazon_does_not_take_waits_for_a_person(shop: Shop) -> None:
    arrived(shop, 1)
    shop.program.fault(partner="amazon", operation="create_feed", kind="refuse", times=1)
    shop.look_again_until(lambda: decisions(shop)[0].status != Status.QUEUED)
    shop.look_again_until(lambda: decisions(shop)[0].status in (Status.REFUSED, Status.TOLD))
    (row,) = decisions(shop)
    assert (row.status, row.fault_code) == (Status.REFUSED, "refused")
    with merchant(shop.owner):
        tell_decision_again(
            decision_id=row.pk, actor=ACTOR, now=timezone.now() + timedelta(hours=1)
        )
    shop.look_again_until(lambda: decisions(shop)[0].status == Status.TOLD)
    with merchant(shop.owner), pytest.raises(NotRefused):
        settle_decision(decision_id=row.pk, actor=ACTOR, now=timezone.now())


@pytest.mark.parametrize("kind", ["500", "reset", "lost_answer"])
def test_a_stumble_costs_no_decision(shop: Shop, kind: str) -> None:
    arrived(shop, 2)
    shop.fault(kind)
    shop.look_again_until(lambda: {row.status for row in decisions(shop)} == {Status.TOLD})


def test_after_days_a_person_must_act(shop: Shop) -> None:
    arrived(shop, 1)
    with merchant(shop.owner):
        ChannelDecision.objects.update(created_at=timezone.now() - timedelta(days=3))
    shop.program.fault(partner="amazon", operation="create_feed_document", kind="500", times=99)
    shop.look_again_until(lambda: decisions(shop)[0].status == Status.REFUSED)
    assert decisions(shop)[0].fault_code == "tried_too_long"


def test_a_spell_is_one_job_however_many_orders_arrive(shop: Shop) -> None:
    at = timezone.now().replace(minute=1, second=0)
    with time_machine.travel(at, tick=False):
        from flows.channels.deciding import _work

        first, second = _work(7, at), _work(7, at + timedelta(seconds=90))
    assert (first.key, first.run_after) == (second.key, second.run_after)
    assert first.run_after is not None
    assert first.run_after > at + timedelta(seconds=90)


def test_channels_without_such_a_call_hear_nothing(open_shop: OpenShop) -> None:
    shop = open_shop(market=EBAY)
    shop.consent()
    shop.seed(*EBAY.orders(1))
    shop.look_again()
    (order,) = shop.orders()
    with merchant(shop.owner):
        cancel_order(order_id=order.pk, reason="no", actor=ACTOR, now=timezone.now())
        assert not Job.objects.filter(kind="channels.decide").exists()
    assert decisions(shop) == []
