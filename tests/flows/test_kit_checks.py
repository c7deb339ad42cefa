"""An order of a kit is checked for what leaves and is declared: the kit's components."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from core.models import Job, Merchant
from core.tenancy import merchant
from flows.kits import define_kit
from flows.products import product_findings
from flows.recheck import recheck_products
from orders.files.orders import ParsedLine
from orders.models import Hold, Order, Product
from orders.services import PartOf
from tests.factories import ACTOR, NOW, a_merchant, a_product, a_warehouse, an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> Merchant:
    """A merchant with a kit of two mugs and a bowl; of the bowl nobody knows the commodity code."""
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    a_warehouse()
    owner = a_merchant("acme")
    a_product(owner)
    a_product(owner, "BOWL", hs_code="", weight_g=400)
    a_product(owner, "SET", stock=0, hs_code="", origin_country="")
    with merchant(owner):
        ids = dict(Product.objects.values_list("sku", "pk"))
        parts = [PartOf(ids["MUG-BLUE"], 2), PartOf(ids["BOWL"], 1)]
        define_kit(product_id=ids["SET"], parts=parts, actor=ACTOR, now=NOW)
    return owner


def an_order_of(owner: Merchant, sku: str, quantity: int = 1) -> Order:
    line = ParsedLine(1, "1", sku, "", quantity, Decimal("20.00"))
    return an_order(owner, lines=(line,))


def holds(owner: Merchant, order: Order) -> list[tuple[str, str]]:
    with merchant(owner):
        rows = Hold.objects.filter(order=order, released_at__isnull=True).order_by("id")
        return list(rows.values_list("reason_code", "params__sku"))


def change(owner: Merchant, sku: str, **fields: object) -> None:
    with merchant(owner):
        Product.objects.filter(sku=sku).update(**fields)
        (pk,) = Product.objects.filter(sku=sku).values_list("pk", flat=True)
    recheck_products(owner.pk, {"product_ids": [pk]})


def test_a_gap_of_a_component_holds_the_order_until_it_is_filled(owner: Merchant) -> None:
    order = an_order_of(owner, "SET", quantity=3)
    assert holds(owner, order) == [("hs_code_missing", "BOWL")]
    change(owner, "BOWL", hs_code="6912002310")
    assert holds(owner, order) == []
    with merchant(owner):
        order.refresh_from_db()
        mug = Product.objects.get(sku="MUG-BLUE").weight_g
        assert (order.status, order.weight_g) == ("accepted", 3 * (2 * mug + 400))


def test_batteries_and_origins_are_those_of_the_components(owner: Merchant) -> None:
    change(owner, "BOWL", hs_code="6912002310", origin_country="", battery="alone")
    order = an_order_of(owner, "SET")
    assert holds(owner, order) == [("origin_missing", "BOWL"), ("battery_alone", "BOWL")]


def test_a_component_that_is_also_ordered_by_itself_is_named_once(owner: Merchant) -> None:
    lines = tuple(
        ParsedLine(place, str(place), sku, "", 1, Decimal("20.00"))
        for place, sku in enumerate(("SET", "BOWL"), start=1)
    )
    order = an_order(owner, lines=lines)
    assert holds(owner, order) == [("hs_code_missing", "BOWL")]


def test_a_release_stands_while_the_component_is_the_same(owner: Merchant) -> None:
    order = an_order_of(owner, "SET")
    with merchant(owner):
        Hold.objects.filter(order=order).update(released_at=NOW, released_by="staff:a@b.example")
    change(owner, "BOWL", title="Another title")
    assert holds(owner, order) == []
    change(owner, "BOWL", weight_g=500)
    assert holds(owner, order) == [("hs_code_missing", "BOWL")]


def test_open_orders_are_checked_anew_when_a_kit_is_made_of_other_things(owner: Merchant) -> None:
    order = an_order_of(owner, "SET")
    with merchant(owner):
        ids = dict(Product.objects.values_list("sku", "pk"))
        Job.objects.all().delete()
        define_kit(
            product_id=ids["SET"], parts=[PartOf(ids["MUG-BLUE"], 2)], actor=ACTOR,
            now=timezone.now(),
        )  # fmt: skip
        job = Job.objects.get(kind="orders.recheck_products")
    recheck_products(owner.pk, job.payload)
    assert holds(owner, order) == []
    with merchant(owner):
        kit = Product.objects.get(sku="SET")
        assert product_findings(kit, on=NOW.date()) == []
