""" "Too many calls" inside a good answer reaches the gate, so that other workers stay away too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.channels.base import Window
from integrations.errors import RateLimited
from integrations.registry import channel_client
from tests.integrations.channels.reading import Hearing, Keeper, tokens
from tests.integrations.servers import answer, partner

NOW = datetime(2026, 11, 26, tzinfo=UTC)
THROTTLED = {
    "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
    "extensions": {
        "cost": {
            "requestedQueryCost": 800,
            "actualQueryCost": None,
            "throttleStatus": {
                "maximumAvailable": 2000,
                "currentlyAvailable": 300,
                "restoreRate": 100.0,
            },
        }
    },
}
BANNED = {"type": "ISV", "code": "ApiCallLimit", "message": "this ban will last 7 seconds"}


@pytest.mark.parametrize(
    ("kind", "credentials", "told", "wait_s"),
    [
        ("shopify", {"client_id": "c", "client_secret": "s"}, THROTTLED, 5.0),
        ("aliexpress", {"app_key": "12345678", "app_secret": "helloworld"}, BANNED, 7.0),
    ],
)
def test_the_gate_hears_of_it_as_of_a_429(
    kind: str, credentials: dict[str, str], told: dict[str, Any], wait_s: float
) -> None:
    gate = Hearing()
    with partner(answer(200, told)) as there, pytest.raises(RateLimited) as raised:
        channel_client(
            kind,
            credentials=credentials,
            base_url=there.url,
            gate=gate,
            tokens=Keeper(tokens()),
            account="demo.myshopify.com",
            clock=lambda: NOW,
        ).orders(Window(NOW - timedelta(hours=1), NOW))
    assert raised.value.retry_after_s == wait_s
    assert gate.heard == [("orders", 200, ""), ("orders", 429, f"{wait_s:g}")]
