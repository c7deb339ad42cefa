"""Allocation rules, suppliers and their requests on the merchant's screens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core.jobs import drain_queue
from core.tenancy import merchant
from flows.allocation import allocate_many
from orders.files.orders import ParsedLine
from orders.models import Order
from tests.dashboard.conftest import Shop
from tests.factories import a_product, an_offer, an_order
from warehouse.models import (
    AllocationPolicy,
    Simulation,
    Supplier,
    SupplierRequest,
    SupplierRequestLine,
    Warehouse,
)

pytestmark = pytest.mark.django_db
Page = Callable[..., str]


def too_large(shop: Shop) -> Order:
    """An order that wants two caps more than there are, allocated."""
    a_product(shop.owner, "CAP", stock=1)
    order = an_order(shop.owner, lines=(ParsedLine(1, "1", "CAP", "", 3, Decimal("9.50")),))
    with merchant(shop.owner):
        allocate_many(order_ids=[order.pk], now=timezone.now())
    return order


def test_rules_are_published_as_versions_and_told(shop: Shop, page: Page) -> None:
    assert "Nearest to the buyer" in page("/settings/allocation/")
    house = Warehouse.objects.get()
    said = {"strategy": "cheapest", f"house_{house.pk}": "1", "may_split": "on"}
    answer = shop.client().post("/settings/allocation/publish/", said)
    assert answer.status_code == 302
    with merchant(shop.owner):
        made = AllocationPolicy.objects.get()
    assert (made.version, made.warehouses, made.may_split) == (1, ["szx1"], True)
    text = page("/settings/allocation/")
    assert "Cheapest to ship from" in text
    assert "may be split over two warehouses" in text


def test_rules_that_make_no_sense_are_explained(shop: Shop) -> None:
    answer = shop.client().post("/settings/allocation/publish/", {"strategy": "guess"})
    assert answer.status_code == 400
    days = {"strategy": "nearest", "first_day": "2026-11-20", "last_day": "2026-11-01"}
    answer = shop.client().post("/settings/allocation/try/", days)
    assert answer.status_code == 400
    assert "at most a year later" in answer.content.decode()


def test_a_draft_is_tried_exported_and_put_in_force(shop: Shop, page: Page) -> None:
    order = an_order(shop.owner)
    with merchant(shop.owner):
        allocate_many(order_ids=[order.pk], now=timezone.now())
    today = timezone.now().date()
    said = {
        "strategy": "stock_age", "first_day": today - timedelta(days=30), "last_day": today,
    }  # fmt: skip
    answer = shop.client().post("/settings/allocation/try/", said)
    assert answer.status_code == 302
    here = answer["Location"]
    assert "Replayed 0 of 0 orders" in page(here)
    drain_queue(merchant_id=shop.owner.pk, queue="flow")
    text = page(here)
    assert "0 of 1 orders would ship otherwise" in text
    assert order.reference in text
    assert page(f"{here}progress/")
    exported = shop.client().get(f"{here}export.csv")
    rows = b"".join(exported.streaming_content).decode()  # type: ignore[attr-defined]
    assert f"{order.reference},{order.external_order},DE,szx1,szx1" in rows
    assert shop.client().post(f"{here}publish/").status_code == 302
    with merchant(shop.owner):
        assert Simulation.objects.get().status == "done"
        assert AllocationPolicy.objects.get().strategy == "stock_age"


def test_the_order_says_why_it_waits_and_since_when(shop: Shop, page: Page) -> None:
    text = page(f"/orders/{too_large(shop).reference}/")
    assert "No warehouse holds every line; szx1 lacks the least: 2 × CAP." in text
    assert "Waits for stock since" in text
    assert "It is in another region of the world than the buyer." in text


def test_a_supplier_and_its_products_are_kept(shop: Shop, page: Page) -> None:
    client = shop.client("operations")
    said = {"name": "Mill", "email": "desk@mill.example", "language": "zh-hans", "is_active": "on"}
    here = client.post("/suppliers/new/", said)["Location"]
    assert (
        "There is a supplier of this name." in client.post("/suppliers/new/", said).content.decode()
    )
    terms = {
        "sku": "MUG-BLUE", "code": "M-7", "lead_days": "4", "unit_cost": "3.20",
        "currency": "EUR", "min_quantity": "10",
    }  # fmt: skip
    assert client.post(f"{here}products/", terms).status_code == 302
    assert client.post(f"{here}products/", {**terms, "sku": "NONE"}).status_code == 400
    assert client.post(f"{here}products/", {**terms, "currency": "XYZ"}).status_code == 400
    assert "M-7" in page(here)
    with merchant(shop.owner):
        offer = Supplier.objects.get().products.get()
    assert client.post(f"{here}products/{offer.pk}/remove/").status_code == 302
    assert "M-7" not in page(here)


def test_a_request_goes_through_its_steps(shop: Shop, page: Page) -> None:
    a_product(shop.owner, "CAP", stock=1)
    with merchant(shop.owner):
        an_offer("CAP")
    order = too_large(shop)
    with merchant(shop.owner):
        asked = SupplierRequest.objects.get()
        line = SupplierRequestLine.objects.get()
    here = f"/suppliers/requests/{asked.number}/"
    client = shop.client("operations")

    def act(**said: object) -> str:
        client.post(f"{here}act/", said)
        with merchant(shop.owner):
            return str(SupplierRequest.objects.values_list("status", flat=True).get())

    assert asked.number in page("/suppliers/requests/")
    assert "Send to the supplier" in page(here)
    assert act(action="receive") == "draft"
    assert act(action="nonsense") == "draft"
    assert act(action="send") == "sent"
    assert act(action="accept", expected_on="soon") == "sent"
    assert act(action="accept", expected_on="2026-12-04") == "accepted"
    assert act(action="refuse") == "accepted"
    assert act(action="receive", **{f"received_{line.pk}": "-1"}) == "accepted"
    assert act(action="receive", **{f"received_{line.pk}": "2"}) == "received"
    drain_queue(merchant_id=shop.owner.pk, queue="flow")
    with merchant(shop.owner):
        assert Order.objects.get(pk=order.pk).status == "allocated"


def test_requests_nobody_acts_on_show_on_today(shop: Shop, page: Page) -> None:
    a_product(shop.owner, "CAP", stock=1)
    with merchant(shop.owner):
        an_offer("CAP")
    too_large(shop)
    assert "Supplier requests not sent yet" not in page("/")
    with merchant(shop.owner):
        SupplierRequest.objects.update(created_at=timezone.now() - timedelta(days=3))
    assert "Supplier requests not sent yet" in page("/")
    assert "Nobody has sent it yet." in page("/suppliers/requests/?status=draft")
