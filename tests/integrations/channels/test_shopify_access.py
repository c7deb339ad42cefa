"""Shopify: addresses, consent, tokens and webhooks let nobody in who should not be."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import requests

from integrations.channels import facts
from integrations.channels.base import BadSignature
from integrations.channels.shopify import Shopify
from integrations.channels.shopify_access import return_signature, shop_domain, shop_url
from integrations.errors import NotAuthorised, Refused, Unavailable
from integrations.http import NullGate
from integrations.registry import channel_client, channel_consent
from tests.integrations.channels.reading import Keeper, tokens
from tests.integrations.channels.shopify_shop import (
    CREDENTIALS,
    HOUR,
    NOW,
    body,
    client_at,
    connected,
    seed,
)
from tests.sandbox.program import Program


@pytest.mark.parametrize(
    "address",
    [
        "",
        "demo",
        "demo.myshopify.com.evil.example",
        "evil.example/demo.myshopify.com",
        "demo.myshopify.com/admin",
        "demo.myshopify.com:8080",
        "user@demo.myshopify.com",
        "demo.myshopify.com@evil.example",
        "127.0.0.1",
        "169.254.169.254",
        "demo_1.myshopify.com",
        "-demo.myshopify.com",
        "a.b.myshopify.com",
        ".myshopify.com",
        "demo.myshopify.com\n.evil.example",
        "demo.myshopify.com#",
        "dёmo.myshopify.com",
        "{shop}.myshopify.com",
        f"{'a' * 64}.myshopify.com",
    ],
)
def test_no_address_but_a_shops_own_is_ever_called(address: str) -> None:
    with pytest.raises(Refused) as raised:
        shop_url("https://{shop}", address)
    assert (raised.value.field, raised.value.code) == ("shop", "invalid_shop")


def test_a_client_without_a_shop_reads_pushes_and_calls_nobody() -> None:
    client = channel_client(
        "shopify",
        credentials=CREDENTIALS,
        base_url="https://{shop}",
        gate=NullGate(),
        tokens=Keeper(tokens()),
        account="",
    )
    content = b'{"id": 7}'
    assert client.read_push(webhook(content), content).account == "demo.myshopify.com"
    headers = webhook(content, shop="evil.example")
    with pytest.raises(BadSignature):
        client.read_push(headers, content)
    with pytest.raises(Refused) as raised:
        client.order("7")
    assert raised.value.code == "invalid_shop"
    with pytest.raises(Refused):
        channel_consent(
            "shopify",
            credentials=CREDENTIALS,
            base_url="https://{shop}",
            gate=NullGate(),
            options={},
        )


def test_a_merchant_who_says_yes_comes_back_signed(stand_ins: Program) -> None:
    consent = channel_consent(
        "shopify",
        credentials=CREDENTIALS,
        base_url=f"{stand_ins.url}/shopify",
        gate=NullGate(),
        options={"shop": "yes.myshopify.com"},
    )
    page = consent.authorize_url("7-abc", "https://x.example/back")
    gone = requests.get(page, allow_redirects=False, timeout=15)
    assert gone.status_code == 302
    came = dict(parse_qsl(urlsplit(gone.headers["Location"]).query))
    assert came["state"] == "7-abc"
    assert consent.exchange(came, "https://x.example/back").account == "yes.myshopify.com"


def test_a_shops_address_is_put_into_the_configured_one() -> None:
    assert shop_domain(" Demo-1.myshopify.com ") == "demo-1.myshopify.com"
    assert shop_url("https://{shop}", "demo.myshopify.com") == "https://demo.myshopify.com"
    assert shop_url("http://127.0.0.1:1/shopify/{shop}", "a.myshopify.com") == (
        "http://127.0.0.1:1/shopify/a.myshopify.com"
    )
    assert shop_url("http://127.0.0.1:1/shopify", "a.myshopify.com") == (
        "http://127.0.0.1:1/shopify/a.myshopify.com"
    )


def test_the_consent_page_and_a_return_that_shopify_signed(stand_ins: Program) -> None:
    consent = channel_consent(
        "shopify",
        credentials=CREDENTIALS,
        base_url="https://{shop}",
        gate=NullGate(),
        options={"shop": "demo.myshopify.com"},
    )
    parts = urlsplit(consent.authorize_url("st&te", "https://x.example/back"))
    assert (parts.netloc, parts.path) == ("demo.myshopify.com", "/admin/oauth/authorize")
    asked = parse_qs(parts.query)
    assert asked["state"] == ["st&te"]
    assert "write_merchant_managed_fulfillment_orders" in asked["scope"][0]
    client, keeper = connected(stand_ins, "demo")
    assert keeper.current().account == "demo.myshopify.com"
    assert keeper.current().refresh_expires_at is not None
    assert client.orders(HOUR).orders == ()


def test_a_return_that_is_forged_old_or_another_shops_is_refused() -> None:
    consent = channel_consent(
        "shopify",
        credentials=CREDENTIALS,
        base_url="http://127.0.0.1:9/{shop}",
        gate=NullGate(),
        options={"shop": "demo.myshopify.com"},
    )
    good = {
        "code": "c",
        "shop": "demo.myshopify.com",
        "state": "s",
        "timestamp": str(int(NOW.timestamp())),
    }
    old = {**good, "timestamp": str(int(NOW.timestamp()) - 3600)}
    other = {**good, "shop": "other.myshopify.com"}
    for parameters, secret in (
        (good, "wrong"),
        (old, "stand-in"),
        (other, "stand-in"),
    ):
        signed = {**parameters, "hmac": return_signature(secret, parameters)}
        with pytest.raises(NotAuthorised, match="did not sign"):
            consent.exchange(signed, "")
    with pytest.raises(NotAuthorised, match="did not sign"):
        consent.exchange(good, "")
    # Signed and fresh: it goes on to the token call, to a port where nobody listens.
    with pytest.raises(Unavailable):
        consent.exchange({**good, "hmac": return_signature("stand-in", good)}, "")


def test_a_return_cannot_hide_one_parameter_in_another() -> None:
    assert return_signature("s", {"a": "1&b=2"}) != return_signature("s", {"a": "1", "b": "2"})


def test_a_token_is_renewed_before_its_end_and_once_when_refused(stand_ins: Program) -> None:
    client, keeper = connected(stand_ins, "renew")
    first = keeper.current()
    keeper.tokens = replace(first, access_expires_at=datetime.now(UTC) + timedelta(minutes=4))
    client.orders(HOUR)
    assert keeper.renewals == 1
    keeper.tokens = replace(keeper.current(), access_token="shpat_nobody")
    client.orders(HOUR)
    assert keeper.renewals == 2
    # The first refresh token was retired when its successor was used.
    keeper.tokens = replace(first, access_token="shpat_nobody")
    with pytest.raises(NotAuthorised, match="invalid_grant"):
        client.orders(HOUR)


def test_a_lost_renewal_is_asked_for_again(stand_ins: Program) -> None:
    client, keeper = connected(stand_ins, "lost")
    keeper.tokens = replace(keeper.current(), access_token="shpat_nobody")
    stand_ins.fault(partner="shopify", operation="token", kind="lost_answer")
    with pytest.raises(Unavailable):
        client.orders(HOUR)
    assert client.orders(HOUR).orders == ()


def test_another_shops_token_opens_nothing(stand_ins: Program) -> None:
    _, keeper = connected(stand_ins, "mine")
    seed(stand_ins, "theirs", body(1401))
    other = Shopify.connect(
        credentials=CREDENTIALS,
        base_url=f"{stand_ins.url}/shopify/{{shop}}",
        gate=NullGate(),
        tokens=Keeper(replace(keeper.current(), refresh_token="")),
        account="theirs.myshopify.com",
        options={},
    )
    with pytest.raises(NotAuthorised):
        other.order("1401")


def webhook(
    content: bytes, *, shop: str = "demo.myshopify.com", topic: str = "orders/updated"
) -> dict[str, str]:
    digest = hmac.new(b"stand-in", content, hashlib.sha256).digest()
    return {
        "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
        "X-Shopify-Shop-Domain": shop,
        "X-Shopify-Topic": topic,
        "X-Shopify-Webhook-Id": "b54557e4",
    }


def test_a_webhook_names_the_order_to_read_anew() -> None:
    client = client_at("http://127.0.0.1:9", Keeper(None))
    content = json.dumps({"id": 820982911946154508, "note": "für Ana"}).encode()
    push = client.read_push(webhook(content), content)
    assert (push.event_id, push.topic) == ("b54557e4", "orders/updated")
    assert push.external_orders == ("820982911946154508",)
    refund = json.dumps({"id": 5, "order_id": 9}).encode()
    assert client.read_push(webhook(refund, topic="refunds/create"), refund).external_orders == (
        "9",
    )
    for headers, sent in (
        (webhook(content), content + b" "),
        ({}, content),
        (webhook(content, shop="other.myshopify.com"), content),
        ({**webhook(content), "X-Shopify-Hmac-Sha256": "é"}, content),
    ):
        with pytest.raises(BadSignature):
            client.read_push(headers, sent)


def test_facts_name_their_source() -> None:
    for channel in ("shopify", "aliexpress"):
        rows = facts.limits(channel, on=NOW.date())
        assert rows
        assert all(row.source and row.confidence and row.rate_per_s > 0 for row in rows)
        code = facts.carrier_code(channel, "dhl_express", on=NOW.date())
        assert code is not None
        assert code.source
    assert facts.carrier_code("shopify", "line", on=NOW.date()) is None
