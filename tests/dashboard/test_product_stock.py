"""A product's stock as a member sees it: how long it lasts, its lots, its levels, its kit."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from core.tenancy import merchant
from flows.replenishing import measure_everybody
from orders.models import KitPart, Product
from tests.dashboard.conftest import Shop
from tests.factories import a_product
from warehouse.models import StockLevel

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)


def id_of(shop: Shop, sku: str) -> int:
    with merchant(shop.owner):
        return Product.objects.get(sku=sku).pk


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_a_minimum_warns_on_today_and_in_the_list(shop: Shop) -> None:
    owner = shop.client("owner")
    a_product(shop.owner, "PLENTY")
    path = f"/products/{id_of(shop, 'MUG-BLUE')}/stock/"
    said = {"action": "level", "warehouse": "szx1", "minimum": "500", "maximum": "800"}
    assert owner.post(path, said).status_code == 302
    page = text(owner, path)
    assert "below the minimum of 500" in page
    assert "Products that run low" not in text(owner, "/")
    measure_everybody(now=timezone.now())
    today = text(owner, "/")
    assert "Products that run low" in today
    assert "/products/?low=1" in today
    low = text(owner, "/products/?low=1")
    assert "below the minimum of 500" in low
    assert "PLENTY" not in low
    assert b"PLENTY" not in b"".join(owner.get("/products/export.csv?low=1").streaming_content)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "said",
    [
        {"action": "level", "warehouse": "szx1", "minimum": "9", "maximum": "8"},
        {"action": "level", "warehouse": "szx1", "minimum": "x"},
        {"action": "level", "warehouse": "nowhere"},
        {"action": "kit", "sku": "NONE", "quantity": "1"},
        {"action": "kit", "sku": "MUG-BLUE", "quantity": "1"},
        {"action": "lasting", "days": "9999"},
        {"action": ""},
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(shop: Shop, said: dict[str, str]) -> None:
    path = f"/products/{id_of(shop, 'MUG-BLUE')}/stock/"
    answer = shop.client("owner").post(path, said)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    with merchant(shop.owner):
        assert not StockLevel.objects.exists()
        assert not KitPart.objects.exists()


def test_a_kit_is_defined_on_its_page_and_named_in_the_list(shop: Shop) -> None:
    owner = shop.client("owner")
    a_product(shop.owner, "SET", stock=0)
    path = f"/products/{id_of(shop, 'SET')}/stock/"
    said = {"action": "kit", "sku": ["MUG-BLUE", ""], "quantity": ["4", "1"]}
    assert owner.post(path, said).status_code == 302
    page = text(owner, path)
    assert "A kit: 25 can leave from one warehouse now." in page
    assert "4 × MUG-BLUE" in page
    assert "a kit: made of others" in text(owner, "/products/")
    assert owner.post(path, {"action": "lasting", "days": "30"}).status_code == 302
    with merchant(shop.owner):
        assert Product.objects.get(sku="SET").min_days_left == 30


def test_those_who_only_read_see_no_form(shop: Shop) -> None:
    path = f"/products/{id_of(shop, 'MUG-BLUE')}/stock/"
    reader = shop.client("read_only")
    assert 'name="action"' not in text(reader, path)
    assert reader.post(path, {"action": "lasting", "days": "3"}).status_code == 403
