"""A parcel is told to its marketplace once; what the marketplace refuses waits for a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from core.tenancy import merchant
from flows.channels.telling import tell_again, tell_channels
from orders.models import ChannelConnection, ChannelNotice
from orders.services import NotRefused, end_connection, pause, set_telling, settle_notice
from shipping.models import Booking
from tests.factories import ACTOR, a_booked_parcel, an_order
from tests.flows.channels.conftest import Shop
from tests.flows.channels.markets import EBAY, MARKETS, Market

OpenShop = Callable[..., Shop]
Status = ChannelNotice.Status


FAULTS = ("500", "429", "reset", "lost_answer")


@pytest.fixture
def shop(open_shop: OpenShop) -> Shop:
    shop = open_shop(market=EBAY)
    shop.consent()
    return shop


@pytest.fixture(params=MARKETS, ids=lambda market: market.kind)
def any_shop(open_shop: OpenShop, request: pytest.FixtureRequest) -> Shop:
    """A shop at each marketplace in turn."""
    market: Market = request.param
    shop = open_shop(market=market)
    shop.consent()
    return shop


def a_shipped_order(shop: Shop) -> Booking:
    """One order of the shop, booked; the channel is not told yet."""
    known = len(shop.orders())
    shop.seed(*shop.market.orders(1))
    shop.look_again_until(lambda: len(shop.orders()) > known)
    return a_booked_parcel(shop.owner, shop.orders()[-1])


def tell(shop: Shop, booking: Booking, at: str = "handover") -> None:
    with merchant(shop.owner):
        tell_channels(bookings=[booking], at=at, now=timezone.now())
    shop.work()


def notices(shop: Shop) -> list[ChannelNotice]:
    with merchant(shop.owner):
        return list(ChannelNotice.objects.order_by("id"))


def told(shop: Shop) -> list[dict[str, Any]]:
    shipments: list[dict[str, Any]] = shop.look()["shipments"]
    return shipments


def test_the_marketplace_hears_of_the_parcel_with_its_own_words(shop: Shop) -> None:
    booking = a_shipped_order(shop)
    tell(shop, booking)
    (shipment,) = told(shop)
    body = shipment["body"]
    assert body["shipmentTrackingNumber"] == booking.tracking_number
    assert body["lineItems"] == [{"lineItemId": "9001", "quantity": 2}]
    assert body["shippingCarrierCode"]
    (notice,) = notices(shop)
    assert (notice.status, notice.tries) == (Status.TOLD, 1)
    assert notice.channel_reference != ""


def test_a_parcel_has_one_notice_however_often_it_is_asked_for(shop: Shop) -> None:
    booking = a_shipped_order(shop)
    with merchant(shop.owner):
        set_telling(
            connection_id=shop.connection_id, tell_at="booking", actor=ACTOR, now=timezone.now()
        )
    for at in ("booking", "handover", "handover"):
        tell(shop, booking, at)
    assert len(told(shop)) == 1
    assert shop.look()["doubles"] == {}
    assert len(notices(shop)) == 1


def test_at_booking_only_a_connection_that_wants_it_is_told(shop: Shop) -> None:
    booking = a_shipped_order(shop)
    tell(shop, booking, "booking")
    assert notices(shop) == []


def test_orders_of_uploads_are_told_to_nobody(shop: Shop) -> None:
    booking = a_booked_parcel(shop.owner, an_order(shop.owner))
    tell(shop, booking)
    assert notices(shop) == []


def test_a_marketplace_that_stumbles_hears_of_each_parcel_once(any_shop: Shop) -> None:
    for number, kind in enumerate(FAULTS, start=1):
        booking = a_shipped_order(any_shop)
        any_shop.fault(kind)
        tell(any_shop, booking)
        any_shop.look_again_until(lambda: notices(any_shop)[-1].status == Status.TOLD)
        any_shop.program.call("DELETE", "/_faults")
        shipments = told(any_shop)
        assert len(shipments) == number
        assert booking.tracking_number in str(shipments[-1]["body"])
    any_shop.look_again()
    assert len(told(any_shop)) == len(FAULTS)
    assert any_shop.look()["doubles"] == {}


def test_a_refusal_waits_for_a_person_who_tries_again_or_settles_it(any_shop: Shop) -> None:
    booking = a_shipped_order(any_shop)
    any_shop.fault("refuse", times=3)
    tell(any_shop, booking)
    (notice,) = notices(any_shop)
    assert (notice.status, notice.fault_code) == (Status.REFUSED, "refused")
    assert notice.fault_params["message"] != ""
    assert any_shop.connection().status == ChannelConnection.Status.ACTIVE
    any_shop.program.call("DELETE", "/_faults")
    with merchant(any_shop.owner):
        tell_again(notice_id=notice.pk, actor=ACTOR, now=timezone.now())
    any_shop.work()
    assert notices(any_shop)[0].status == Status.TOLD
    assert len(told(any_shop)) == 1
    with merchant(any_shop.owner), pytest.raises(NotRefused):
        settle_notice(notice_id=notice.pk, actor=ACTOR, now=timezone.now())


def test_after_days_of_silence_a_person_must_act(shop: Shop) -> None:
    booking = a_shipped_order(shop)
    with merchant(shop.owner):
        pause(connection_id=shop.connection_id, actor=ACTOR, now=timezone.now())
    tell(shop, booking)
    shop.look_again()
    assert notices(shop)[0].status == Status.QUEUED
    with time_machine.travel(timezone.now() + timedelta(days=6), tick=True):
        shop.look_again()
    (notice,) = notices(shop)
    assert (notice.status, notice.fault_code) == (Status.REFUSED, "tried_too_long")


def test_a_connection_that_ended_leaves_the_notice_to_a_person(shop: Shop) -> None:
    booking = a_shipped_order(shop)
    with merchant(shop.owner):
        tell_channels(bookings=[booking], at="handover", now=timezone.now())
        end_connection(connection_id=shop.connection_id, actor=ACTOR, now=timezone.now())
    shop.work()
    assert notices(shop)[0].fault_code == "ended"
    assert told(shop) == []
