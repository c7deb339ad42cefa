"""Where opening stock and purchases lie: the pick face, where it lies, a steady choice."""

from __future__ import annotations

import pytest

from core.models import Merchant
from core.tenancy import merchant
from orders.models import Product
from tests.factories import ACTOR, NOW, a_merchant, a_product, a_warehouse
from warehouse.models import Location, StockBalance, StockLevel, Warehouse
from warehouse.services import Goods, counterpart, transfer
from warehouse.services.homes import home_bins

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Warehouse:
    return a_warehouse()


@pytest.fixture
def owner(house: Warehouse) -> Merchant:
    owner = a_merchant()
    for number in range(4):
        a_product(owner, f"P-{number}", stock=0)
    return owner


def homes(owner: Merchant, house: Warehouse) -> dict[str, str]:
    with merchant(owner):
        skus = dict(Product.objects.values_list("pk", "sku"))
        found = home_bins(warehouse_id=house.pk, product_ids=list(skus), now=NOW)
        return {skus[pk]: place.code for pk, place in found.items()}


def test_goods_go_to_pick_bins_and_always_to_the_same(owner: Merchant, house: Warehouse) -> None:
    Location.objects.filter(code="A-01").update(use="reserve")
    Location.objects.filter(code="A-02").update(zone="DAMAGED")
    assert set(homes(owner, house).values()) == {"A-03"}
    Location.objects.update(zone="", use="pick")
    assert set(homes(owner, house).values()) == {"A-01", "A-02", "A-03"}
    assert homes(owner, house) == homes(owner, house)


def test_reserve_serves_where_there_is_nothing_else(owner: Merchant, house: Warehouse) -> None:
    Location.objects.filter(kind="bin").update(use="reserve")
    assert len(homes(owner, house)) == 4
    Location.objects.filter(kind="bin").update(kind="zone")
    assert homes(owner, house) == {}


def test_the_pick_face_comes_before_the_bin_it_lies_in_and_that_before_others(
    owner: Merchant, house: Warehouse
) -> None:
    with merchant(owner):
        for sku in ("P-0", "P-1"):
            transfer(
                goods=[Goods(Product.objects.get(sku=sku).pk, 5)],
                from_location=counterpart(warehouse_id=house.pk, kind="supplier"),
                to_location=Location.objects.get(code="A-03"), reason="t", reference=sku,
                actor=ACTOR, now=NOW,
            )  # fmt: skip
        StockLevel.objects.create(
            product=Product.objects.get(sku="P-1"), warehouse=house,
            face=Location.objects.get(code="A-02"), face_minimum=1, face_maximum=9,
        )  # fmt: skip
    found = homes(owner, house)
    assert (found["P-0"], found["P-1"]) == ("A-03", "A-02")


def test_opening_stock_lies_there(owner: Merchant, house: Warehouse) -> None:
    Location.objects.filter(code__in=["A-01", "A-03"]).update(use="reserve")
    a_product(owner, "LAMP", stock=7)
    with merchant(owner):
        assert StockBalance.objects.get(product__sku="LAMP").location.code == "A-02"
