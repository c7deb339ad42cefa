"""Many orders at once: each is judged alone."""

from __future__ import annotations

from typing import Any

from core.models import Merchant
from core.tenancy import merchant
from orders.models import Order
from tests.api.conftest import Api
from tests.factories import order_body


def test_each_order_gets_its_own_answer_in_the_order_sent(api: Api, acme: Merchant) -> None:
    known, changed = order_body(), order_body()
    api.post("/orders", known)
    api.post("/orders", changed)
    fresh = order_body()
    entries = [
        fresh,
        known,
        {**changed, "note": "Another content"},
        order_body(paid_at=None),
        {"external_order": "BROKEN", "lines": []},
        "not an order",
        fresh,
        {**fresh, "note": "Another content"},
        order_body(channel="second shop"),
    ]
    results = api.post("/orders/bulk", {"orders": entries}).json()["results"]
    assert [entry["outcome"] for entry in results] == [
        "created", "unchanged", "updated", "created", "invalid", "invalid", "unchanged", "differs",
        "created",
    ]  # fmt: skip
    assert (results[3]["status"], results[3]["holds"]) == ("held", ["payment"])
    assert results[4]["external_order"] == "BROKEN"
    assert {fault["field"] for fault in results[4]["errors"]} >= {"currency", "address", "lines"}
    assert results[6]["reference"] == results[0]["reference"]
    with merchant(acme):
        assert Order.objects.count() == 5


def test_the_envelope_has_bounds(api: Api) -> None:
    bodies: list[Any] = [
        {}, {"orders": []}, {"orders": [{}] * 501}, {"orders": {}}, {"order": [{}]}, [],
    ]  # fmt: skip
    for body in bodies:
        assert api.post("/orders/bulk", body).status_code == 400, body


def test_a_number_that_no_column_holds_is_answered_without_it(api: Api) -> None:
    bodies = [order_body(external_order=number) for number in ("\x00", "A\x00B")]
    answer = api.post("/orders/bulk", {"orders": [*bodies, order_body()]})
    assert answer.status_code == 200, answer.content
    results = answer.json()["results"]
    assert [entry["outcome"] for entry in results] == ["invalid", "invalid", "created"]
    assert [entry["external_order"] for entry in results[:2]] == ["", "AB"]
