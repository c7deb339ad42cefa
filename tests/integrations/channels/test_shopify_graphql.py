"""Shopify's points and the faults it tells inside good answers."""

from __future__ import annotations

import pytest

from integrations.channels.shopify_graphql import CostBucket
from integrations.errors import NotAuthorised, RateLimited, Refused, Unavailable
from tests.integrations.channels.reading import Keeper, tokens
from tests.integrations.channels.shopify_shop import HOUR, body, client_at, connected, seed
from tests.integrations.servers import answer, partner
from tests.sandbox.program import Program


def test_points_used_up_are_waited_for_as_long_as_they_take(stand_ins: Program) -> None:
    seed(stand_ins, "points", *(body(number) for number in range(2101, 2131)))
    client, _ = connected(stand_ins, "points")
    client.orders(HOUR)
    few = {"limits": {"points": {"rate_per_s": 50, "burst": 900}}}
    assert stand_ins.call("PUT", "/_shops/shopify/limits", few).status_code == 200
    page = client.orders(HOUR)
    with pytest.raises(RateLimited) as ours:
        client.orders(HOUR, page.cursor)
    # Another worker's client, which has seen nothing yet, is told THROTTLED by the shop itself.
    with pytest.raises(RateLimited) as theirs:
        connected(stand_ins, "points")[0].orders(HOUR, page.cursor)
    for raised in (ours, theirs):
        assert 1 <= raised.value.retry_after_s <= 900 / 50
    assert "used up" in ours.value.message
    assert theirs.value.message == "Throttled"


def test_the_bucket_fills_with_time_and_believes_only_numbers() -> None:
    bucket = CostBucket()
    assert bucket.wait_s("orders", now=0) == 0
    status = {"currentlyAvailable": 100, "restoreRate": 50.0, "maximumAvailable": 2000}
    cost = {"requestedQueryCost": 850, "throttleStatus": status}
    bucket.learn("orders", {"extensions": {"cost": cost}}, now=10)
    assert bucket.wait_s("orders", now=10) == 15
    assert bucket.wait_s("orders", now=20) == 5
    assert bucket.wait_s("orders", now=25) == 0
    assert bucket.wait_s("order", now=10) == 0
    bucket.learn(
        "orders", {"extensions": {"cost": {"throttleStatus": {"restoreRate": "x"}}}}, now=11
    )
    assert bucket.wait_s("orders", now=10) == 15


NO_ACCESS = {
    "data": {"orders": {"nodes": [{"id": "x"}]}},
    "errors": [{"message": "not approved to use the Order object",
                "extensions": {"code": "ACCESS_DENIED"}}],
}  # fmt: skip


BROKEN = {"errors": [{"message": "Internal", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}


WRONG = {"errors": [{"message": "Field 'x'", "extensions": {"code": "undefinedField"}}]}


def test_half_an_answer_is_no_answer_and_a_missing_scope_renews_nothing() -> None:
    keeper = Keeper(tokens())
    with partner(answer(200, NO_ACCESS)) as there, pytest.raises(NotAuthorised, match="approved"):
        client_at(there.url, keeper).orders(HOUR)
    assert (keeper.renewals, len(there.seen)) == (0, 1)
    assert there.seen[0].headers["x-shopify-access-token"] == "access"
    with partner(answer(200, BROKEN)) as there, pytest.raises(Unavailable):
        client_at(there.url, keeper).orders(HOUR)
    with partner(answer(200, WRONG)) as there, pytest.raises(Refused) as raised:
        client_at(there.url, keeper).orders(HOUR)
    assert raised.value.code == "undefinedField"
    with partner(answer(200, {"errors": "Not Found"})) as there, pytest.raises(Refused):
        client_at(there.url, keeper).orders(HOUR)


def test_a_page_that_promises_more_and_does_not_say_where_is_no_last_page() -> None:
    more = {"data": {"orders": {"nodes": [], "pageInfo": {"hasNextPage": True}}}}
    with partner(answer(200, more)) as there, pytest.raises(Unavailable, match="promised"):
        client_at(there.url, Keeper(tokens())).orders(HOUR)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ order(id: 1) { nobodyKnowsThis } }", "undefinedField"),
        ("{ order(id: ", "PARSE_ERROR"),
        (
            '{ orders(first: 200, query: "x") { nodes { lineItems(first: 5) { nodes { id } } } } }',
            "MAX_COST_EXCEEDED",
        ),
        (
            '{ orders(first: 5, query: "x", sortKey: UPDATED_AT) { nodes { id } } }',
            "BAD_USER_INPUT",
        ),
    ],
)
def test_the_stand_in_refuses_what_shopify_would(stand_ins: Program, query: str, code: str) -> None:
    _, keeper = connected(stand_ins, "strict")
    told_of = stand_ins.call(
        "POST",
        "/shopify/strict.myshopify.com/admin/api/2026-10/graphql.json",
        {"query": query},
        headers={"X-Shopify-Access-Token": keeper.current().access_token},
    )
    assert told_of.status_code == 200
    assert told_of.json()["errors"][0]["extensions"]["code"] == code
