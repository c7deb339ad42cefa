"""eBay's orders read page by page, while the pages move."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from integrations.channels.base import Window
from integrations.channels.ebay import PAGE
from integrations.errors import RateLimited, Refused, Unavailable
from tests.integrations.channels.ebay_account import (
    NOW,
    ebay,
    order,
)
from tests.integrations.servers import Seen, answer, partner

WINDOW = Window(since=NOW - timedelta(hours=6), until=NOW - timedelta(hours=1))


def page(
    ids: list[int], *, offset: int, total: int, following: int | None = None, **changes: Any
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "total": total,
        "limit": PAGE,
        "offset": offset,
        "orders": [order(f"12-{number}") for number in ids],
    }
    if following is not None:
        body["next"] = f"https://elsewhere.example/order?limit=200&offset={following}"
    return {**body, **changes}


def offset_of(seen: Seen) -> int:
    return int(seen.query["offset"][0])


def read_all(url: str, window: Window = WINDOW) -> tuple[list[str], int]:
    """Ids in the order they came, with repeats; and how many pages were read."""
    client, ids, cursor, pages = ebay(url), [], "", 0
    while True:
        got = client.orders(window, cursor)
        ids += [each.external_order for each in got.orders]
        cursor, pages = got.cursor, pages + 1
        if not cursor:
            return ids, pages
        assert pages < 100


def test_a_window_is_asked_with_both_ends() -> None:
    with partner(answer(200, page([1], offset=0, total=1))) as there:
        got = ebay(there.url).orders(WINDOW)
    assert there.seen[0].query["filter"] == [
        "lastmodifieddate:[2026-11-26T03:00:00.000Z..2026-11-26T08:00:00.000Z]"
    ]
    assert there.seen[0].query["limit"] == ["200"]
    assert got.cursor == ""
    assert got.read_until == WINDOW.until
    assert there.seen[0].headers["authorization"] == "Bearer access-1"


def test_a_window_into_the_future_is_read_up_to_now() -> None:
    now = [NOW]
    window = Window(since=NOW - timedelta(hours=1), until=NOW + timedelta(hours=1))
    replies = [
        answer(200, page(list(range(PAGE)), offset=0, total=201, following=PAGE)),
        answer(200, page([199, 200], offset=199, total=201)),
    ]
    with partner(*replies) as there:
        client = ebay(there.url, clock=lambda: now[0])
        first = client.orders(window)
        now[0] += timedelta(minutes=5)
        last = client.orders(window, first.cursor)
    # The bound is the first page's, on every page.
    assert len({seen.query["filter"][0] for seen in there.seen}) == 1
    assert first.read_until == last.read_until == NOW - timedelta(seconds=2)


def test_an_empty_window_asks_nothing() -> None:
    with partner(answer(500)) as there:
        got = ebay(there.url).orders(Window(since=NOW, until=NOW + timedelta(hours=1)))
        assert (got.orders, got.cursor, got.read_until) == ((), "", NOW)
        assert there.seen == []


def test_pages_overlap_by_one_order_and_elsewhere_is_never_called() -> None:
    replies = [
        answer(200, page(list(range(PAGE)), offset=0, total=250, following=PAGE)),
        answer(200, page(list(range(199, 250)), offset=199, total=250)),
    ]
    with partner(*replies) as there:
        ids, _ = read_all(there.url)
    assert [offset_of(seen) for seen in there.seen] == [0, 199]
    assert len(set(ids)) == 250


def test_an_order_that_leaves_the_window_loses_none_behind_it() -> None:
    """Order 5 changes after the first page: everything behind it moves up by one."""
    moved = [number for number in range(300) if number != 5]
    replies = [
        answer(200, page(list(range(PAGE)), offset=0, total=300, following=PAGE)),
        answer(200, page(moved[199:], offset=199, total=299)),
        answer(200, page(moved[0:200], offset=0, total=299, following=PAGE)),
        answer(200, page(moved[199:], offset=199, total=299)),
    ]
    with partner(*replies) as there:
        ids, _ = read_all(there.url)
    assert [offset_of(seen) for seen in there.seen] == [0, 199, 0, 199]
    assert set(ids) == {f"12-{number}" for number in range(300)}


def test_one_that_leaves_while_another_comes_is_seen_by_the_order_that_stood_there() -> None:
    """The total stays the same: only the anchor tells."""
    moved = [*range(5), *range(6, 300), 300]
    replies = [
        answer(200, page(list(range(PAGE)), offset=0, total=300, following=PAGE)),
        answer(200, page(moved[199:], offset=199, total=300)),
        answer(200, page(moved[0:200], offset=0, total=300, following=PAGE)),
        answer(200, page(moved[199:], offset=199, total=300)),
    ]
    with partner(*replies) as there:
        ids, _ = read_all(there.url)
    assert set(ids) == {f"12-{number}" for number in range(301)}


@pytest.mark.parametrize(
    "end",
    [
        answer(400, {"errors": [{"errorId": 31000, "message": "Invalid offset"}]}),
        answer(200, page([], offset=199, total=20)),
    ],
)
def test_a_window_that_shrank_below_the_offset_is_read_again(end: Any) -> None:
    replies = [
        answer(200, page(list(range(PAGE)), offset=0, total=300, following=PAGE)),
        end,
        answer(200, page(list(range(280, 300)), offset=0, total=20)),
    ]
    with partner(*replies) as there:
        ids, _ = read_all(there.url)
    assert set(ids) == {f"12-{number}" for number in [*range(200), *range(280, 300)]}


def test_a_page_that_begins_in_the_middle_of_the_one_before_repeats_and_loses_none() -> None:
    replies = [
        answer(200, page(list(range(PAGE)), offset=0, total=300, following=100)),
        answer(200, page(list(range(99, 299)), offset=99, total=300, following=299)),
        answer(200, page([298, 299], offset=298, total=300)),
    ]
    with partner(*replies) as there:
        ids, _ = read_all(there.url)
    assert [offset_of(seen) for seen in there.seen] == [0, 99, 298]
    assert set(ids) == {f"12-{number}" for number in range(300)}


@pytest.mark.parametrize("following", [None, 900, 120])
def test_a_short_page_is_gone_on_from_its_end(following: int | None) -> None:
    """`next` missing, leaping over rows that did not come, or right: nothing is left out."""
    first = page(list(range(120)), offset=0, total=150, following=following)
    rest = page(list(range(119, 150)), offset=119, total=150)
    with partner(answer(200, first), answer(200, rest)) as there:
        ids, _ = read_all(there.url)
    assert [offset_of(seen) for seen in there.seen] == [0, 119]
    assert set(ids) == {f"12-{number}" for number in range(150)}


UNUSABLE = {
    "another page": page([1], offset=400, total=1),
    "no total": {"orders": []},
    "a total in words": page([1], offset=0, total=1, following=None) | {"total": "many"},
    "an empty page in the middle": page([], offset=0, total=10),
    "no list of orders": {"total": 3, "offset": 0},
}


@pytest.mark.parametrize("body", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_page_that_cannot_be_one_is_not_taken_for_the_end(body: Any) -> None:
    with partner(answer(200, body)) as there, pytest.raises(Unavailable):
        ebay(there.url).orders(WINDOW)


def test_an_order_without_an_id_stops_no_other() -> None:
    told = page([1], offset=0, total=2)
    told["orders"].insert(0, {"orderFulfillmentStatus": "NOT_STARTED"})
    with partner(answer(200, told)) as there:
        found = ebay(there.url).orders(WINDOW)
    assert [order.external_order for order in found.orders] == ["12-1"]
    assert [each.external_order for each in found.unread] == [""]


def test_a_window_that_never_stands_still_is_given_up_for_now() -> None:
    first = answer(200, page(list(range(PAGE)), offset=0, total=300, following=PAGE))
    other = answer(200, page([7], offset=199, total=300))
    with partner(first, other) as there:
        client = ebay(there.url)
        cursor = client.orders(WINDOW).cursor
        bound, _, total, _, anchor = cursor.split("|")
        with pytest.raises(Unavailable, match="stand still"):
            client.orders(WINDOW, f"{bound}|199|{total}|30|{anchor}")


@pytest.mark.parametrize("cursor", ["x", "1|2|3", "2026-11-26T08:00:00.000Z|a|1|0|x"])
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    with partner(answer(500)) as there:
        with pytest.raises(Refused, match="no cursor"):
            ebay(there.url).orders(WINDOW, cursor)
        assert there.seen == []


def test_a_clock_ahead_of_ebays_is_tried_again() -> None:
    future = {"errors": [{"errorId": 30850, "message": "dates can't be in the future"}]}
    with partner(answer(400, future)) as there, pytest.raises(Unavailable, match="clock"):
        ebay(there.url).orders(WINDOW)


def test_a_refused_search_says_why() -> None:
    body = {
        "errors": [
            {
                "errorId": 30830,
                "longMessage": "Time range must be within '2' years.",
                "parameters": [{"name": "filter", "value": "x"}],
            }
        ]
    }
    with partner(answer(400, body)) as there, pytest.raises(Refused) as raised:
        ebay(there.url).orders(WINDOW)
    assert (raised.value.field, raised.value.code) == ("filter", "30830")
    assert "2" in raised.value.message


def test_too_many_calls_are_waited_for() -> None:
    with partner(answer(429, {"errors": []})) as there, pytest.raises(RateLimited):
        ebay(there.url).orders(WINDOW)


def test_a_part_shipped_line_is_asked_for_its_pieces() -> None:
    line = {**order()["lineItems"][0], "lineItemFulfillmentStatus": "IN_PROGRESS"}
    body = {"total": 1, "offset": 0, "orders": [order(lineItems=[line])]}
    told = {"fulfillments": [{"lineItems": [{"lineItemId": "9001", "quantity": 1}]}]}
    with partner(answer(200, body), answer(200, told)) as there:
        got = ebay(there.url).orders(WINDOW)
    assert got.orders[0].lines[0].quantity_shipped == 1
    assert there.seen[1].path.endswith("/order/12-34567-89012/shipping_fulfillment")


def test_one_order() -> None:
    with partner(answer(200, order())) as there:
        got = ebay(there.url).order("12-34567-89012")
    assert got is not None
    assert got.external_order == "12-34567-89012"


@pytest.mark.parametrize(
    "reply",
    [answer(404), answer(400, {"errors": [{"errorId": 32100, "message": "Invalid order ID"}]})],
)
def test_an_unknown_order_is_none(reply: Any) -> None:
    with partner(reply) as there:
        assert ebay(there.url).order("12-1") is None


def test_another_order_than_asked_for_is_not_taken() -> None:
    with partner(answer(200, order("99-1"))) as there, pytest.raises(Unavailable):
        ebay(there.url).order("12-34567-89012")


def test_an_order_id_cannot_leave_its_place_in_the_address() -> None:
    with partner(answer(404)) as there:
        assert ebay(there.url).order("../12?x=1") is None
    assert there.seen[0].path == "/sell/fulfillment/v1/order/..%2F12%3Fx%3D1"
