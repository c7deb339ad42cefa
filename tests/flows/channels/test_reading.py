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
from tests.flows.channels.conftest import Shop
from tests.flows.channels.markets import EBAY, MARKETS, Market

Status = ChannelConnection.Status
OpenShop = Callable[..., Shop]


FAULTS = ("500", "429", "reset", "lost_answer", "repeat_page", "short_page")


@pytest.fixture(params=MARKETS, ids=lambda market: market.kind)
def market(request: pytest.FixtureRequest) -> Market:
    """Each marketplace in turn."""
    found: Market = request.param
    return found


@pytest.fixture
def shop(open_shop: OpenShop, market: Market) -> Shop:
    """A connected shop, read to its end once while it was empty."""
    shop = open_shop(market=market)
    shop.consent()
    return shop


@pytest.fixture
def ebay(open_shop: OpenShop) -> Shop:
    """One at eBay, for what does not depend on the marketplace."""
    shop = open_shop(market=EBAY)
    shop.consent()
    return shop


def numbers(shop: Shop) -> list[str]:
    return sorted(order.external_order for order in shop.orders())


def test_an_order_arrives_with_its_address_money_and_lines(shop: Shop, market: Market) -> None:
    (body,) = market.orders(1)
    shop.seed(body)
    shop.look_again()
    (order,) = shop.orders()
    assert order.external_order == market.number(body)
    assert all((order.recipient_name, order.street_1, order.city, order.postal_code))
    assert order.country == "DE"
    assert order.currency in ("EUR", "USD")
    assert order.goods_value > 0
    assert order.paid_at is not None
    with merchant(shop.owner):
        line = OrderLine.objects.get(order=order)
        assert (line.external_line, line.sku, line.quantity) == (
            market.external_line(body), "MUG-BLUE", 2,
        )  # fmt: skip


def test_what_the_marketplace_collected_and_calls_need_again_is_kept(ebay: Shop) -> None:
    (body,) = EBAY.orders(1)
    ebay.seed(body)
    ebay.look_again()
    (order,) = ebay.orders()
    assert (order.city, order.country) == ("Köln", "DE")
    assert (order.currency, order.goods_value) == ("EUR", Decimal("39.98"))
    assert order.channel_said["taxes"]["ioss"] == "IM2760000742"


def test_pages_are_read_to_the_end_and_read_again_change_nothing(
    shop: Shop, market: Market
) -> None:
    bodies = market.orders(25)
    shop.seed(*bodies)
    shop.look_again()
    shop.look_again()
    assert numbers(shop) == sorted(map(market.number, bodies))


def test_only_what_is_to_be_shipped_becomes_an_order(shop: Shop, market: Market) -> None:
    (paid, unpaid, shipped) = market.orders(3)
    market.said(unpaid, "unpaid")
    market.said(shipped, "shipped")
    shop.seed(paid, unpaid, shipped)
    shop.look_again()
    assert numbers(shop) == [market.number(paid)]
    shop.seed(market.said(unpaid, "paid"), ago=timedelta(minutes=3))
    shop.look_again()
    assert numbers(shop) == sorted(map(market.number, (paid, unpaid)))


def test_a_marketplace_that_stumbles_costs_and_doubles_nothing(shop: Shop, market: Market) -> None:
    wanted: list[str] = []
    for kind in FAULTS:
        bodies = market.orders(3)
        shop.fault(kind)
        shop.seed(*bodies)
        wanted = sorted([*wanted, *map(market.number, bodies)])
        shop.look_again_until(lambda: numbers(shop) == wanted)  # noqa: B023 - called at once
        shop.program.call("DELETE", "/_faults")
    shop.look_again()
    assert numbers(shop) == wanted
    assert shop.connection().status == Status.ACTIVE
    assert shop.connection().failures == 0


def test_a_worker_killed_between_page_and_cursor_repeats_the_page(
    ebay: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies = EBAY.orders(3)
    ebay.seed(*bodies)

    class Killed(BaseException):
        pass

    def die(**_: object) -> bool:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(reading, "save_page", die)
        with pytest.raises(Killed):
            ebay.look_again()
    assert ebay.orders() == []
    with merchant(ebay.owner):
        Job.objects.update(lease_until=None)
    ebay.look_again()
    assert numbers(ebay) == sorted(body["orderId"] for body in bodies)


def test_a_second_worker_that_read_the_same_page_rolls_back(
    ebay: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ebay.seed(*EBAY.orders(2))
    step = reading._next_step(ebay.owner.pk, ebay.connection_id)
    assert step is not None
    assert reading._read_page(ebay.owner.pk, step) is False
    with pytest.raises(reading.PageTaken):
        reading._read_page(ebay.owner.pk, step)
    assert len(ebay.orders()) == 2


def test_a_lost_consent_breaks_this_shop_alone_and_is_mended_by_connecting_again(
    shop: Shop, market: Market, open_shop: OpenShop
) -> None:
    other = open_shop(market=market)
    other.consent()
    for kind in ("refresh", "access"):
        shop.program.call("POST", f"{shop.path}/expire", {"kind": kind})
    bodies = market.orders(2)
    shop.seed(bodies[0])
    other.seed(bodies[1])
    shop.look_again()
    assert len(other.orders()) == 1
    broken = shop.connection()
    assert (broken.status, broken.fault_code) == (Status.BROKEN, "not_authorised")
    assert broken.fault_since is not None
    shop.consent()
    assert numbers(shop) == [market.number(bodies[0])]


def test_a_paused_shop_is_not_read_until_it_goes_on(ebay: Shop) -> None:
    with merchant(ebay.owner):
        pause(connection_id=ebay.connection_id, actor=ACTOR, now=timezone.now())
    ebay.seed(*EBAY.orders(1))
    ebay.look_again()
    assert ebay.orders() == []
    with merchant(ebay.owner):
        resume(connection_id=ebay.connection_id, actor=ACTOR, now=timezone.now())
        reading.start_reading_channel(ebay.connection_id)
    ebay.look_again()
    assert len(ebay.orders()) == 1


def test_workers_killed_over_the_months_do_not_end_the_reading(ebay: Shop) -> None:
    with merchant(ebay.owner):
        Job.objects.filter(kind="channels.read").update(attempts=11)
    ebay.look_again()
    with merchant(ebay.owner):
        job = Job.objects.get(kind="channels.read")
    assert (job.status, job.attempts) == (Job.Status.QUEUED, 0)
