"""Planning a wave of two thousand orders: parcels, cartons, items, pick tasks and the walk.

`warehouse.wave_2000_s` is one call of the flow that the board's button and the scheduler make, its
commit included: orders locked, a carton for each laid out in three dimensions, everything written.
The orders are of one, two and three products out of 600 that differ in size, for eight countries,
and lie in 600 measured bins.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bench import throwaway
from bench.allocation import LANDS, NOW
from bench.figures import Figure
from bench.processes import busy_seconds

if TYPE_CHECKING:
    from core.models import Merchant
    from warehouse.models import Warehouse

ORDERS = int(os.environ.get("BENCH_WAVE_ORDERS", "2000"))
PRODUCTS = 600
AISLES, BAYS = 20, 30


def figures() -> Iterator[Figure]:
    """Plan one wave over all the orders on a throwaway installation."""
    throwaway.start()
    from django.db import connection  # noqa: PLC0415 - Django is set up by now

    from core.tenancy import merchant  # noqa: PLC0415
    from flows.fulfilment import plan_next_wave  # noqa: PLC0415
    from warehouse.models import ParcelItem, PickTask  # noqa: PLC0415

    owner, house = _house()
    _orders(owner)
    with connection.cursor() as cursor:
        # As a database is a minute after its tables grew.
        cursor.execute("VACUUM ANALYZE")
    load, busy = os.getloadavg()[0], busy_seconds()
    began, own = time.monotonic(), time.process_time()
    wave = plan_next_wave(merchant_id=owner.pk, warehouse=house, cap=ORDERS, actor="bench", now=NOW)
    took, worked = time.monotonic() - began, time.process_time() - own
    share = (busy_seconds() - busy) / (os.cpu_count() or 1) / took
    assert wave is not None  # noqa: S101 - a wave over nothing is no figure
    with merchant(owner):
        parcels = wave.parcels.count()
        tasks = PickTask.objects.filter(wave=wave).count()
        items = ParcelItem.objects.filter(parcel__wave=wave).count()
    yield Figure("warehouse.wave_2000_s", took * 2000 / ORDERS, "s", "<= 3")
    yield Figure("warehouse.wave_2000_cpu_s", worked * 2000 / ORDERS, "s CPU")
    yield Figure("warehouse.wave_2000_busy", share * 100, "% of cores")
    yield Figure("warehouse.wave_2000_load", load, "load")
    yield Figure("warehouse.wave_2000_parcels", parcels, "parcels", f"= {ORDERS}")
    yield Figure("warehouse.wave_2000_tasks", tasks, "tasks", f">= {items}")
    saved = (wave.serpentine_mm or 0) - (wave.path_mm or 0)
    yield Figure("warehouse.wave_2000_walk_m", (wave.path_mm or 0) / 1000, "m")
    yield Figure("warehouse.wave_2000_walk_saved_m", saved / 1000, "m", ">= 0")


def _house() -> tuple[Merchant, Warehouse]:
    """A warehouse of measured bins, one product in each, five hundred pieces of it."""
    from core.tenancy import merchant  # noqa: PLC0415
    from flows.intake import receive_products  # noqa: PLC0415
    from orders.models import Product  # noqa: PLC0415
    from tests.factories import a_merchant, a_warehouse, product_facts  # noqa: PLC0415
    from warehouse.models import Location, Warehouse  # noqa: PLC0415
    from warehouse.services import StockLine, move_stock  # noqa: PLC0415

    chance = random.Random(3)  # noqa: S311 - a workload, not a secret
    a_warehouse("wave1")
    house = Warehouse.objects.get(code="wave1")
    bins = Location.objects.bulk_create(
        Location(
            warehouse=house, code=f"{aisle:02d}-{bay:02d}", zone="A", aisle=f"{aisle:02d}",
            bay=f"{bay:02d}", pick_sequence=aisle * 100 + bay,
            x_mm=2500 * aisle, y_mm=1500 + 1200 * bay,
        )
        for aisle in range(1, AISLES + 1)
        for bay in range(1, BAYS + 1)
    )  # fmt: skip
    owner = a_merchant("bench")
    facts = [
        product_facts(
            f"P-{number:04d}",
            weight_g=chance.randrange(50, 900, 10),
            length_mm=chance.randrange(60, 260, 10),
            width_mm=chance.randrange(40, 180, 10),
            height_mm=chance.randrange(20, 120, 10),
        )
        for number in range(PRODUCTS)
    ]
    with merchant(owner):
        nothing = {fact.sku: 0 for fact in facts}
        receive_products(products=facts, stock=nothing, actor="bench", now=NOW)
        supplier = Location.objects.get(warehouse=house, kind="supplier")
        ids = Product.objects.order_by("id").values_list("id", flat=True)
        for product_id, place in zip(ids, bins, strict=True):
            move_stock(
                lines=[StockLine(product_id, 500, "bench")], from_location=supplier,
                to_location=place, reason="received", actor="bench", now=NOW,
            )  # fmt: skip
    return owner, house


def _orders(owner: Merchant) -> None:
    """Allocated orders: half of one product, a third of two, the rest of three."""
    from decimal import Decimal  # noqa: PLC0415

    from bench.allocation import _order  # noqa: PLC0415
    from core.tenancy import merchant  # noqa: PLC0415
    from flows.allocation import allocate_many  # noqa: PLC0415
    from orders.models import Channel, Order, OrderLine, Product  # noqa: PLC0415
    from orders.services import ensure_channel  # noqa: PLC0415

    chance = random.Random(5)  # noqa: S311 - a workload, not a secret

    def lines_of(order: Order, products: Sequence[Product]) -> Iterator[OrderLine]:
        kinds = chance.choices((1, 2, 3), weights=(50, 33, 17))[0]
        for place, product in enumerate(chance.sample(products, kinds), start=1):
            yield OrderLine(
                order=order, external_line=str(place), sku=product.sku, product=product,
                quantity=chance.choices((1, 2), weights=(80, 20))[0],
                unit_price=Decimal("9.50"), currency="EUR",
            )  # fmt: skip

    with merchant(owner):
        products = list(Product.objects.order_by("id"))
        channel = ensure_channel(kind=Channel.Kind.API, name="bench", now=NOW)
        orders = Order.objects.bulk_create(
            _order(channel.pk, f"{owner.code}-{number:06d}", chance.choice(LANDS))
            for number in range(ORDERS)
        )
        OrderLine.objects.bulk_create(
            [line for order in orders for line in lines_of(order, products)]
        )
    for start in range(0, ORDERS, 500):
        with merchant(owner):
            allocate_many(order_ids=[order.pk for order in orders[start : start + 500]], now=NOW)
