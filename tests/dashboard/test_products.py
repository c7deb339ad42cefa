"""A product is changed on its page; what waits for it goes on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from core.events import history
from core.jobs import drain_queue
from core.models import Event
from core.tenancy import merchant
from flows.intake import receive_products
from orders.files.orders import ParsedLine
from orders.models import Order, Product
from tests.dashboard.conftest import Shop
from tests.factories import ACTOR, an_order, product_facts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)


def a_product(shop: Shop, **fields: Any) -> Product:
    now = timezone.now()
    with merchant(shop.owner):
        facts = product_facts("CUP", **fields)
        receive_products(products=[facts], stock={"CUP": 10}, actor=ACTOR, now=now)
        return Product.objects.get(sku="CUP")


def said(product: Product, **fields: Any) -> dict[str, Any]:
    names = (
        "title", "brand", "model", "gtin", "weight_g", "length_mm", "width_mm", "height_mm",
        "nature", "hs_code", "origin_country", "customs_description", "unit_value", "currency",
        "battery",
    )  # fmt: skip
    stands = {name: getattr(product, name) for name in names}
    return {**stands, "seen_at": product.updated_at.isoformat(), **fields}


def again(shop: Shop, product: Product) -> Product:
    with merchant(shop.owner):
        return Product.objects.get(pk=product.pk)


def test_an_order_that_waited_for_the_customs_data_goes_on(shop: Shop) -> None:
    product = a_product(shop, hs_code="")
    order = an_order(shop.owner, lines=(ParsedLine(1, "1", "CUP", "", 1, Decimal("9.50")),))
    assert order.status == "held"
    client, url = shop.client(), f"/products/{product.pk}/"
    page = client.get(url).content.decode()
    assert "1 held order has it." in page
    assert "Every order of this product is held" in page
    response = client.post(url, said(product, hs_code="6911.10 0000", weight_g=431))
    assert response.status_code == 302
    for _ in ("checked anew", "allocated"):
        drain_queue(merchant_id=shop.owner.pk, queue="flow")
    with merchant(shop.owner):
        assert Order.objects.get(pk=order.pk).status == "allocated"
        (told,) = history(subject_kind="product", subject_id=product.pk)
    changed = again(shop, product)
    assert (changed.hs_code, changed.weight_g) == ("6911100000", 431)
    assert told.data["before"] == {"hs_code": "", "weight_g": product.weight_g}
    page = client.get(url).content.decode()
    assert "HS code: – → 6911100000" in page
    assert "owner@acme.example" in page
    assert "Every order of this product is held" not in page


def test_saving_what_stands_changes_nothing(shop: Shop) -> None:
    product = a_product(shop)
    response = shop.client().post(f"/products/{product.pk}/", said(product), follow=True)
    assert "nothing was changed" in response.content.decode()
    assert again(shop, product).updated_at == product.updated_at
    with merchant(shop.owner):
        assert not Event.objects.filter(subject_kind="product").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"weight_g": "0"}, {"weight_g": "-5"}, {"weight_g": "1.5"}, {"weight_g": "1e3"},
        {"weight_g": "1000001"}, {"weight_g": "９９９９９９９９９９"}, {"length_mm": ""},
        {"height_mm": "20001"}, {"title": ""}, {"title": "a\x00b"}, {"title": "x" * 301},
        {"unit_value": "NaN"}, {"unit_value": "-1"}, {"unit_value": "Infinity"},
        {"unit_value": "1.005"}, {"unit_value": "99999999999.00"}, {"currency": "XXX"},
        {"currency": "eur"}, {"battery": "huge"}, {"nature": ""}, {"hs_code": "998877"},
        {"hs_code": "12345"}, {"hs_code": "००११२२"}, {"origin_country": "XX"},
        {"gtin": "4006381333932"}, {"customs_description": "x" * 201}, {"seen_at": ""},
        {"seen_at": "yesterday"},
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_explained_and_changes_nothing(
    shop: Shop, wrong: dict[str, str]
) -> None:
    product = a_product(shop)
    response = shop.client().post(f"/products/{product.pk}/", said(product, **wrong))
    assert response.status_code == 400
    assert again(shop, product).updated_at == product.updated_at


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(shop: Shop) -> None:
    product = a_product(shop)
    stale = said(product, title="Mine")
    client, url = shop.client("operations"), f"/products/{product.pk}/"
    assert client.post(url, said(product, title="Theirs")).status_code == 302
    response = client.post(url, stale)
    assert response.status_code == 409
    page = response.content.decode()
    assert "Somebody changed it meanwhile" in page
    assert 'value="Theirs"' in page
    assert again(shop, product).title == "Theirs"
    # The page that says so can be saved.
    assert client.post(url, said(again(shop, product), title="Mine")).status_code == 302
    assert again(shop, product).title == "Mine"


def test_a_member_who_may_only_read_sees_and_cannot_save(shop: Shop) -> None:
    product = a_product(shop, title="A cup <b>")
    client, url = shop.client("read_only"), f"/products/{product.pk}/"
    page = client.get(url).content.decode()
    assert "A cup &lt;b&gt;" in page
    assert "Save the product" not in page
    assert client.post(url, said(product, title="Mine")).status_code == 403
    assert again(shop, product).title == "A cup <b>"


def test_a_file_that_changes_a_product_stands_in_its_history(shop: Shop) -> None:
    product = a_product(shop)
    a_product(shop, unit_value=Decimal("12.5"))
    with merchant(shop.owner):
        (told,) = history(subject_kind="product", subject_id=product.pk)
    assert told.actor == ACTOR
    assert (told.data["before"], told.data["after"]) == (
        {"unit_value": "8.00"},
        {"unit_value": "12.50"},
    )
