"""Allocation and suppliers under bad will and mistyping: numbers, days, foreign things, twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from core.events import history
from core.jobs import drain_queue
from core.tenancy import merchant
from flows import supply
from flows.supplier_letters import send_letter
from orders.models import Product
from tests.dashboard.conftest import Shop
from tests.dashboard.test_allocation import too_large
from tests.factories import ACTOR, a_merchant, a_product, an_offer
from warehouse.models import (
    AllocationPolicy,
    Supplier,
    SupplierProduct,
    SupplierRequest,
    SupplierRequestLine,
    Warehouse,
)
from warehouse.services import policy_in_force

pytestmark = pytest.mark.django_db
Page = Callable[..., str]
DAYS = ["0001-01-01", "9999-12-31", "1900-02-29", "2026-13-01", "now", "\x00"]
NUMBERS = ["-1", "0x10", "1e3", "1.5", "NaN", " ", "9" * 5000, "\x00", "2" * 20]


@pytest.fixture
def asked(shop: Shop) -> str:
    """The number of a draft purchase of two caps."""
    a_product(shop.owner, "CAP", stock=1)
    with merchant(shop.owner):
        an_offer("CAP")
    too_large(shop)
    with merchant(shop.owner):
        return SupplierRequest.objects.get().number


def stands(shop: Shop) -> str:
    with merchant(shop.owner):
        return str(SupplierRequest.objects.values_list("status", flat=True).get())


@pytest.mark.parametrize("day", DAYS)
def test_a_day_that_cannot_be_meant_is_refused_and_leaves_the_page_usable(
    shop: Shop, page: Page, day: str
) -> None:
    client = shop.client()
    said = {"strategy": "cheapest", "effective_from": day}
    assert client.post("/settings/allocation/publish/", said).status_code == 400
    days = {"strategy": "nearest", "first_day": day, "last_day": day}
    assert client.post("/settings/allocation/try/", days).status_code == 400
    assert "Nearest to the buyer" in page("/settings/allocation/")
    with merchant(shop.owner):
        assert not AllocationPolicy.objects.exists()


def test_rules_in_force_from_today_replace_those_published_an_hour_ago(shop: Shop) -> None:
    client, today = shop.client(), timezone.now().date()
    client.post("/settings/allocation/publish/", {"strategy": "cheapest"})
    said = {"strategy": "fewest_splits", "effective_from": today.isoformat()}
    assert client.post("/settings/allocation/publish/", said).status_code == 302
    later = {"strategy": "nearest", "effective_from": (today + timedelta(days=2)).isoformat()}
    assert client.post("/settings/allocation/publish/", later).status_code == 302
    past = {"strategy": "nearest", "effective_from": (today - timedelta(days=2)).isoformat()}
    assert client.post("/settings/allocation/publish/", past).status_code == 400
    with merchant(shop.owner):
        assert policy_in_force(at=timezone.now()).strategy == "fewest_splits"


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_that_is_none_changes_nothing(shop: Shop, asked: str, number: str) -> None:
    client, house = shop.client(), Warehouse.objects.get()
    rules = {"strategy": "cheapest", f"house_{house.pk}": number}
    answer = client.post("/settings/allocation/publish/", rules)
    assert answer.status_code == 400

    client.post(f"/suppliers/requests/{asked}/act/", {"action": "send"})
    client.post(f"/suppliers/requests/{asked}/act/", {"action": "accept"})
    with merchant(shop.owner):
        line = SupplierRequestLine.objects.get()
        supplier = Supplier.objects.get()
    received = {"action": "receive", f"received_{line.pk}": number}
    answer = client.post(f"/suppliers/requests/{asked}/act/", received)
    assert answer.status_code == 302
    assert stands(shop) == "accepted"

    terms = {
        "sku": "MUG-BLUE", "lead_days": "4", "unit_cost": "3.20", "currency": "EUR",
        "min_quantity": "1",
    }  # fmt: skip
    for name in ("lead_days", "min_quantity"):
        wrong = {**terms, name: number}
        assert client.post(f"/suppliers/{supplier.pk}/products/", wrong).status_code == 400
    for price in (number, "-0.01", "Infinity", "1.001", "1" * 11):
        if price in ("1e3", "1.5"):
            continue
        wrong = {**terms, "unit_cost": price}
        assert client.post(f"/suppliers/{supplier.pk}/products/", wrong).status_code == 400
    with merchant(shop.owner):
        assert SupplierProduct.objects.count() == 1


def test_another_merchants_things_in_a_post_are_none(shop: Shop, asked: str) -> None:
    """The address is ours, what is sent is theirs."""
    rival = a_merchant("rival")
    a_product(rival, "THEIRS", stock=1)
    with merchant(rival):
        an_offer("THEIRS", "Their supplier")
        theirs, offer = Supplier.objects.get(), SupplierProduct.objects.get()
    with merchant(shop.owner):
        ours, own_offer = Supplier.objects.get(), SupplierProduct.objects.get()
        line = SupplierRequestLine.objects.get()
    client = shop.client()
    terms = {
        "sku": "THEIRS", "lead_days": "4", "unit_cost": "3.20", "currency": "EUR",
        "min_quantity": "1",
    }  # fmt: skip
    assert client.post(f"/suppliers/{ours.pk}/products/", terms).status_code == 400
    gone = client.post(f"/suppliers/{ours.pk}/products/{offer.pk}/remove/")
    assert gone.status_code == 404
    gone = client.post(f"/suppliers/{theirs.pk}/products/{own_offer.pk}/remove/")
    assert gone.status_code == 404
    rules = {"strategy": "nearest", "house_999999": "1", "warehouses": ["x"]}
    assert client.post("/settings/allocation/publish/", rules).status_code == 302
    for step in ("send", "accept"):
        client.post(f"/suppliers/requests/{asked}/act/", {"action": step})
    foreign = {"action": "receive", f"received_{line.pk + 1000}": "5"}
    client.post(f"/suppliers/requests/{asked}/act/", foreign)
    assert stands(shop) == "accepted"
    with merchant(rival):
        assert SupplierProduct.objects.filter(pk=offer.pk).exists()


def test_each_step_pressed_twice_is_taken_once(shop: Shop, asked: str) -> None:
    client = shop.client()
    with merchant(shop.owner):
        line = SupplierRequestLine.objects.get()
        request_id = line.request_id
    for said in (
        {"action": "send"},
        {"action": "accept", "expected_on": "2026-12-24"},
        {"action": "ship"},
        {"action": "receive", f"received_{line.pk}": "2"},
    ):
        for _ in range(2):
            assert client.post(f"/suppliers/requests/{asked}/act/", said).status_code == 302
    drain_queue(merchant_id=shop.owner.pk, queue="documents")
    with merchant(shop.owner):
        steps = [
            event.kind for event in history(subject_kind="supplier_request", subject_id=request_id)
        ]
        cap = Product.objects.get(sku="CAP")
        on_hand = sum(cap.balances.filter(location__kind="bin").values_list("on_hand", flat=True))
    assert sorted(steps) == sorted(set(steps))
    assert on_hand == 1 + 2
    assert len(mail.outbox) == 1


def test_hostile_words_stay_words_in_the_letter(shop: Shop, asked: str) -> None:
    hostile = '=HYPERLINK("http://evil.example","x")</td><script>alert(1)</script>\r\nBcc: a@b.c'
    with merchant(shop.owner):
        Product.objects.update(title=hostile)
        SupplierProduct.objects.update(code="@SUM(1+1)")
        Supplier.objects.update(name=f"Mill {hostile}"[:120])
        request_id = SupplierRequest.objects.get().pk
        supply.send(request_id=request_id, actor=ACTOR, now=timezone.now())
    shop.owner.name = "Acme\r\nBcc: victim@example.com"
    shop.owner.save(update_fields=["name"])
    send_letter(shop.owner.pk, {"request_id": request_id})
    (letter,) = mail.outbox
    assert letter.recipients() == ["desk@mill.example"] or len(letter.recipients()) == 1
    assert "\n" not in letter.subject
    assert "\r" not in letter.subject
    table = str(letter.attachments[1][1])
    for cell in re.findall(r'(?:^|,)"?([=@+-][A-Z])', table, re.MULTILINE):
        raise AssertionError(cell)
    text = shop.client().get(f"/suppliers/requests/{asked}/").content.decode()
    assert "<script>alert(1)" not in text
