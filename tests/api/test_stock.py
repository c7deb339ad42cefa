"""Stock by lot, levels and kits through the API."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from core.models import Merchant
from core.tenancy import merchant
from orders.models import Product
from tests.api.conftest import Api
from tests.factories import ACTOR, a_product
from warehouse.models import Location
from warehouse.services import Goods, transfer


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)


def brought(owner: Merchant, sku: str, *goods: tuple[int, str, date | None, str]) -> None:
    with merchant(owner):
        product = Product.objects.get(sku=sku)
        transfer(
            goods=[Goods(product.pk, *each) for each in goods],
            from_location=Location.objects.get(kind="supplier"),
            to_location=Location.objects.get(code="A-01"),
            reason="received", reference=sku, actor=ACTOR, now=timezone.now(),
        )  # fmt: skip


def test_stock_is_told_by_lot_expiry_and_condition(api: Api, acme: Merchant) -> None:
    a_product(acme, "CREAM", stock=0)
    far, past = date(2040, 1, 31), date(2020, 1, 31)
    brought(
        acme, "CREAM", (5, "L1", far, "good"), (3, "L1", past, "good"), (2, "", None, "damaged")
    )
    told = api.get("/stock/CREAM").json()
    assert told["available"] == 5
    assert {
        (row["lot"], row["expires_on"], row["condition"]): (row["on_hand"], row["available"])
        for row in told["lots"]
    } == {
        ("L1", "2040-01-31", "good"): (5, 5),
        ("L1", "2020-01-31", "good"): (3, 0),
        ("", None, "damaged"): (2, 0),
    }
    shown = api.get("/products/CREAM").json()["stock"]
    assert shown == {"on_hand": 10, "reserved": 0, "available": 5}


def test_a_minimum_and_maximum_are_set_in_order(api: Api, acme: Merchant) -> None:
    body = {"warehouse": "szx1", "minimum": 500, "maximum": 900}
    [house] = api.put("/stock/MUG-BLUE", body).json()["warehouses"]
    assert (house["minimum"], house["maximum"], house["is_low"]) == (500, 900, True)
    bad: list[dict[str, Any]] = [
        {**body, "maximum": 499}, {"warehouse": "szx1", "maximum": 3}, {"warehouse": "nowhere"},
        {**body, "minimum": -1},
    ]  # fmt: skip
    for each in bad:
        assert api.put("/stock/MUG-BLUE", each).status_code == 400
    assert api.get("/stock/NONE").status_code == 404


def test_a_kit_is_defined_and_says_how_many_can_leave(api: Api, acme: Merchant) -> None:
    a_product(acme, "SET", stock=0)
    a_product(acme, "CAP", stock=7)
    parts = [{"sku": "MUG-BLUE", "quantity": 1}, {"sku": "CAP", "quantity": 2}]
    told = api.put("/kits/SET", {"parts": parts, "min_days_left": 10}).json()
    assert (told["parts"], told["available"], told["min_days_left"]) == (parts, 3, 10)
    assert api.get("/products/SET").json()["stock"]["available"] == 3
    refused = {
        "/kits/CAP": ("kit_has_stock", [{"sku": "MUG-BLUE"}]),
        "/kits/SET": ("unknown_product", [{"sku": "NONE"}]),
    }
    for path, (code, wrong) in refused.items():
        answer = api.put(path, {"parts": wrong})
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    a_product(acme, "BOX", stock=0)
    nested = api.put("/kits/BOX", {"parts": [{"sku": "SET"}]}).json()
    assert nested["code"] == "kit_in_kit"
    assert api.put("/kits/SET", {"parts": []}).json()["parts"] == []
