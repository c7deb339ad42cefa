"""Tokens of a seller and of the application: renewed in time, asked once, ended by a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.channels import ebay_auth, facts
from integrations.errors import AnswerLost, NotAuthorised, Unavailable
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
from tests.integrations.servers import answer, partner, reset

FRESH = answer(200, {"access_token": "access-2", "expires_in": 7200})


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ebay_auth, "_application_tokens", {})


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
    none = answer(200, {"fulfillments": []})
    created = answer(201, raw=b"", headers={"Location": "/shipping_fulfillment/1234567890"})
    with partner(none, answer(401, {"errors": []}), FRESH, created) as there:
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
