"""How many calls a key may make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from core import rates
from core.models import Merchant
from tests.api.conftest import Api
from tests.factories import an_api_key


@pytest.fixture(autouse=True)
def small_bucket(services: object, settings: Any) -> Iterator[None]:
    """Three calls at once, one in ten seconds; buckets of other tests are emptied."""
    settings.API_RATE = {"burst": 3, "per_second": 0.1}
    rates._Quiet.until = 0.0
    cache.clear()
    yield
    cache.clear()


def test_a_key_that_calls_too_often_is_told_how_long_to_wait(
    acme: Merchant, client: Client
) -> None:
    api, other = Api(an_api_key(acme), client), Api(an_api_key(acme), client)
    assert [api.get("/orders").status_code for _ in range(3)] == [200, 200, 200]
    refused = api.get("/orders")
    assert refused.status_code == 429
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "rate_limited"
    assert 1 <= int(refused["Retry-After"]) <= 10
    assert other.get("/orders").status_code == 200


def test_a_refused_call_changes_nothing(acme: Merchant, client: Client) -> None:
    from tests.factories import order_body

    api = Api(an_api_key(acme), client)
    for _ in range(3):
        api.get("/orders")
    assert api.post("/orders", order_body()).status_code == 429
    later = Api(an_api_key(acme), client)
    assert later.get("/orders").json()["results"] == []
