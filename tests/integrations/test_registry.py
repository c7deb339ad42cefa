"""Every carrier the product names has a client that keeps the same protocol."""

from __future__ import annotations

import pytest

from integrations.http import NullGate
from integrations.registry import (
    CARRIERS,
    UnknownPartner,
    authority_client,
    carrier_client,
    delivery_client,
)

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
