"""Products over the API."""

from __future__ import annotations

import pytest

from core.models import Merchant
from tests.api.conftest import Api
from tests.factories import PRODUCT

BODY = {**PRODUCT, "sku": "NEW-1"}
WITHOUT_SKU = {name: value for name, value in BODY.items() if name != "sku"}


def test_a_new_product_is_created_with_its_stock(api: Api) -> None:
    answer = api.post("/products", {**BODY, "stock": 12})
    assert answer.status_code == 201, answer.content
    assert answer.json()["stock"] == {"on_hand": 12, "reserved": 0, "available": 12}
    assert api.get("/products/NEW-1").json() == answer.json()


def test_the_same_product_again_is_harmless_and_another_is_refused(api: Api) -> None:
    assert api.post("/products", BODY).status_code == 201
    assert api.post("/products", BODY).status_code == 200
    other = api.post("/products", {**BODY, "weight_g": 351})
    assert (other.status_code, other.json()["code"]) == (409, "product_differs")
    assert api.get("/products/NEW-1").json()["weight_g"] == 350


def test_put_writes_a_product_whole_also_under_a_sku_with_slashes(api: Api) -> None:
    first = api.put("/products/A%2FB%20ü", WITHOUT_SKU)
    second = api.put("/products/A%2FB%20ü", {**WITHOUT_SKU, "weight_g": 400})
    assert (first.status_code, second.status_code) == (201, 200)
    said = api.get("/products/A%2FB%20ü").json()
    assert (said["sku"], said["weight_g"]) == ("A/B ü", 400)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"weight_g": 0}, "weight_g"),
        ({"weight_g": "350"}, "weight_g"),
        ({"weight_g": True}, "weight_g"),
        ({"weight_g": 10**40}, "weight_g"),
        ({"unit_value": "-1"}, "unit_value"),
        ({"unit_value": "1.234"}, "unit_value"),
        ({"unit_value": "1e999999999"}, "unit_value"),
        ({"unit_value": "NaN"}, "unit_value"),
        ({"currency": "EURO"}, "currency"),
        ({"currency": "XXQ"}, "currency"),
        ({"gtin": "4006381333930"}, "gtin"),
        ({"hs_code": "98xxxx"}, "hs_code"),
        ({"origin_country": "QQ"}, "origin_country"),
        ({"battery": "lithium"}, "battery"),
        ({"title": "a\x00b"}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"title": {"en": "Mug"}}, "title"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_a_faulty_field_is_named_and_nothing_is_written(
    api: Api, changed: dict[str, object], field: str
) -> None:
    answer = api.post("/products", {**BODY, **changed})
    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]
    assert api.get("/products/NEW-1").status_code == 404


def test_products_are_listed_newest_first_and_by_gtin(api: Api) -> None:
    api.post("/products", {**BODY, "gtin": "4006381333931"})
    listed = [row["sku"] for row in api.get("/products").json()["results"]]
    assert listed == ["NEW-1", "BOWL-RED", "MUG-BLUE"]
    found = api.get("/products?gtin=4006381333931").json()["results"]
    assert [row["sku"] for row in found] == ["NEW-1"]


def test_another_merchants_product_does_not_exist(api: Api, rival_api: Api, acme: Merchant) -> None:
    assert rival_api.get("/products/MUG-BLUE").status_code == 404
    assert rival_api.put("/products/MUG-BLUE", {**WITHOUT_SKU, "weight_g": 1}).status_code == 201
    assert api.get("/products/MUG-BLUE").json()["weight_g"] == 350
