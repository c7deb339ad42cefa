"""Listings and changes of an order through the API."""

from __future__ import annotations

from typing import Any

import pytest

from core.models import Merchant
from core.tenancy import merchant
from orders.models import ChannelListing, Order
from tests.api.conftest import Api
from tests.factories import a_packed_parcel, a_product, order_body
from tests.flows.conftest import work


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)


def waiting(api: Api, code: str = "mug_blue") -> str:
    body = order_body(lines=[{"sku": code, "quantity": 1, "unit_price": "9", "title": "A mug"}])
    return str(api.post("/orders", body).json()["reference"])


def test_an_unmapped_code_is_listed_with_suggestions_and_mapped(api: Api, acme: Merchant) -> None:
    reference = waiting(api)
    listed = api.get("/listings?status=unmapped").json()["results"]
    assert [(row["code"], row["channel"], row["title"]) for row in listed] == [
        ("mug_blue", "api", "A mug")
    ]
    path = f"/listings/{listed[0]['id']}"
    shown = api.get(path).json()
    assert (shown["waiting_orders"], shown["suggestions"][0]["sku"]) == (1, "MUG-BLUE")
    mapped = api.put(path, {"parts": [{"sku": "MUG-BLUE"}]}).json()
    assert (mapped["status"], mapped["is_releasing"]) == ("mapped", True)
    assert mapped["parts"] == [{"sku": "MUG-BLUE", "quantity": 1}]
    work(acme)
    assert api.get(path).json()["orders_released"] == 1
    assert api.get(f"/orders/{reference}").json()["status"] == "allocated"


def test_a_mapping_is_strict(api: Api) -> None:
    waiting(api)
    path = f"/listings/{api.get('/listings').json()['results'][0]['id']}"
    bodies: list[dict[str, Any]] = [
        {}, {"parts": []}, {"parts": [{"sku": "MUG-BLUE"}], "ignored": True},
        {"parts": [{"sku": "MUG-BLUE"}, {"sku": "MUG-BLUE"}]}, {"parts": [{"sku": "NONE"}]},
        {"parts": [{"sku": "MUG-BLUE", "quantity": 0}]}, {"part": []},
    ]  # fmt: skip
    for body in bodies:
        assert api.put(path, body).status_code == 400, body
    assert api.put("/listings/999999", {"ignored": True}).status_code == 404


def test_a_code_may_be_mapped_before_its_first_order(api: Api, acme: Merchant) -> None:
    a_product(acme, "COASTER")
    body = {"channel": "shop", "code": "SET-1", "parts": [
        {"sku": "MUG-BLUE", "quantity": 1}, {"sku": "COASTER", "quantity": 2},
    ]}  # fmt: skip
    assert api.post("/listings", body).status_code == 201
    lines = [{"sku": "SET-1", "quantity": 1, "unit_price": "9.99"}]
    order = api.post("/orders", order_body(channel="shop", lines=lines)).json()
    assert order["status"] == "accepted"
    assert sum(float(row["unit_price"]) * row["quantity"] for row in order["lines"]) == 9.99
    assert {row["sku"] for row in order["lines"]} == {"MUG-BLUE", "COASTER"}


def test_recheck_correct_and_cancel(api: Api, acme: Merchant) -> None:
    body = order_body()
    body["address"] = {**body["address"], "postal_code": "1055"}
    reference = api.post("/orders", body).json()["reference"]
    assert api.post(f"/orders/{reference}/recheck").json()["open_holds"] == ["address"]
    corrected = api.post(f"/orders/{reference}/correct", {"postal_code": "10557"}).json()
    assert corrected == {"reference": reference, "status": "accepted", "open_holds": []}
    assert api.post(f"/orders/{reference}/correct", {}).status_code == 400
    assert api.post(f"/orders/{reference}/cancel", {}).status_code == 400
    for _ in range(2):
        answer = api.post(f"/orders/{reference}/cancel", {"reason": "Buyer asked"})
        assert answer.json()["status"] == "cancelled"
    assert api.post("/orders/WBNONE/cancel", {"reason": "x"}).status_code == 404


def test_what_is_too_late_says_what_to_do(api: Api, acme: Merchant) -> None:
    body = order_body()
    reference = api.post("/orders", body).json()["reference"]
    with merchant(acme):
        a_packed_parcel(acme, Order.objects.get(reference=reference))
    refused = api.post(f"/orders/{reference}/cancel", {"reason": "x"})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_late")
    assert "is packed" in refused.json()["detail"]
    assert api.post("/orders", {**body, "note": "new"}).status_code == 409
    conflict = api.get(f"/orders/{reference}/conflicts").json()["results"][0]
    assert conflict["differences"] == [{"field": "note", "ours": "", "theirs": "new"}]
    path = f"/orders/{reference}/conflicts/{conflict['id']}"
    assert api.post(path, {"choice": "take"}).json()["code"] == "too_late"
    assert api.post(path, {"choice": "keep"}).status_code == 200
    assert api.post(path, {"choice": "keep"}).json()["code"] == "already_decided"


def test_an_unknown_product_is_not_released_by_hand(api: Api, acme: Merchant) -> None:
    reference = waiting(api, "NEW")
    hold = api.get(f"/orders/{reference}").json()["holds"][0]
    refused = api.post(f"/orders/{reference}/holds/{hold['id']}/release")
    assert (refused.status_code, refused.json()["code"]) == (409, "hold_still_applies")
    a_product(acme, "NEW")
    released = api.post(f"/orders/{reference}/holds/{hold['id']}/release").json()
    assert released["status"] == "accepted"
    with merchant(acme):
        assert ChannelListing.objects.get().status == "mapped"
