"""Goods move by one function: what it keeps, refuses, and does once only."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core.models import Merchant
from core.tenancy import merchant
from orders.models import Product
from tests.factories import ACTOR, a_merchant, a_product, a_warehouse
from tests.flows.racing import at_once
from warehouse.models import Location, StockBalance, StockMove, Warehouse
from warehouse.services import (
    Goods,
    NoRoom,
    NotAPlace,
    NotFree,
    ReferenceTaken,
    find_differences,
    lay_tree,
    transfer,
    within,
)

NOW = timezone.now()
SOON, LATER = date(2027, 1, 31), date(2027, 6, 30)


@pytest.fixture
def house(db: None) -> Warehouse:
    return a_warehouse()


@pytest.fixture
def owner(house: Warehouse) -> Merchant:
    return a_merchant("acme")


@pytest.fixture
def product(owner: Merchant) -> int:
    a_product(owner, "CREAM", stock=0)
    with merchant(owner):
        return Product.objects.get(sku="CREAM").pk


def place(code: str) -> Location:
    return Location.objects.get(code=code)


def move(goods: list[Goods], start: str, end: str, reference: str = "r1", **said: str) -> bool:
    return transfer(
        goods=goods,
        from_location=place(start),
        to_location=place(end),
        reason=said.get("reason", "received"),
        reference=reference,
        actor=ACTOR,
        now=NOW,
    )


def stock() -> dict[tuple[str, str, date | None, str], int]:
    rows = StockBalance.objects.filter(on_hand__gt=0)
    return {
        (code, lot, expires_on, condition): units
        for code, lot, expires_on, condition, units in rows.values_list(
            "location__code", "lot", "expires_on", "condition", "on_hand"
        )
    }


def test_lots_expiries_and_conditions_are_kept_apart_and_kept_on_the_way(
    owner: Merchant, product: int
) -> None:
    with merchant(owner):
        goods = [
            Goods(product, 6, "L1", SOON),
            Goods(product, 4, "L1", LATER),
            Goods(product, 2, "L1", LATER, "good", "damaged"),
        ]
        assert move(goods, "SUPPLIER", "RECEIVING")
        assert stock() == {
            ("RECEIVING", "L1", SOON, "good"): 6,
            ("RECEIVING", "L1", LATER, "good"): 4,
            ("RECEIVING", "L1", LATER, "damaged"): 2,
        }
        assert move([Goods(product, 5, "L1", SOON)], "RECEIVING", "A-01", "r2")
        assert stock()["A-01", "L1", SOON, "good"] == 5
        assert stock()["RECEIVING", "L1", SOON, "good"] == 1
        assert not find_differences().rows


def test_another_condition_is_two_rows_by_way_of_the_adjustment(
    owner: Merchant, product: int
) -> None:
    with merchant(owner):
        move([Goods(product, 5, "L1", SOON)], "SUPPLIER", "A-01")
        changed = [Goods(product, 2, "L1", SOON, "good", "quarantine")]
        assert move(changed, "A-01", "A-01", "r2", reason="quarantined")
        rows = StockMove.objects.filter(reason="quarantined").order_by("id")
        assert [
            (row.from_location.code, row.to_location.code, row.condition, row.quantity)
            for row in rows.select_related("from_location", "to_location")
        ] == [("A-01", "ADJUSTMENT", "good", 2), ("ADJUSTMENT", "A-01", "quarantine", 2)]
        assert stock() == {
            ("A-01", "L1", SOON, "good"): 3,
            ("A-01", "L1", SOON, "quarantine"): 2,
        }
        assert not find_differences().rows


def test_the_same_reference_again_moves_nothing_and_never_other_goods(
    owner: Merchant, product: int
) -> None:
    with merchant(owner):
        goods = [Goods(product, 5)]
        assert move(goods, "SUPPLIER", "A-01")
        assert not move(goods, "SUPPLIER", "A-01")
        with pytest.raises(ReferenceTaken):
            move([Goods(product, 6)], "SUPPLIER", "A-01")
        with pytest.raises(ReferenceTaken):
            move(goods, "SUPPLIER", "A-02")
        assert stock() == {("A-01", "", None, "good"): 5}


def test_what_is_promised_or_not_there_is_refused(owner: Merchant, product: int) -> None:
    with merchant(owner):
        move([Goods(product, 5)], "SUPPLIER", "A-01")
        StockBalance.objects.update(reserved=3)
        with pytest.raises(NotFree) as refused:
            move([Goods(product, 3)], "A-01", "A-02", "r2")
        assert (refused.value.wanted, refused.value.free) == (3, 2)
        with pytest.raises(NotFree):
            move([Goods(product, 1, "L9")], "A-01", "A-02", "r3")
        assert move([Goods(product, 2)], "A-01", "A-02", "r4")
        assert stock() == {("A-01", "", None, "good"): 3, ("A-02", "", None, "good"): 2}


def test_goods_go_only_between_places_of_one_house(owner: Merchant, product: int) -> None:
    other = a_warehouse("hkg1")
    there = Location.objects.get(warehouse=other, code="A-01")
    here = Location.objects.get(warehouse__code="szx1", code="A-01")
    virtual = Location.objects.filter(warehouse=here.warehouse)
    zone = Location.objects.create(warehouse=here.warehouse, code="Z", kind="zone")
    ways = [(here, there), (virtual.get(kind="supplier"), zone), (here, here),
            (virtual.get(kind="supplier"), virtual.get(kind="lost"))]  # fmt: skip
    with merchant(owner):
        for start, end in ways:
            with pytest.raises(NotAPlace):
                transfer(goods=[Goods(product, 1)], from_location=start, to_location=end,
                         reason="x", reference="y", actor=ACTOR, now=NOW)  # fmt: skip
        assert not StockMove.objects.exists()


@pytest.mark.parametrize(
    ("limit", "what"),
    [
        ({"capacity_units": 9}, "units"),
        ({"capacity_volume_cm3": 12_000}, "volume"),
        ({"capacity_weight_g": 3_000}, "weight"),
    ],
)
def test_a_bin_takes_no_more_than_fits(
    owner: Merchant, product: int, limit: dict[str, int], what: str
) -> None:
    Location.objects.filter(code="A-01").update(**limit)
    with merchant(owner):
        fits = {"units": 9, "volume": 9, "weight": 3000 // Product.objects.get().weight_g}[what]
        move([Goods(product, fits)], "SUPPLIER", "A-01")
        with pytest.raises(NoRoom) as refused:
            move([Goods(product, 1)], "SUPPLIER", "A-01", "r2")
        assert refused.value.what == what
        assert stock() == {("A-01", "", None, "good"): fits}


def test_goods_take_their_age_along_and_the_oldest_counts(owner: Merchant, product: int) -> None:
    with merchant(owner):
        move([Goods(product, 5)], "SUPPLIER", "A-01")
        before = NOW - timedelta(days=9)
        StockBalance.objects.update(received_at=before)
        move([Goods(product, 5)], "SUPPLIER", "A-02", "r2")
        assert StockBalance.objects.get(location__code="A-02").received_at == NOW
        move([Goods(product, 1)], "A-01", "A-02", "r3")
        assert StockBalance.objects.get(location__code="A-02").received_at == before


def test_no_role_changes_the_ledger(owner: Merchant, product: int) -> None:
    with merchant(owner):
        move([Goods(product, 5)], "SUPPLIER", "A-01")
    for role in ("waybridge_app", "waybridge_operator"):
        for right in ("UPDATE", "DELETE", "TRUNCATE"):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT has_table_privilege(%s, 'warehouse_stockmove', %s)", [role, right]
                )
                assert cursor.fetchone() == (False,)


def test_the_database_refuses_what_no_service_writes(owner: Merchant, product: int) -> None:
    with merchant(owner):
        move([Goods(product, 5)], "SUPPLIER", "A-01")
        for change in ({"condition": "odd"}, {"on_hand": -1}, {"reserved": 6}):
            with pytest.raises(IntegrityError), transaction.atomic():
                StockBalance.objects.update(**change)
        twin = StockBalance(product_id=product, location=place("A-01"))
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save(force_insert=True)


def test_a_tree_of_zone_aisle_and_bins(house: Warehouse) -> None:
    Location.objects.filter(code__startswith="A-").update(zone="A", aisle="01")
    assert lay_tree(warehouse=house) == 3
    assert lay_tree(warehouse=house) == 0
    zone = Location.objects.get(kind="zone")
    assert zone.code == "A"
    below = Location.objects.filter(pk__in=within(location_id=zone.pk))
    assert {each.code for each in below} == {"A", "A/01", "A-01", "A-02", "A-03"}


@pytest.mark.django_db(transaction=True)
def test_two_ways_at_once_neither_deadlock_nor_lose_a_piece(
    transactional_db: None,
) -> None:
    a_warehouse()
    owner = a_merchant("acme")
    for sku in ("ONE", "TWO"):
        a_product(owner, sku, stock=0)
    with merchant(owner):
        one, two = (Product.objects.get(sku=sku).pk for sku in ("ONE", "TWO"))
        move([Goods(one, 50), Goods(two, 50)], "SUPPLIER", "A-01")
        move([Goods(one, 50), Goods(two, 50)], "SUPPLIER", "A-02", "r2")

    def swap(worker: int) -> None:
        ends = ("A-01", "A-02") if worker % 2 else ("A-02", "A-01")
        order = (one, two) if worker % 4 < 2 else (two, one)
        for turn in range(6):
            with merchant(owner):
                move([Goods(each, 1) for each in order], *ends, f"{worker}-{turn}")

    assert at_once([partial(swap, worker) for worker in range(8)]) == [None] * 8
    with merchant(owner):
        halves = StockBalance.objects.values_list("location__code", "product__sku", "on_hand")
        assert set(halves) == {
            (code, sku, 50) for code in ("A-01", "A-02") for sku in ("ONE", "TWO")
        }
        assert not find_differences().rows
