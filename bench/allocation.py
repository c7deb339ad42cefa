"""Allocation: ten thousand orders over five warehouses, and many workers on scarce goods.

`intake.allocate_10k_s` is what one worker takes to do the queued jobs of 10,000 accepted orders:
reservations, explanations, events and the jobs' own ends written. The load of the machine is told
beside it.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from bench import throwaway
from bench.figures import Figure
from bench.processes import busy_seconds

if TYPE_CHECKING:
    from core.models import Merchant

ORDERS = int(os.environ.get("BENCH_ALLOCATE_ORDERS", "10000"))
WORKERS = int(os.environ.get("BENCH_ALLOCATE_WORKERS", "64"))
SCARCE = 50
HOUSES = (("szx1", "CN"), ("lej1", "DE"), ("mad1", "ES"), ("lax1", "US"), ("gru1", "BR"))
LANDS = ("DE", "FR", "ES", "US", "BR", "CN", "GB", "JP")
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def figures() -> Iterator[Figure]:
    """Allocate on a throwaway installation; then let workers fight over what is scarce."""
    throwaway.start()
    yield from _ten_thousand()
    yield from _scarce()


def _ten_thousand() -> Iterator[Figure]:
    from core.jobs import drain_queue  # noqa: PLC0415 - Django is set up by now
    from core.tenancy import merchant  # noqa: PLC0415
    from warehouse.models import Allocation, Reservation  # noqa: PLC0415

    owner = _merchant("bench", products=400, units=100)
    _orders(owner, ORDERS, lines=2, skus=400, seed=11)
    load, began = os.getloadavg()[0], time.monotonic()
    busy, own = busy_seconds(), time.process_time()
    while drain_queue(merchant_id=owner.pk, queue="flow"):
        continue
    took = time.monotonic() - began
    cores = os.cpu_count() or 1
    share = (busy_seconds() - busy) / cores / took
    with merchant(owner):
        explained = Allocation.objects.exclude(explanation={}).count()
        reserved = Reservation.objects.count()
    yield Figure("intake.allocate_10k_s", took * 10_000 / ORDERS, "s", "<= 10")
    yield Figure(
        "intake.allocate_10k_cpu_s", (time.process_time() - own) * 10_000 / ORDERS, "s CPU"
    )
    yield Figure("intake.allocate_10k_load", load, "load")
    yield Figure("intake.allocate_10k_busy", share * 100, "% of cores")
    yield Figure("intake.allocate_10k_explained", explained, "orders")
    yield Figure("intake.allocate_10k_reservations", reserved, "rows", f">= {explained}")


def _scarce() -> Iterator[Figure]:
    """Every product is wanted four times as often as it is there, by all workers at once."""
    from core.tenancy import merchant  # noqa: PLC0415
    from warehouse.models import Reservation  # noqa: PLC0415

    owner = _merchant("scarce", products=SCARCE, units=2)
    order_ids = _orders(owner, SCARCE * 10 * 4, lines=2, skus=SCARCE, seed=7)
    began = time.monotonic()
    _work(owner.pk, order_ids)
    took = time.monotonic() - began
    with merchant(owner):
        promised = Reservation.objects.count()
    yield Figure("intake.oversold", _oversold(owner), "pieces", "= 0")
    yield Figure("intake.oversold_promised", promised, "pieces", f"<= {SCARCE * 2 * len(HOUSES)}")
    yield Figure("intake.oversold_workers", WORKERS, "workers", ">= 64")
    yield Figure("intake.oversold_run_s", took, "s")


def _work(merchant_id: int, order_ids: Sequence[int]) -> None:
    """Give every worker, a process of its own, its share of the orders; all begin together."""
    from django.db import connection  # noqa: PLC0415

    # Each worker opens its own.
    connection.close()
    gate, opened = os.pipe()
    children = []
    for lane in range(WORKERS):
        pid = os.fork()
        if not pid:
            _worker(merchant_id, order_ids[lane::WORKERS], gate, opened)
        children.append(pid)
    os.close(gate)
    os.close(opened)
    codes = [os.waitpid(pid, 0)[1] for pid in children]
    if any(codes):
        raise RuntimeError(f"{sum(map(bool, codes))} workers ended badly.")


def _worker(merchant_id: int, order_ids: Sequence[int], gate: int, opened: int) -> NoReturn:
    """Wait until the gate is opened, allocate the orders one by one, and end the process."""
    from core.jobs import Later  # noqa: PLC0415
    from flows.allocation import allocate_order  # noqa: PLC0415

    code = 1
    try:
        os.close(opened)
        os.read(gate, 1)
        for order_id in order_ids:
            while True:
                try:
                    allocate_order(merchant_id, {"order_id": order_id})
                except Later:
                    continue
                break
        code = 0
    finally:
        # No exit handlers: they would stop the servers that belong to the parent.
        os._exit(code)


def _oversold(owner: Merchant) -> int:
    """Pieces promised beyond what lies there, by reservations and by the ledger."""
    from django.db.models import Sum  # noqa: PLC0415

    from core.tenancy import merchant  # noqa: PLC0415
    from warehouse.models import Reservation, StockBalance, StockMove  # noqa: PLC0415

    over = 0
    with merchant(owner):
        for balance in StockBalance.objects.all():
            promised = (
                Reservation.objects.filter(balance=balance).aggregate(n=Sum("quantity"))["n"] or 0
            )
            moves = StockMove.objects.filter(
                product_id=balance.product_id, to_location_id=balance.location_id
            )
            came = moves.aggregate(n=Sum("quantity"))["n"] or 0
            over += max(promised - came, 0) + abs(balance.reserved - promised)
    return over


def _merchant(code: str, *, products: int, units: int) -> Merchant:
    """A merchant with `units` of every product in each of five warehouses."""
    from core.tenancy import merchant  # noqa: PLC0415
    from flows.intake import receive_products  # noqa: PLC0415
    from orders.models import Product  # noqa: PLC0415
    from tests.factories import a_merchant, a_warehouse, product_facts  # noqa: PLC0415
    from warehouse.models import Location, Warehouse  # noqa: PLC0415
    from warehouse.services import StockLine, move_stock  # noqa: PLC0415

    for priority, (name, country) in enumerate(HOUSES, start=1):
        if not Warehouse.objects.filter(code=name).exists():
            a_warehouse(name)
            Warehouse.objects.filter(code=name).update(country=country, priority=priority)
    owner = a_merchant(code)
    facts = [product_facts(f"P-{number:04d}") for number in range(products)]
    with merchant(owner):
        nothing = {fact.sku: 0 for fact in facts}
        receive_products(products=facts, stock=nothing, actor="bench", now=NOW)
        ids = list(Product.objects.order_by("id").values_list("id", flat=True))
        for name, _country in HOUSES:
            places = Location.objects.filter(warehouse__code=name)
            move_stock(
                lines=[StockLine(product_id, units, name) for product_id in ids],
                from_location=places.get(kind="supplier"), to_location=places.get(code="A-01"),
                reason="received", actor="bench", now=NOW,
            )  # fmt: skip
    return owner


def _orders(owner: Merchant, many: int, *, lines: int, skus: int, seed: int) -> list[int]:
    """Accepted orders with their allocation queued, for buyers in eight countries."""
    from core.jobs import enqueue  # noqa: PLC0415
    from core.tenancy import merchant  # noqa: PLC0415
    from flows.recheck import allocation_work  # noqa: PLC0415
    from orders.models import Channel, Order, OrderLine, Product  # noqa: PLC0415
    from orders.services import ensure_channel  # noqa: PLC0415

    chance = random.Random(seed)  # noqa: S311 - a workload, not a secret
    made: list[int] = []
    with merchant(owner):
        products = {row.sku: row.pk for row in Product.objects.all()}
        channel = ensure_channel(kind=Channel.Kind.API, name="bench", now=NOW)
        for start in range(0, many, 1000):
            orders = Order.objects.bulk_create(
                _order(channel.pk, f"{owner.code}-{number:06d}", chance.choice(LANDS))
                for number in range(start, min(start + 1000, many))
            )
            OrderLine.objects.bulk_create(
                OrderLine(
                    order=order, external_line=str(place), sku=sku, product_id=products[sku],
                    quantity=1, unit_price=Decimal("9.50"), currency="EUR",
                )
                for order in orders
                for place, sku in enumerate(
                    (f"P-{number:04d}" for number in chance.sample(range(skus), lines)), start=1
                )
            )  # fmt: skip
            enqueue([allocation_work(order.pk) for order in orders], now=NOW)
            made += [order.pk for order in orders]
    return made


def _order(channel_id: int, number: str, country: str) -> Any:
    from orders.models import Order  # noqa: PLC0415

    return Order(
        channel_id=channel_id, external_order=number, reference=number[-16:], status="accepted",
        content_sha256="", buyer_digest=number, currency="EUR", goods_value=Decimal("19.00"),
        weight_g=700, recipient_name="Erika Mustermann", street_1="Heidestraße 17", city="Berlin",
        country=country, created_at=NOW,
    )  # fmt: skip
