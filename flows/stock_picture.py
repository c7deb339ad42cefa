"""A product's stock as the merchant sees it: by warehouse, lot, expiry and condition."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Sum

from orders.querysets import kits_of
from orders.rules.kits import Component, kits_free
from warehouse.models import StockBalance, StockCover, StockLevel, Warehouse
from warehouse.querysets import sellable
from warehouse.services import BadLevel, Level, set_level


@dataclass(frozen=True, slots=True)
class StockRow:
    """Pieces of one lot, expiry and condition in a warehouse; `available` may be promised."""

    warehouse: str
    lot: str
    expires_on: date | None
    condition: str
    on_hand: int
    reserved: int
    available: int


@dataclass(frozen=True, slots=True)
class HouseStock:
    """A warehouse's stock of a product, what is wanted there, and how long it lasts.

    `shipped` pieces left within `days`; both None before it was ever measured.
    """

    warehouse: Warehouse
    on_hand: int
    reserved: int
    available: int
    minimum: int | None
    maximum: int | None
    shipped: int | None
    days: int | None
    days_left: int | None
    is_low: bool


@dataclass(frozen=True, slots=True)
class ProductStock:
    """All of it. Of a kit `components` are what it is made of, `kits` how many of it could leave,
    the best warehouse's number: a kit leaves from one."""

    houses: tuple[HouseStock, ...]
    rows: tuple[StockRow, ...]
    components: tuple[Component, ...]
    kits: int

    @property
    def on_hand(self) -> int:
        """What lies there, in whatever condition."""
        return sum(house.on_hand for house in self.houses)

    @property
    def reserved(self) -> int:
        """What is promised to orders."""
        return sum(house.reserved for house in self.houses)

    @property
    def available(self) -> int:
        """What may be promised."""
        return self.kits if self.components else sum(house.available for house in self.houses)


def stock_of_product(*, product_id: int, now: datetime) -> ProductStock:
    """Read a product's stock in the active block, in seven statements."""
    free = _free([product_id], now)
    groups = (
        StockBalance.objects.filter(product_id=product_id, on_hand__gt=0)
        .order_by("location__warehouse__priority", "expires_on", "lot", "condition")
        .values_list("location__warehouse_id", "lot", "expires_on", "condition")
        .annotate(on_hand=Sum("on_hand"), reserved=Sum("reserved"))
    )
    houses = list(Warehouse.objects.order_by("priority", "id"))
    codes = {house.pk: house.code for house in houses}
    rows: list[tuple[int, StockRow]] = [
        (
            house_id,
            StockRow(
                codes[house_id], lot, expires_on, condition, on_hand, reserved,
                free.get((house_id, product_id, lot, expires_on, condition), 0),
            ),
        )
        for house_id, lot, expires_on, condition, on_hand, reserved in groups
    ]  # fmt: skip
    levels = {row.warehouse_id: row for row in StockLevel.objects.filter(product_id=product_id)}
    covers = {row.warehouse_id: row for row in StockCover.objects.filter(product_id=product_id)}
    components = tuple(kits_of([product_id], on=now.date()).get(product_id, ()))
    return ProductStock(
        tuple(
            _house(
                house,
                [row for house_id, row in rows if house_id == house.pk],
                levels.get(house.pk),
                covers.get(house.pk),
            )
            for house in houses
            if house.is_active or any(house_id == house.pk for house_id, _row in rows)
        ),
        tuple(row for _house_id, row in rows),
        components,
        _kits(components, now) if components else 0,
    )


def _house(
    house: Warehouse, rows: Collection[StockRow], level: StockLevel | None,
    cover: StockCover | None,
) -> HouseStock:  # fmt: skip
    available = sum(row.available for row in rows)
    minimum = level.minimum if level else None
    return HouseStock(
        warehouse=house,
        on_hand=sum(row.on_hand for row in rows),
        reserved=sum(row.reserved for row in rows),
        available=available,
        minimum=minimum,
        maximum=level.maximum if level else None,
        shipped=cover.shipped if cover else None,
        days=cover.days if cover else None,
        days_left=cover.days_left if cover else None,
        is_low=(minimum is not None and available < minimum) or bool(cover and cover.is_low),
    )


def _free(
    product_ids: Collection[int], now: datetime
) -> dict[tuple[int, int, str, date | None, str], int]:
    sums = (
        sellable(now=now)
        .filter(product_id__in=product_ids)
        .order_by()
        .values_list("location__warehouse_id", "product_id", "lot", "expires_on", "condition")
        .annotate(pieces=Sum(F("on_hand") - F("reserved")))
    )
    return {tuple(key): pieces for *key, pieces in sums}


def _kits(components: Collection[Component], now: datetime) -> int:
    free: dict[int, dict[int, int]] = {}
    found = _free([each.product_id for each in components], now)
    for (house_id, product_id, *_kept), pieces in found.items():
        of_house = free.setdefault(house_id, {})
        of_house[product_id] = of_house.get(product_id, 0) + pieces
    return max((kits_free(list(components), each) for each in free.values()), default=0)


def want_level(
    *, product_id: int, house_code: str, level: Level, actor: str, now: datetime
) -> None:
    """Set a minimum and maximum in a warehouse. Raises `Warehouse.DoesNotExist`, `BadLevel`."""
    house = Warehouse.objects.get(code=house_code, is_active=True)
    set_level(product_id=product_id, warehouse=house, level=level, actor=actor, now=now)


__all__ = [
    "BadLevel", "HouseStock", "Level", "ProductStock", "StockRow", "stock_of_product",
    "want_level",
]  # fmt: skip
