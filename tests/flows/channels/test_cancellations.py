"""A channel cancels an order, or shows it as sent by somebody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from core.tenancy import merchant
from orders.models import Order, OrderConflict
from tests.factories import a_booked_parcel
from tests.flows.channels.conftest import Shop
from tests.flows.channels.markets import EBAY, MARKETS, Market

OpenShop = Callable[..., Shop]
LATER = timedelta(minutes=3)


@pytest.fixture(params=MARKETS, ids=lambda market: market.kind)
def shop(open_shop: OpenShop, request: pytest.FixtureRequest) -> Shop:
    market: Market = request.param
    shop = open_shop(market=market)
    shop.consent()
    return shop


def conflicts(shop: Shop) -> list[str]:
    with merchant(shop.owner):
        return list(OrderConflict.objects.order_by("id").values_list("kind", flat=True))


def test_an_order_cancelled_in_time_is_cancelled(shop: Shop) -> None:
    (body,) = shop.market.orders(1)
    shop.seed(body)
    shop.look_again()
    shop.seed(shop.market.said(body, "cancelled"), ago=LATER)
    shop.look_again()
    (order,) = shop.orders()
    assert order.status == Order.Status.CANCELLED
    assert conflicts(shop) == []


@pytest.mark.parametrize(("state", "kind"), [("cancelled", "cancellation"), ("shipped", "shipped")])
def test_what_comes_too_late_is_a_conflict_for_a_person_once(
    open_shop: OpenShop, state: str, kind: str
) -> None:
    shop = open_shop(market=EBAY)
    shop.consent()
    (body,) = EBAY.orders(1)
    shop.seed(body)
    shop.look_again()
    (order,) = shop.orders()
    a_booked_parcel(shop.owner, order)
    for _ in range(2):
        shop.seed(EBAY.said(body, state), ago=LATER)
        shop.look_again()
    assert conflicts(shop) == [kind]
    assert shop.orders()[0].status != Order.Status.CANCELLED
