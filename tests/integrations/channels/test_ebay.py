"""eBay's client against answers told byte by byte: pages that move, tokens, parcels told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.channels import ebay_auth, facts
from integrations.channels.base import ShippedLine, Window
from integrations.channels.ebay import PAGE
from integrations.errors import AnswerLost, NotAuthorised, RateLimited, Refused, Unavailable
from integrations.http import NullGate
from tests.integrations.channels.ebay_account import (
    CREDENTIALS,
    NOW,
    TOKENS,
    Keeper,
    ebay,
    notice,
    order,
)
from tests.integrations.servers import Seen, answer, partner, reset

WINDOW = Window(since=NOW - timedelta(hours=6), until=NOW - timedelta(hours=1))
FRESH = answer(200, {"access_token": "access-2", "expires_in": 7200})


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ebay_auth, "_application_tokens", {})


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
    "an order without an id": page([1], offset=0, total=1) | {"orders": [{}]},
    "an empty page in the middle": page([], offset=0, total=10),
    "no list of orders": {"total": 3, "offset": 0},
}


@pytest.mark.parametrize("body", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_page_that_cannot_be_one_is_not_taken_for_the_end(body: Any) -> None:
    with partner(answer(200, body)) as there, pytest.raises(Unavailable):
        ebay(there.url).orders(WINDOW)


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


# ---- parcels --------------------------------------------------------------------------------

NONE = answer(200, {"fulfillments": [], "total": 0})
FULFILMENT = {
    "fulfillmentId": "1234567890",
    "shipmentTrackingNumber": "1234567890",
    "shippingCarrierCode": "DHL",
    "shippedDate": "2026-11-26T08:00:00.000Z",
    "lineItems": [{"lineItemId": "9001", "quantity": 2}],
}
LOCATION = "https://api.ebay.com/sell/fulfillment/v1/order/1/shipping_fulfillment/1234567890"
CREATED = answer(201, raw=b"", headers={"Location": LOCATION})


def told(*fulfilments: dict[str, Any]) -> Any:
    return answer(200, {"fulfillments": list(fulfilments), "total": len(fulfilments)})


def test_a_parcel_is_told_after_a_look() -> None:
    with partner(NONE, CREATED) as there:
        got = ebay(there.url).confirm_shipment(notice())
    assert (got.channel_reference, got.was_known) == ("1234567890", False)
    assert [seen.method for seen in there.seen] == ["GET", "POST"]
    assert there.seen[1].body == {
        "lineItems": [{"lineItemId": "9001", "quantity": 2}],
        "shippedDate": "2026-11-26T08:00:00.000Z",
        "shippingCarrierCode": "DHL",
        "trackingNumber": "1234567890",
    }


@pytest.mark.parametrize(
    "known",
    [
        FULFILMENT,
        {**FULFILMENT, "lineItems": [{"lineItemId": "9001"}, {"lineItemId": "9002"}]},
        {**FULFILMENT, "shippingCarrierCode": "DHLEXPRESS", "shippedDate": ""},
    ],
)
def test_a_parcel_that_is_known_is_not_told_again(known: dict[str, Any]) -> None:
    with partner(told(known)) as there:
        got = ebay(there.url).confirm_shipment(notice())
    assert (got.channel_reference, got.was_known) == ("1234567890", True)
    assert [seen.method for seen in there.seen] == ["GET"]


@pytest.mark.parametrize(
    "known",
    [
        {**FULFILMENT, "shipmentTrackingNumber": "999"},
        {**FULFILMENT, "shipmentTrackingNumber": ""},
    ],
)
def test_another_parcel_of_the_order_is_no_obstacle(known: dict[str, Any]) -> None:
    with partner(told(known), CREATED) as there:
        assert ebay(there.url).confirm_shipment(notice()).was_known is False


@pytest.mark.parametrize(
    "lines", [[{"lineItemId": "9002", "quantity": 2}], [{"lineItemId": "9001", "quantity": 1}]]
)
def test_the_number_told_of_other_lines_is_for_a_person(lines: list[dict[str, Any]]) -> None:
    with partner(told({**FULFILMENT, "lineItems": lines})) as there:
        with pytest.raises(Refused) as raised:
            ebay(there.url).confirm_shipment(notice())
        assert len(there.seen) == 1
    assert raised.value.code == "told_otherwise"


def test_a_lost_answer_is_looked_up_by_the_next_call() -> None:
    with partner(NONE, reset(), told(FULFILMENT)) as there:
        client = ebay(there.url)
        with pytest.raises(AnswerLost):
            client.confirm_shipment(notice())
        assert client.confirm_shipment(notice()).was_known is True
    assert [seen.method for seen in there.seen] == ["GET", "POST", "GET"]


@pytest.mark.parametrize(
    "conflict", [answer(409, {}), answer(400, {"errors": [{"errorId": 34500, "message": "PUT"}]})]
)
def test_a_conflict_is_looked_into(conflict: Any) -> None:
    with partner(NONE, conflict, told(FULFILMENT)) as there:
        assert ebay(there.url).confirm_shipment(notice()).was_known is True
    with partner(NONE, conflict, NONE) as there, pytest.raises(Refused):
        ebay(there.url).confirm_shipment(notice())


def test_an_answer_without_a_location_is_looked_up() -> None:
    with partner(NONE, answer(201, {}), told(FULFILMENT)) as there:
        got = ebay(there.url).confirm_shipment(notice())
    assert (got.channel_reference, got.was_known) == ("1234567890", False)
    with partner(NONE, answer(201, {}), NONE) as there, pytest.raises(AnswerLost):
        ebay(there.url).confirm_shipment(notice())


def test_a_parcel_without_a_number_is_known_by_its_lines_and_instant() -> None:
    untracked = notice(tracking_number="")
    bare = {
        "fulfillmentId": "999",
        "shippedDate": "2026-11-26T08:00:00.000Z",
        "lineItems": [{"lineItemId": "9001", "quantity": 2}],
    }
    with partner(told({**bare, "shippedDate": "2026-11-26T08:00:00.001Z"}), CREATED) as there:
        assert ebay(there.url).confirm_shipment(untracked).was_known is False
    assert set(there.seen[1].body) == {"lineItems", "shippedDate"}
    with partner(told(bare)) as there:
        assert ebay(there.url).confirm_shipment(untracked).was_known is True


def test_a_parcel_that_leaves_later_is_told_later() -> None:
    with partner(NONE) as there:
        with pytest.raises(Unavailable, match="not left"):
            ebay(there.url).confirm_shipment(notice(shipped_at=NOW + timedelta(seconds=1)))
        assert there.seen == []


@pytest.mark.parametrize(
    ("ago", "error"), [(timedelta(minutes=1), Unavailable), (timedelta(hours=1), Refused)]
)
def test_a_shipping_date_ebay_thinks_of_the_future(ago: timedelta, error: type) -> None:
    refused = answer(400, {"errors": [{"errorId": 32500, "message": "Invalid shipped date"}]})
    with partner(NONE, refused) as there, pytest.raises(error):
        ebay(there.url).confirm_shipment(notice(shipped_at=NOW - ago))


UNSENDABLE = {
    "a sign that is no letter or digit": notice(tracking_number="12/34"),
    "letters beyond ASCII": notice(tracking_number="１２３４"),
    "hyphens only": notice(tracking_number=" - "),
    "no lines": notice(lines=()),
    "no pieces": notice(lines=(ShippedLine("9001", 0),)),
    "no line id": notice(lines=(ShippedLine("", 1),)),
}


@pytest.mark.parametrize("parcel", UNSENDABLE.values(), ids=UNSENDABLE.keys())
def test_what_ebay_would_not_take_is_not_sent(parcel: Any) -> None:
    with partner(NONE) as there:
        with pytest.raises(Refused):
            ebay(there.url).confirm_shipment(parcel)
        assert there.seen == []


def test_decisions_are_not_offered() -> None:
    with partner(answer(500)) as there:
        with pytest.raises(Refused) as raised:
            ebay(there.url).decide([])
        assert there.seen == []
    assert raised.value.code == "not_offered"


# ---- tokens ---------------------------------------------------------------------------------


def test_a_token_about_to_end_is_renewed_first() -> None:
    keeper = Keeper(replace(TOKENS, access_expires_at=NOW + timedelta(seconds=60)))
    with partner(FRESH, answer(200, order())) as there:
        ebay(there.url, keeper=keeper).order("12-34567-89012")
    asked = there.seen[0]
    assert asked.path == "/identity/v1/oauth2/token"
    assert asked.headers["authorization"].startswith("Basic ")
    assert there.seen[1].headers["authorization"] == "Bearer access-2"
    assert keeper.tokens.refresh_token == "refresh-1"
    assert keeper.tokens.refresh_expires_at == TOKENS.refresh_expires_at
    assert keeper.tokens.account == "seller-1"
    assert keeper.tokens.access_expires_at == NOW + timedelta(hours=2)


def test_a_token_ended_early_is_renewed_once_and_the_parcel_told_once() -> None:
    keeper = Keeper(TOKENS)
    with partner(NONE, answer(401, {"errors": []}), FRESH, CREATED) as there:
        got = ebay(there.url, keeper=keeper).confirm_shipment(notice())
    assert got.was_known is False
    assert keeper.renewals == 1
    assert [seen.method for seen in there.seen] == ["GET", "POST", "POST", "POST"]


def test_a_fresh_token_that_is_refused_ends_it() -> None:
    keeper = Keeper(TOKENS)
    refused = answer(401, {"errors": []})
    with partner(refused, FRESH, refused) as there, pytest.raises(NotAuthorised):
        ebay(there.url, keeper=keeper).order("12-1")
    assert len(there.seen) == 3


def test_forbidden_is_not_cured_by_another_token() -> None:
    keeper = Keeper(TOKENS)
    with partner(answer(403, {"errors": []})) as there, pytest.raises(NotAuthorised):
        ebay(there.url, keeper=keeper).order("12-1")
    assert keeper.renewals == 0


@pytest.mark.parametrize("code", ["invalid_grant", "invalid_client"])
def test_a_withdrawn_consent_is_for_a_person(code: str) -> None:
    keeper = Keeper(replace(TOKENS, access_expires_at=NOW))
    body = {"error": code, "error_description": "the refresh token is invalid"}
    with partner(answer(400, body)) as there, pytest.raises(NotAuthorised, match=code):
        ebay(there.url, keeper=keeper).order("12-1")


def test_consent_is_asked_with_the_runame_and_least_scopes() -> None:
    consent = ebay_auth.consent(
        credentials=CREDENTIALS, base_url="https://api.ebay.com", gate=NullGate(), options={}
    )
    url = urlsplit(consent.authorize_url("state-1", "https://ours.example/back"))
    query = parse_qs(url.query)
    assert f"{url.scheme}://{url.netloc}{url.path}" == "https://auth.ebay.com/oauth2/authorize"
    assert query["redirect_uri"] == ["Waybridge-StandIn-RuName"]
    assert query["state"] == ["state-1"]
    assert query["response_type"] == ["code"]
    assert query["scope"] == [" ".join(ebay_auth.SCOPES)]


def exchanged(url: str, **parameters: str) -> Any:
    consent = ebay_auth.consent(
        credentials=CREDENTIALS, base_url=url, gate=NullGate(), options={}, clock=lambda: NOW
    )
    return consent.exchange(parameters, "https://ours.example/back")


GRANT = {
    "access_token": "access-1",
    "expires_in": 7200,
    "refresh_token": "refresh-1",
    "refresh_token_expires_in": 47304000,
}


def test_a_code_becomes_tokens_of_a_known_seller() -> None:
    user = answer(200, {"userId": "ma8vp1jySJC", "username": "bright_trading"})
    with partner(answer(200, GRANT), user) as there:
        tokens = exchanged(there.url, code="v^1.1#i^1", state="s")
    assert tokens.account == "ma8vp1jySJC"
    assert tokens.extra == {"username": "bright_trading"}
    assert tokens.access_expires_at == NOW + timedelta(hours=2)
    assert tokens.refresh_expires_at == datetime(2028, 5, 26, 21, 0, tzinfo=UTC)
    assert there.seen[1].headers["authorization"] == "Bearer access-1"


def test_a_seller_who_says_no() -> None:
    with partner(answer(500)) as there:
        with pytest.raises(NotAuthorised, match="access_denied"):
            exchanged(there.url, error="access_denied", state="s")
        assert there.seen == []


@pytest.mark.parametrize(
    "replies",
    [
        [answer(200, {**GRANT, "access_token": ""})],
        [answer(200, {**GRANT, "refresh_token": ""})],
        [reset()],
        [answer(200, GRANT), answer(200, {})],
    ],
)
def test_a_consent_that_did_not_come_whole_is_asked_anew(replies: list[Any]) -> None:
    with partner(*replies) as there, pytest.raises((AnswerLost, Unavailable)):
        exchanged(there.url, code="c")


def test_budgets_are_read_with_the_applications_token_asked_once() -> None:
    rate = {
        "limit": 100000,
        "remaining": 99000,
        "reset": "2026-11-27T08:00:00.000Z",
        "timeWindow": 86400,
    }
    resources = [{"name": "sell.fulfillment", "rates": [rate, {"limit": "x"}]}]
    body = {"rateLimits": [{"apiName": "Fulfillment", "resources": resources}]}
    token = answer(200, {"access_token": "app-1", "expires_in": 7200})
    with partner(token, answer(200, body), answer(204, raw=b"")) as there:
        client = ebay(there.url)
        (budget,) = client.budgets()
        assert client.budgets() == ()
    assert (budget.limit, budget.remaining, budget.window_s) == (100000, 99000, 86400)
    assert budget.resets_at == datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
    assert [seen.method for seen in there.seen] == ["POST", "GET", "GET"]


def test_every_operation_has_a_limit_and_no_bucket_gives_more_than_a_days_budget() -> None:
    limits = {each.operation: each for each in facts.limits("ebay", on=NOW.date())}
    assert set(limits) == {
        "orders", "order", "fulfilments", "ship", "user", "public_key", "rate_limit",
        "token_client", "token_code", "token_refresh",
    }  # fmt: skip
    day = {name: each.burst + each.rate_per_s * 86_400 for name, each in limits.items()}
    assert day["orders"] + day["order"] + day["fulfilments"] + day["ship"] <= 100_000
    assert day["token_client"] <= 1_000
    assert day["token_code"] <= 10_000
    assert day["token_refresh"] <= 50_000
    assert day["public_key"] <= 10_000
    assert day["rate_limit"] <= 5_000
    assert all(each.scope == "application" for each in limits.values())
