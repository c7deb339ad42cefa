"""AliExpress: consent, tokens, limits, errors and pushes, against the running stand-in."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import requests

from integrations.channels.aliexpress import AliExpress
from integrations.channels.aliexpress_signing import push_signature
from integrations.channels.base import (
    BadSignature,
)
from integrations.errors import NotAuthorised, RateLimited, Refused, Unavailable
from integrations.http import NullGate
from integrations.registry import channel_consent
from tests.integrations.channels.aliexpress_seller import CREDENTIALS, HOUR, client_at, connected
from tests.integrations.channels.reading import Keeper
from tests.integrations.servers import answer, partner
from tests.sandbox.program import Program


def test_the_consent_page_is_named_with_all_the_gateway_asks_for() -> None:
    consent = channel_consent(
        "aliexpress",
        credentials=CREDENTIALS,
        base_url="https://api-sg.aliexpress.com",
        gate=NullGate(),
    )
    parts = urlsplit(consent.authorize_url("st&te", "https://x.example/back?a=1"))
    assert (parts.netloc, parts.path) == ("api-sg.aliexpress.com", "/oauth/authorize")
    assert parse_qs(parts.query) == {
        "response_type": ["code"],
        "force_auth": ["true"],
        "client_id": ["stand-in"],
        "redirect_uri": ["https://x.example/back?a=1"],
        "state": ["st&te"],
    }
    with pytest.raises(NotAuthorised):
        consent.exchange({"error": "access_denied"}, "https://x.example/back")


def test_a_seller_who_says_yes_comes_back_with_a_code(stand_ins: Program) -> None:
    base = f"{stand_ins.url}/aliexpress"
    consent = channel_consent("aliexpress", credentials=CREDENTIALS, base_url=base, gate=NullGate())
    page = consent.authorize_url("7-abc", "https://x.example/back?a=1")
    gone = requests.get(page, allow_redirects=False, timeout=15)
    assert gone.status_code == 302
    came = dict(parse_qsl(urlsplit(gone.headers["Location"]).query))
    assert (came["a"], came["state"]) == ("1", "7-abc")
    assert consent.exchange(came, "https://x.example/back").account == "2671514005"


def test_too_many_calls_wait_as_long_as_the_gateway_says(stand_ins: Program) -> None:
    client, _ = connected(stand_ins, "limited")
    limit = {"limits": {"orders": {"rate_per_s": 0.5, "burst": 1}}}
    assert stand_ins.call("PUT", "/_shops/aliexpress/limits", limit).status_code == 200
    client.orders(HOUR)
    with pytest.raises(RateLimited) as raised:
        client.orders(HOUR)
    assert raised.value.retry_after_s == 1.0


def test_a_token_near_its_end_is_renewed_before_the_call(stand_ins: Program) -> None:
    client, keeper = connected(stand_ins, "renew")
    before = keeper.current()
    assert before.access_expires_at is not None
    assert before.refresh_expires_at is not None
    near = datetime.now(UTC) + timedelta(minutes=29)
    keeper.tokens = replace(before, access_expires_at=near)
    client.orders(HOUR)
    after = keeper.current()
    assert keeper.renewals == 1
    assert after.access_token != before.access_token
    # The answer counts 60 days from now; the consent still ends when it would have.
    assert after.refresh_expires_at == before.refresh_expires_at
    assert after.account == "renew"


def test_a_token_refused_all_the_same_is_renewed_once(stand_ins: Program) -> None:
    client, keeper = connected(stand_ins, "refused")
    keeper.tokens = replace(keeper.current(), access_token="nobody knows this one")
    assert client.orders(HOUR).orders == ()
    assert keeper.renewals == 1
    stand_ins.call("POST", "/_shops/aliexpress/refused/expire", {"kind": "access"})
    stand_ins.call("POST", "/_shops/aliexpress/refused/expire", {"kind": "refresh"})
    with pytest.raises(NotAuthorised):
        client.orders(HOUR)


def test_a_consent_that_ran_out_is_not_asked_for_in_vain(stand_ins: Program) -> None:
    client, keeper = connected(stand_ins, "ended")
    past = datetime.now(UTC) - timedelta(seconds=1)
    keeper.tokens = replace(keeper.current(), access_expires_at=past, refresh_expires_at=past)
    with pytest.raises(NotAuthorised, match="consent has run out"):
        client.orders(HOUR)


def test_a_code_works_once(stand_ins: Program) -> None:
    base = f"{stand_ins.url}/aliexpress"
    consent = channel_consent("aliexpress", credentials=CREDENTIALS, base_url=base, gate=NullGate())
    came = stand_ins.call("POST", "/_shops/aliexpress/once/consent", {}).json()["parameters"]
    assert consent.exchange(came, "").account == "once"
    with pytest.raises(NotAuthorised):
        consent.exchange(came, "")


def test_a_wrong_secret_or_clock_is_ours_to_mend(stand_ins: Program) -> None:
    client, keeper = connected(stand_ins, "wrong")
    for credentials, shift, code in (
        ({**CREDENTIALS, "app_secret": "other"}, 0, "IncompleteSignature"),
        (CREDENTIALS, 7300, "InvalidTimestamp"),
    ):
        other = AliExpress.connect(
            credentials=credentials,
            base_url=f"{stand_ins.url}/aliexpress",
            gate=NullGate(),
            tokens=Keeper(replace(keeper.current(), access_expires_at=None)),
            account="wrong",
            options={},
            clock=lambda shift=shift: datetime.fromtimestamp(time.time() + shift, UTC),  # type: ignore[misc]
        )
        with pytest.raises(Refused) as raised:
            other.orders(HOUR)
        assert raised.value.code == code
        assert "stand-in" not in str(raised.value)
    assert client.orders(HOUR).orders == ()


def test_errors_in_either_shape_and_answers_without_an_envelope(stand_ins: Program) -> None:
    _, keeper = connected(stand_ins, "shapes")
    old = {"error_response": {"code": 27, "msg": "Invalid session", "type": "ISV"}}
    busy = {"type": "ISP", "code": "ServiceTimeout", "message": "try later"}
    bare = {"result": {"success": True, "total_page": 1, "target_list": []}, "code": "0"}
    with partner(answer(200, bare)) as there:
        assert client_at(there.url, keeper).orders(HOUR).orders == ()
        assert there.seen[0].query == {"method": ["aliexpress.solution.order.get"]}
        assert keeper.current().access_token.encode() not in there.seen[0].target.encode()
    with partner(answer(200, busy)) as there, pytest.raises(Unavailable, match="ServiceTimeout"):
        client_at(there.url, keeper).orders(HOUR)
    with partner(answer(200, old)) as there, pytest.raises(NotAuthorised):
        client_at(there.url, keeper).orders(HOUR)
    with partner(answer(200, raw=b"<html>")) as there, pytest.raises(Unavailable):
        client_at(there.url, keeper).orders(HOUR)


def test_a_push_names_the_order_to_read_anew(stand_ins: Program) -> None:
    client, _ = connected(stand_ins, "push")
    told = json.dumps({"message_type": 53, "data": {"orderId": 3001}}).encode()
    sign = push_signature("stand-in", "stand-in", told)
    push = client.read_push({"Authorization": sign}, told)
    assert (push.topic, push.external_orders) == ("53", ("3001",))
    assert push.event_id == client.read_push({"authorization": sign}, told).event_id
    for headers, body_ in (({"Authorization": sign}, told + b" "), ({}, told)):
        with pytest.raises(BadSignature):
            client.read_push(headers, body_)


@pytest.mark.parametrize(
    "change",
    [
        {"page_size": 51},
        {"current_page": 0},
        {"create_date_start": "2026-01-01 00:00:00", "create_date_end": "2026-07-01 12:00:00"},
        {"create_date_start": None},
        {"modified_date_start": "2026-11-26T00:00:00Z"},
        {"pageSize": 10},
    ],
)
def test_the_stand_in_refuses_what_the_gateway_would(
    stand_ins: Program, change: dict[str, Any]
) -> None:
    client, keeper = connected(stand_ins, "strict")
    asked = {
        "current_page": 1,
        "page_size": 50,
        "create_date_start": "2026-11-01 00:00:00",
        "create_date_end": "2026-11-26 00:00:00",
        "modified_date_start": "2026-11-25 00:00:00",
        "modified_date_end": "2026-11-26 00:00:00",
    }
    changed = {name: value for name, value in {**asked, **change}.items() if value is not None}

    def ask(param0: dict[str, Any]) -> dict[str, Any]:
        return client.gateway.business(
            "aliexpress.solution.order.get",
            {"param0": json.dumps(param0)},
            access_token=keeper.current().access_token,
            operation="orders",
            repeatable=True,
        )

    assert ask(asked)["result"]["success"] is True
    with pytest.raises(Refused) as raised:
        ask(changed)
    assert raised.value.code == "InvalidParameter"
