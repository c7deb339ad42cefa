"""Every carrier the product names has a client that keeps the same protocol."""

from __future__ import annotations

import pytest

from integrations.http import NullGate
from integrations.registry import (
    CARRIERS,
    CHANNELS,
    CONSENTS,
    UnknownPartner,
    authority_client,
    carrier_client,
    channel_client,
    channel_consent,
    delivery_client,
)
from tests.integrations.channels.keepers import Keeper, tokens

EVERY_KEY = {
    "username": "u",
    "password": "p",
    "account_number": "1",
    "api_key": "k",
    "push_secret": "not used here",
}
URL = "http://127.0.0.1:1"


@pytest.mark.parametrize("code", CARRIERS)
def test_each_carrier_connects_with_its_credentials(code: str) -> None:
    client = carrier_client(code, EVERY_KEY, URL, NullGate())
    assert client.vendor in {"DHL_EXPRESS", "UPU_EMSEVT", "17TRACK"}
    assert client.events_by in {"number", "feed"}
    assert "stand" not in repr(client)


def test_an_unknown_carrier_is_named_with_those_known() -> None:
    with pytest.raises(UnknownPartner, match="no carrier 'pigeon'; known are dhl_express"):
        carrier_client("pigeon", EVERY_KEY, URL, NullGate())


def test_a_bad_base_url_is_refused_when_connecting() -> None:
    for connect in (authority_client, delivery_client):
        with pytest.raises(ValueError, match="base URL"):
            connect(EVERY_KEY, "ftp://x", NullGate())


def test_an_unknown_channel_is_named_with_those_known() -> None:
    keeper = Keeper(tokens())
    with pytest.raises(UnknownPartner, match=r"no channel 'bazaar'; known are .*amazon"):
        channel_client(
            "bazaar", credentials={}, base_url=URL, gate=NullGate(), tokens=keeper, account="1"
        )
    with pytest.raises(UnknownPartner, match="no channel 'bazaar'"):
        channel_consent("bazaar", credentials={}, base_url=URL, gate=NullGate())


def test_amazon_connects_with_its_credentials_and_hides_them() -> None:
    known = {"client_id": "i", "client_secret": "very-secret", "application_id": "a"}
    client = channel_client(
        "amazon",
        credentials=known,
        base_url="https://sellingpartnerapi-eu.amazon.com",
        gate=NullGate(),
        tokens=Keeper(tokens()),
        account="1",
    )
    assert client.kind == "amazon"
    assert "secret" not in repr(client)
    with pytest.raises(KeyError):
        channel_client(
            "amazon",
            credentials={},
            base_url=URL,
            gate=NullGate(),
            tokens=Keeper(tokens()),
            account="1",
        )


def test_amazon_sends_sellers_to_their_regions_page_and_asks_amazons_own_door() -> None:
    known = {"client_id": "i", "client_secret": "s", "application_id": "app"}
    consent = channel_consent(
        "amazon",
        credentials=known,
        base_url="https://sellingpartnerapi-eu.amazon.com",
        gate=NullGate(),
    )
    assert consent.authorize_url("a b", "https://x.example/back") == (
        "https://sellercentral-europe.amazon.com/apps/authorize/consent"
        "?application_id=app&state=a+b&redirect_uri=https%3A%2F%2Fx.example%2Fback"
    )


def test_every_channel_has_both_a_client_and_a_consent() -> None:
    assert CHANNELS.keys() == CONSENTS.keys()
