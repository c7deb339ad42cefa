"""Keys, roles and Idempotency-Key."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from core.models import Merchant
from core.tenancy import merchant
from orders.models import Order
from tests.api.conftest import Api
from tests.factories import NOW, an_api_key, an_order, order_body


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wb_00000000_nonsense"},
        {"Authorization": "Bearer " + "wb_" + "x" * 500},
        {"Authorization": "Basic d2I6d2I="},
        {"Authorization": "Bearer"},
    ],
)
def test_without_a_good_key_nothing_is_answered(
    acme: Merchant, client: Client, headers: dict[str, str]
) -> None:
    answer = client.get("/api/v1/orders", headers=headers)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_revoked_key_ends_at_once(acme: Merchant, client: Client) -> None:
    from accounts.models import ApiKey
    from accounts.services import revoke_api_key

    api = Api(an_api_key(acme), client)
    assert api.get("/orders").status_code == 200
    with merchant(acme):
        revoke_api_key(key_id=ApiKey.objects.get().pk, actor="test", now=NOW)
    assert api.get("/orders").status_code == 401


def test_a_role_that_may_read_may_not_write(read_only_api: Api, acme: Merchant) -> None:
    assert read_only_api.get("/orders").status_code == 200
    assert read_only_api.post("/orders", order_body()).status_code == 403
    assert read_only_api.put("/products/X", {}).status_code == 403
    with merchant(acme):
        assert not Order.objects.exists()


def test_the_same_key_and_body_get_the_first_answer_again(api: Api, acme: Merchant) -> None:
    body, headers = order_body(), {"Idempotency-Key": "try-1"}
    first = api.post("/orders", body, headers=headers)
    again = api.post("/orders", body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("path", ["/orders", "/products"])
def test_the_same_key_with_another_request_is_a_conflict(api: Api, path: str) -> None:
    headers = {"Idempotency-Key": "try-2"}
    assert api.post("/orders", order_body(), headers=headers).status_code == 201
    answer = api.post(path, order_body() if path == "/orders" else PRODUCT, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")


PRODUCT: dict[str, Any] = {
    "sku": "K-1", "title": "Mug", "weight_g": 1, "length_mm": 1, "width_mm": 1, "height_mm": 1,
    "unit_value": "1", "currency": "EUR", "battery": "none",
}  # fmt: skip


def test_two_merchants_may_use_the_same_key(api: Api, rival_api: Api) -> None:
    headers = {"Idempotency-Key": "same"}
    first = api.post("/orders", order_body(), headers=headers).json()
    second = rival_api.post("/orders", order_body(), headers=headers).json()
    assert first["reference"] != second["reference"]


def test_a_refused_call_stores_nothing_under_its_key(api: Api) -> None:
    headers = {"Idempotency-Key": "try-3"}
    assert api.post("/orders", {}, headers=headers).status_code == 400
    assert api.post("/orders", order_body(), headers=headers).status_code == 201


@pytest.mark.parametrize("key", ["x" * 201, "naïve", "tab\there"])
def test_a_key_that_cannot_be_kept_is_refused(api: Api, key: str) -> None:
    answer = api.post("/orders", order_body(), headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_idempotency_key")


def test_unknown_addresses_of_the_api_are_problems_too(api: Api, acme: Merchant) -> None:
    an_order(acme)
    for path in ("/nothing", "/orders/%00", "/documents/99999999999999999999/content", "/"):
        answer = api.get(path)
        assert answer.status_code == 404, path
        assert answer["Content-Type"] == "application/problem+json", path


def test_a_method_a_route_does_not_have_is_405(api: Api) -> None:
    answer = api.call("DELETE", "/orders")
    assert answer.status_code == 405
    assert answer["Content-Type"] == "application/problem+json"
