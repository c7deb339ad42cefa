"""Orders of a shop arrive once, whatever its marketplace does; a broken shop says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core.models import Job
from core.tenancy import merchant
from flows.channels import reading
from orders.models import ChannelConnection, OrderLine
from orders.services import pause, resume
from tests.factories import ACTOR
from tests.flows.channels.conftest import Shop, orders_of

Status = ChannelConnection.Status
OpenShop = Callable[..., Shop]


@pytest.fixture
def shop(open_shop: OpenShop) -> Shop:
    """A connected shop, read to its end once while it was empty."""
    shop = open_shop()
    shop.consent()
    return shop


def numbers(shop: Shop) -> list[str]:
    return sorted(order.external_order for order in shop.orders())


def test_an_order_arrives_with_its_address_money_and_lines(shop: Shop) -> None:
    (body,) = orders_of(1)
    shop.seed(body, ago=timedelta(minutes=1))
    shop.look_again()
    (order,) = shop.orders()
    assert order.external_order == body["orderId"]
    assert (order.recipient_name, order.city, order.country) == ("Jürgen Groß", "Köln", "DE")
    assert (order.currency, order.goods_value) == ("EUR", Decimal("39.98"))
    assert order.channel_said["taxes"]["ioss"] == "IM2760000742"
    with merchant(shop.owner):
        line = OrderLine.objects.get(order=order)
        assert (line.external_line, line.sku, line.quantity) == ("9001", "MUG-BLUE", 2)


def test_pages_are_read_to_the_end_and_read_again_change_nothing(shop: Shop) -> None:
    bodies = orders_of(7)
    shop.seed(*bodies, ago=timedelta(minutes=5))
    shop.look_again()
    shop.look_again()
    assert numbers(shop) == sorted(body["orderId"] for body in bodies)


def test_only_what_is_to_be_shipped_becomes_an_order(shop: Shop) -> None:
    (paid, unpaid, shipped) = orders_of(3)
    unpaid["orderPaymentStatus"] = "PENDING"
    shipped["orderFulfillmentStatus"] = "FULFILLED"
    for line in shipped["lineItems"]:
        line["lineItemFulfillmentStatus"] = "FULFILLED"
    shop.seed(paid, unpaid, shipped, ago=timedelta(minutes=1))
    shop.look_again()
    assert numbers(shop) == [paid["orderId"]]
    unpaid["orderPaymentStatus"] = "PAID"
    shop.seed(unpaid, ago=timedelta(seconds=5))
    shop.look_again()
    assert numbers(shop) == sorted([paid["orderId"], unpaid["orderId"]])


@pytest.mark.parametrize(
    "kind", ["500", "429", "reset", "lost_answer", "repeat_page", "short_page"]
)
def test_a_marketplace_that_stumbles_costs_and_doubles_nothing(shop: Shop, kind: str) -> None:
    bodies = orders_of(5)
    shop.seed(*bodies, ago=timedelta(minutes=5))
    shop.program.call("POST", "/_faults", {"partner": "ebay", "kind": kind, "times": 2})
    wanted = sorted(body["orderId"] for body in bodies)
    shop.look_again_until(lambda: numbers(shop) == wanted)
    shop.look_again()
    assert numbers(shop) == wanted
    assert shop.connection().status == Status.ACTIVE
    assert shop.connection().failures == 0


def test_a_worker_killed_between_page_and_cursor_repeats_the_page(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies = orders_of(3)
    shop.seed(*bodies, ago=timedelta(minutes=5))

    class Killed(BaseException):
        pass

    def die(**_: object) -> bool:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(reading, "save_page", die)
        with pytest.raises(Killed):
            shop.look_again()
    assert shop.orders() == []
    with merchant(shop.owner):
        Job.objects.update(lease_until=None)
    shop.look_again()
    assert numbers(shop) == sorted(body["orderId"] for body in bodies)


def test_a_second_worker_that_read_the_same_page_rolls_back(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.seed(*orders_of(2), ago=timedelta(minutes=5))
    step = reading._next_step(shop.owner.pk, shop.connection_id)
    assert step is not None
    assert reading._read_page(shop.owner.pk, step) is False
    with pytest.raises(reading.PageTaken):
        reading._read_page(shop.owner.pk, step)
    assert len(shop.orders()) == 2


def test_a_lost_consent_breaks_this_shop_alone_and_is_mended_by_connecting_again(
    shop: Shop, open_shop: OpenShop
) -> None:
    other = open_shop()
    other.consent()
    shop.program.call("POST", f"/_shops/ebay/{shop.account}/expire", {"kind": "refresh"})
    shop.program.call("POST", f"/_shops/ebay/{shop.account}/expire", {"kind": "access"})
    bodies = orders_of(2)
    shop.seed(bodies[0], ago=timedelta(minutes=1))
    other.seed(bodies[1], ago=timedelta(minutes=1))
    shop.look_again()
    assert len(other.orders()) == 1
    broken = shop.connection()
    assert (broken.status, broken.fault_code) == (Status.BROKEN, "not_authorised")
    assert broken.fault_since is not None
    shop.consent()
    assert numbers(shop) == [bodies[0]["orderId"]]


def test_a_paused_shop_is_not_read_until_it_goes_on(shop: Shop) -> None:
    with merchant(shop.owner):
        pause(connection_id=shop.connection_id, actor=ACTOR, now=timezone.now())
    shop.seed(*orders_of(1), ago=timedelta(minutes=1))
    shop.look_again()
    assert shop.orders() == []
    with merchant(shop.owner):
        resume(connection_id=shop.connection_id, actor=ACTOR, now=timezone.now())
        reading.start_reading_channel(shop.connection_id)
    shop.look_again()
    assert len(shop.orders()) == 1
