"""Pick faces are filled up from reserve, and low stock is told with the days it lasts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.models import Merchant
from core.tenancy import merchant
from flows.kits import need_days_left
from orders.models import Product
from tests.factories import ACTOR, a_merchant, a_product, a_warehouse
from warehouse.models import Location, ReplenishTask, StockBalance, StockCover, StockMove, Warehouse
from warehouse.rules.replenishing import Lying, fill_from
from warehouse.services import (
    BadLevel,
    Face,
    Goods,
    Level,
    find_differences,
    finish_replenishment,
    measure_cover,
    open_replenishment,
    propose_replenishment,
    set_face,
    set_level,
    transfer,
)

NOW = timezone.now()
EARLY, LATE = date(2031, 1, 1), date(2031, 6, 1)


@pytest.fixture
def house(db: None) -> Warehouse:
    house = a_warehouse()
    Location.objects.filter(code__in=["A-02", "A-03"]).update(use="reserve")
    return house


@pytest.fixture
def owner(house: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Merchant:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    owner = a_merchant("acme")
    a_product(owner, stock=0)
    return owner


def mug() -> int:
    return Product.objects.get(sku="MUG-BLUE").pk


def brought(units: int, place: str, expires_on: date | None = None) -> None:
    transfer(
        goods=[Goods(mug(), units, "", expires_on)],
        from_location=Location.objects.get(code="SUPPLIER"),
        to_location=Location.objects.get(code=place),
        reason="received",
        reference=f"{place}-{expires_on}-{units}",
        actor=ACTOR,
        now=NOW,
    )


def face_of(house: Warehouse, place: str, low: int | None, high: int | None) -> None:
    face = Face(Location.objects.get(code=place), low, high)
    set_face(product_id=mug(), warehouse=house, face=face, actor=ACTOR, now=NOW)


def at(place: str) -> int:
    return sum(StockBalance.objects.filter(location__code=place).values_list("on_hand", flat=True))


@pytest.mark.parametrize(
    ("at_hand", "coming", "chosen"),
    [
        (5, 0, []),
        (4, 0, [(1, 3), (2, 3)]),
        (2, 2, [(1, 3), (2, 3)]),
        (0, 9, []),
        (1, 0, [(1, 3), (2, 4)]),
    ],
)
def test_a_face_below_its_minimum_is_filled_to_its_maximum(
    at_hand: int, coming: int, chosen: list[tuple[int, int]]
) -> None:
    reserve = [Lying(1, 3), Lying(2, 4)]
    assert chosen == fill_from(reserve, at_hand=at_hand, coming=coming, minimum=5, maximum=10)


def test_what_expires_first_is_brought_once_and_only_what_is_free(
    owner: Merchant, house: Warehouse
) -> None:
    with merchant(owner):
        brought(4, "A-02", LATE)
        brought(3, "A-03", EARLY)
        face_of(house, "A-01", 2, 5)
        assert propose_replenishment(warehouse=house, now=NOW) == 2
        assert propose_replenishment(warehouse=house, now=NOW) == 0
        tasks = {task.expires_on: task for task in open_replenishment(warehouse_id=house.pk)}
        assert {day: task.quantity for day, task in tasks.items()} == {EARLY: 3, LATE: 2}
        assert finish_replenishment(task_id=tasks[EARLY].pk, actor=ACTOR, now=NOW) == 3
        assert finish_replenishment(task_id=tasks[EARLY].pk, actor=ACTOR, now=NOW) is None
        StockBalance.objects.filter(expires_on=LATE).update(reserved=3)
        assert finish_replenishment(task_id=tasks[LATE].pk, actor=ACTOR, now=NOW) == 1
        assert (at("A-01"), at("A-02"), at("A-03")) == (4, 3, 0)
        assert propose_replenishment(warehouse=house, now=NOW) == 0
        StockBalance.objects.filter(expires_on=LATE).update(reserved=0)
        assert not find_differences().rows


def test_what_was_promised_meanwhile_stays_and_the_task_is_dropped(
    owner: Merchant, house: Warehouse
) -> None:
    with merchant(owner):
        brought(4, "A-02")
        face_of(house, "A-01", 2, 5)
        propose_replenishment(warehouse=house, now=NOW)
        [task] = open_replenishment(warehouse_id=house.pk)
        StockBalance.objects.update(reserved=4)
        assert finish_replenishment(task_id=task.pk, actor=ACTOR, now=NOW) == 0
        assert ReplenishTask.objects.get().status == "dropped"
        assert at("A-02") == 4


def test_levels_are_in_order_and_faces_are_pick_faces(owner: Merchant, house: Warehouse) -> None:
    bad = [Level(None, 5), Level(6, 5)]
    with merchant(owner):
        for level in bad:
            with pytest.raises(BadLevel):
                set_level(product_id=mug(), warehouse=house, level=level, actor=ACTOR, now=NOW)
        for place, low, high in (("A-02", 1, 2), ("A-01", 2, 2), ("A-01", None, 2)):
            with pytest.raises(BadLevel):
                face_of(house, place, low, high)


def cover() -> StockCover:
    measure_cover(now=NOW)
    return StockCover.objects.get()


def shipped(pieces: int, days_ago: int, house: Warehouse) -> None:
    places = Location.objects.filter(warehouse=house)
    StockMove.objects.create(
        product_id=mug(), from_location=places.get(code="A-01"),
        to_location=places.get(kind="packed"), quantity=pieces, reason="packed",
        reference=f"{pieces}-{days_ago}", actor=ACTOR, at=NOW - timedelta(days=days_ago),
    )  # fmt: skip


def test_days_of_cover_follow_what_was_shipped_lately(owner: Merchant, house: Warehouse) -> None:
    with merchant(owner):
        brought(20, "A-01")
        assert measure_cover(now=NOW) == 0
        shipped(28, 3, house)
        shipped(500, 40, house)
        found = cover()
        assert (found.available, found.shipped, found.days_left, found.is_low) == (
            20,
            28,
            20,
            False,
        )
        shipped(84, 1, house)
        found = cover()
        assert (found.days_left, found.is_low, found.low_since) == (5, True, NOW)
        StockCover.objects.update(low_since=NOW - timedelta(days=2))
        assert cover().low_since == NOW - timedelta(days=2)


def test_below_the_minimum_is_low_and_what_cannot_be_sold_does_not_count(
    owner: Merchant, house: Warehouse
) -> None:
    def low() -> Any:
        found = cover()
        return found.available, found.is_low, found.days_left

    with merchant(owner):
        brought(5, "A-01", NOW.date() + timedelta(days=30))
        level = Level(5, 50)
        set_level(product_id=mug(), warehouse=house, level=level, actor=ACTOR, now=NOW)
        assert low() == (5, False, None)
        need_days_left(product_id=mug(), days=60, actor=ACTOR, now=NOW)
        assert low() == (0, True, None)
        none = Level(None, None)
        set_level(product_id=mug(), warehouse=house, level=none, actor=ACTOR, now=NOW)
        later = NOW + timedelta(hours=1)
        measure_cover(now=later)
        assert not StockCover.objects.exists()


def test_what_lasts_for_ages_is_measured_like_anything_else(
    house: Warehouse, owner: Merchant
) -> None:
    with merchant(owner):
        brought(2_000_000_000, "A-01")
        transfer(
            goods=[Goods(mug(), 1)], from_location=Location.objects.get(code="A-01"),
            to_location=Location.objects.get(code="PACKED"), reason="packed", reference="one",
            actor=ACTOR, now=NOW,
        )  # fmt: skip
        assert measure_cover(now=NOW) == 1
        cover = StockCover.objects.get()
        assert (cover.shipped, cover.days_left, cover.is_low) == (1, 99_999, False)
