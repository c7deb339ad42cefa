"""Splitting, merging and undoing over the API."""

from __future__ import annotations

from typing import Any

from core.models import Merchant
from core.tenancy import merchant
from orders.models import Order
from tests.api.conftest import Api
from tests.factories import ADDRESS, a_product, order_body

BUYER = {**ADDRESS, "name": "Anna Schmidt"}


def placed(api: Api, **fields: Any) -> dict[str, Any]:
    answer: dict[str, Any] = api.post("/orders", order_body(address=BUYER, **fields)).json()
    assert answer["status"] == "accepted", answer
    return answer


def line(answer: dict[str, Any]) -> str:
    return str(answer["lines"][0]["external_line"])


def test_an_order_is_split_by_hand_and_taken_back(api: Api, acme: Merchant) -> None:
    order = placed(api, external_order="S-1")
    here = f"/orders/{order['reference']}"
    parts = [{"lines": [{"external_line": line(order), "quantity": 1}]}]
    said = api.post(f"{here}/split", {"parts": parts}).json()
    assert [each["external_order"] for each in said["orders"]] == ["S-1/1", "S-1/2"]
    assert [each["goods_value"] for each in said["orders"]] == ["9.50", "9.50"]
    assert [each["lines"][0]["quantity"] for each in said["orders"]] == [1, 1]
    family = [each["reference"] for each in said["orders"]]
    picture = api.get(here).json()
    assert (picture["status"], picture["made_into"]) == ("split", family)
    child = api.get(f"/orders/{family[0]}").json()
    assert (child["made_by"], child["made_of"]) == ("split", [order["reference"]])
    back = api.post(f"/orders/{family[1]}/undo", {})
    assert back.status_code == 200, back.content
    assert [each["reference"] for each in back.json()["orders"]] == [order["reference"]]
    again = api.post(f"{here}/undo", {})
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_undo")
    with merchant(acme):
        assert Order.objects.get(reference=order["reference"]).status == "accepted"


def test_a_repeated_split_with_its_key_is_answered_and_not_done_again(api: Api) -> None:
    order = placed(api)
    body = {"parts": [{"lines": [{"external_line": line(order), "quantity": 1}]}]}
    path = f"/orders/{order['reference']}/split"
    first = api.post(path, body, headers={"Idempotency-Key": "k-1"})
    again = api.post(path, body, headers={"Idempotency-Key": "k-1"})
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    other = api.post(path, body)
    assert (other.status_code, other.json()["code"]) == (409, "cannot_split")


def test_what_is_wrong_with_a_split_is_said(api: Api) -> None:
    order = placed(api)
    path = f"/orders/{order['reference']}/split"
    assert api.post(path, {}).status_code == 400
    assert api.post(path, {"by": "value"}).status_code == 400
    unknown = {"parts": [{"lines": [{"external_line": "no", "quantity": 1}]}]}
    assert api.post(path, unknown).json()["code"] == "unknown_pieces"
    assert api.post(path, {"by": "stock"}).json()["code"] == "all_in_stock"


def test_a_part_under_a_customs_limit_needs_a_reason(api: Api, acme: Merchant) -> None:
    a_product(acme, "LAMP", unit_value="40.00", hs_code="9405210000")
    order = placed(api, lines=[{"sku": "LAMP", "quantity": 5, "unit_price": "40.00"}])
    path = f"/orders/{order['reference']}/split"
    body = {"by": "value", "limit": "150.00"}
    asked = api.post(path, body)
    assert (asked.status_code, asked.json()["code"]) == (409, "under_customs_limit")
    assert "150 EUR" in asked.json()["detail"]
    done = api.post(path, {**body, "reason": "shipped on two days"})
    assert [each["goods_value"] for each in done.json()["orders"]] == ["120.00", "80.00"]


def test_orders_of_one_door_are_found_and_merged(api: Api) -> None:
    one, two = placed(api), placed(api, lines=[{"sku": "MUG-BLUE", "quantity": 1}])
    (group,) = api.get("/orders/together").json()["results"]
    references = [one["reference"], two["reference"]]
    assert [each["reference"] for each in group["orders"]] == references
    assert group["against"] == []
    said = api.post("/orders/merge", {"references": references})
    assert said.status_code == 200, said.content
    (made,) = said.json()["orders"]
    assert made["external_order"] == f"{one['external_order']}+1"
    assert sum(each["quantity"] for each in made["lines"]) == 3
    assert api.get("/orders/together").json()["results"] == []
    refused = api.post("/orders/merge", {"references": references})
    assert (refused.status_code, refused.json()["code"]) == (409, "order_gone")


def test_orders_of_others_are_not_there(api: Api) -> None:
    assert api.post("/orders/merge", {"references": ["WB000000000"]}).status_code == 404
