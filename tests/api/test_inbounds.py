"""Inbounds by API: announced once, listed, read and cancelled."""

from __future__ import annotations

from typing import Any

import pytest

from core.models import Merchant
from core.tenancy import merchant
from tests.floor import a_staff_member, logged_in
from tests.inbounds import Dock
from warehouse.models import Inbound, Warehouse

pytestmark = pytest.mark.django_db
PATH = "/inbounds"


def body(**fields: Any) -> dict[str, Any]:
    return {
        "warehouse": "szx1", "reference": "PO-77", "expected_on": "2026-12-01", "cartons": 3,
        "lines": [
            {"sku": "MUG-BLUE", "quantity": 10},
            {"sku": "MUG-BLUE", "quantity": 5, "lot": "L-7", "expires_on": "2027-05-31"},
        ],
        **fields,
    }  # fmt: skip


def test_announced_once_under_a_key(api: Any, acme: Merchant) -> None:
    made = api.post(PATH, body(), headers={"Idempotency-Key": "k-1"})
    again = api.post(PATH, body(), headers={"Idempotency-Key": "k-1"})
    assert (made.status_code, again.status_code) == (201, 201)
    assert made.json() == again.json()
    found = made.json()
    assert (found["number"], found["status"], found["source"]) == ("IB00001", "announced", "api")
    assert [(each["expected"], each["lot"]) for each in found["lines"]] == [(10, ""), (5, "L-7")]
    assert api.get(f"{PATH}/IB00001").json() == found
    assert api.post(PATH, body(cartons=4), headers={"Idempotency-Key": "k-1"}).status_code == 409


def test_list_is_paged_and_filtered(api: Any, acme: Merchant) -> None:
    for number in range(3):
        api.post(PATH, body(reference=f"PO-{number}"))
    page = api.get(f"{PATH}?limit=2").json()
    assert [each["number"] for each in page["results"]] == ["IB00003", "IB00002"]
    assert page["next"]
    (only,) = api.get(f"{PATH}?reference=PO-1").json()["results"]
    assert only["number"] == "IB00002"
    assert api.get(f"{PATH}?status=received").json()["results"] == []
    assert api.get(f"{PATH}?colour=red").status_code == 400


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"warehouse": "nope"}, "unknown_warehouse"),
        ({"lines": [{"sku": "NOPE", "quantity": 1}]}, "unknown_product"),
        ({"lines": [{"sku": "MUG-BLUE", "quantity": 1}] * 2}, "repeated_line"),
        ({"lines": []}, "validation"),
        ({"lines": [{"sku": "MUG-BLUE", "quantity": 0}]}, "validation"),
        ({"expected_on": "tomorrow"}, "validation"),
        ({"colour": "red"}, "validation"),
    ],
)
def test_what_cannot_be_announced_is_refused(
    api: Any, acme: Merchant, fields: dict[str, Any], code: str
) -> None:
    answer = api.post(PATH, body(**fields))
    assert answer.status_code == 400
    assert code in ("validation", answer.json()["code"])
    with merchant(acme):
        assert not Inbound.objects.exists()


def test_cancelled_until_the_first_goods(api: Any, acme: Merchant) -> None:
    api.post(PATH, body())
    assert api.post(f"{PATH}/IB00001/cancel").json()["status"] == "cancelled"
    assert api.post(f"{PATH}/IB00001/cancel").status_code == 200
    assert api.post(f"{PATH}/IB00099/cancel").status_code == 404


def test_result_is_told_once_the_dock_has_closed_it(api: Any, acme: Merchant) -> None:
    api.post(PATH, body())
    house = Warehouse.objects.get(code="szx1")
    with merchant(acme):
        inbound = Inbound.objects.get()
    dock = Dock(logged_in(a_staff_member("floor", house)), f"/stations/receive/{inbound.pk}/scans/")
    dock.scan("MUG-BLUE", "12")
    under_way = api.get(f"{PATH}/IB00001").json()
    assert {each["good"] for each in under_way["lines"]} == {0}
    assert api.post(f"{PATH}/IB00001/cancel").status_code == 409
    dock.scan("WB:C:CLOSE")
    found = api.get(f"{PATH}/IB00001").json()
    assert found["has_differences"] is True
    assert [(e["expected"], e["good"], e["over"], e["short"]) for e in found["lines"]] == [
        (10, 12, 2, 0), (5, 0, 0, 5),
    ]  # fmt: skip
