"""Parts of an order and orders in one are told by the numbers that the marketplace knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from core.models import Merchant
from core.tenancy import merchant
from flows.channels.sources import Told, channel_units, told_of_parcels
from flows.channels.telling import tell_channels
from flows.combining import NewPart, merge_orders, split_order
from flows.intake import receive_orders
from orders.files.orders import ParsedLine, ParsedOrder
from orders.models import Channel, ChannelNotice, Order, OrderLine
from orders.services import ensure_channel
from shipping.models import Booking
from tests.factories import (
    ACTOR,
    NOW,
    a_booked_parcel,
    a_connection,
    a_merchant,
    a_parsed_order,
    a_product,
    a_warehouse,
)


@pytest.fixture
def owner(db: None, monkeypatch: pytest.MonkeyPatch) -> Merchant:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    a_warehouse()
    found = a_merchant("acme")
    a_product(found, stock=50)
    a_product(found, "MUG-RED", stock=50)
    return found


def lines(*rows: tuple[str, str, int]) -> tuple[ParsedLine, ...]:
    return tuple(
        ParsedLine(place, number, sku, "", many, Decimal("9.50"))
        for place, (number, sku, many) in enumerate(rows, start=1)
    )


TWO = lines(("9001", "MUG-BLUE", 3), ("9002", "MUG-RED", 1))


def shop_order(owner: Merchant, channel: Channel, **fields: Any) -> Order:
    parsed: ParsedOrder = replace(a_parsed_order(), **fields)
    with merchant(owner):
        done = receive_orders(orders=[parsed], channel=channel, actor=ACTOR, now=NOW)
    return done.created[0]


def splits(owner: Merchant, order: Order, *plans: dict[str, int]) -> list[Order]:
    with merchant(owner):
        ids = dict(OrderLine.objects.filter(order=order).values_list("external_line", "pk"))
        parts = [NewPart({ids[name]: many for name, many in plan.items()}) for plan in plans]
        return split_order(order_id=order.pk, parts=parts, actor=ACTOR, now=NOW)


def tell(owner: Merchant, bookings: Sequence[Booking]) -> list[dict[str, Any]]:
    """Tell of parcels at the handover; return what all notices say, oldest first."""
    with merchant(owner):
        tell_channels(bookings=bookings, at="handover", now=NOW)
        return [
            {"order": notice.order.external_order, "lines": notice.said["lines"],
             "is_last": notice.said["is_last"], "parcel": notice.parcel_reference}
            for notice in ChannelNotice.objects.select_related("order").order_by("id")
        ]  # fmt: skip


def brief(told: Sequence[dict[str, Any]]) -> list[tuple[str, list[list[Any]], bool]]:
    return [(each["order"], each["lines"], each["is_last"]) for each in told]


@pytest.fixture
def channel(owner: Merchant) -> Channel:
    channel: Channel = a_connection(owner, status="active").channel
    return channel


Shop = Callable[..., Order]


def test_parts_are_told_by_the_orders_number_and_only_the_last_is_the_last(
    owner: Merchant, channel: Channel
) -> None:
    order = shop_order(owner, channel, lines=TWO)
    first, second = splits(owner, order, {"9001": 2}, {"9001": 1, "9002": 1})
    one, two = a_booked_parcel(owner, first), a_booked_parcel(owner, second)
    number = order.external_order
    assert brief(tell(owner, [one])) == [(number, [["9001", 2]], False)]
    assert brief(tell(owner, [one])) == [(number, [["9001", 2]], False)]
    told = brief(tell(owner, [two]))
    assert told[1:] == [(number, [["9001", 1], ["9002", 1]], True)]


def test_parts_that_leave_together_have_one_last(owner: Merchant, channel: Channel) -> None:
    order = shop_order(owner, channel, lines=TWO)
    made = splits(owner, order, {"9001": 3}, {"9002": 1})
    bookings = [a_booked_parcel(owner, each) for each in made]
    with merchant(owner):
        Order.objects.filter(parent=order).update(status="shipped")
    assert [each["is_last"] for each in tell(owner, bookings)] == [False, True]


def test_a_part_that_was_cancelled_is_not_waited_for(owner: Merchant, channel: Channel) -> None:
    order = shop_order(owner, channel, lines=TWO)
    first, second = splits(owner, order, {"9001": 3}, {"9002": 1})
    with merchant(owner):
        Order.objects.filter(pk=second.pk).update(status="cancelled")
    assert brief(tell(owner, [a_booked_parcel(owner, first)])) == [
        (order.external_order, [["9001", 3]], True)
    ]


def test_one_parcel_of_several_orders_is_told_for_each(owner: Merchant, channel: Channel) -> None:
    one = shop_order(owner, channel, recipient_name="Anna Schmidt", lines=TWO)
    two = shop_order(
        owner, channel, recipient_name="Anna Schmidt", lines=lines(("7", "MUG-RED", 2))
    )
    with merchant(owner):
        made = merge_orders(order_ids=[one.pk, two.pk], actor=ACTOR, now=NOW)
    told = tell(owner, [a_booked_parcel(owner, made)])
    assert brief(told) == [
        (one.external_order, [["9001", 3], ["9002", 1]], True),
        (two.external_order, [["7", 2]], True),
    ]
    assert len({each["parcel"] for each in told}) == 1


def test_a_part_that_went_into_another_order_is_traced_to_its_own(
    owner: Merchant, channel: Channel
) -> None:
    with merchant(owner):
        upload = ensure_channel(kind=Channel.Kind.UPLOAD, name="upload", now=NOW)
    order = shop_order(owner, channel, recipient_name="Anna Schmidt", lines=TWO)
    first, second = splits(owner, order, {"9001": 3}, {"9002": 1})
    other = shop_order(
        owner, upload, recipient_name="Anna Schmidt", lines=lines(("1", "MUG-RED", 1))
    )
    with merchant(owner):
        made = merge_orders(order_ids=[second.pk, other.pk], actor=ACTOR, now=NOW)
    number = order.external_order
    assert brief(tell(owner, [a_booked_parcel(owner, made)])) == [(number, [["9002", 1]], False)]
    assert brief(tell(owner, [a_booked_parcel(owner, first)]))[1:] == [
        (number, [["9001", 3]], True)
    ]


def test_a_plain_order_is_told_whole(owner: Merchant, channel: Channel) -> None:
    order = shop_order(owner, channel, lines=TWO)
    booking = a_booked_parcel(owner, order)
    with merchant(owner):
        (told,) = told_of_parcels([booking.parcel_id])[booking.parcel_id]
    assert told == Told(order, [("9001", 3), ("9002", 1)], is_last=True)


def bundle_line(line_id: int, product_id: int, quantity: int) -> OrderLine:
    return OrderLine(
        pk=line_id, external_line=f"9/{line_id}", channel_line="9", channel_quantity=2,
        product_id=product_id, quantity=quantity,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("pieces", "before", "told"),
    [
        ({1: 2, 2: 4}, {}, {"9": 2}),
        ({1: 1}, {}, {"9": 1}),
        ({2: 3}, {}, {"9": 2}),
        ({2: 1}, {"9": 1}, {"9": 1}),
        ({1: 1, 2: 1}, {"9": 2}, {}),
    ],
)
def test_a_bundle_is_told_with_the_first_of_its_pieces(
    pieces: dict[int, int], before: dict[str, int], told: dict[str, int]
) -> None:
    bundle = [bundle_line(1, 10, 2), bundle_line(2, 20, 4)]
    assert channel_units(bundle, pieces, before) == told
