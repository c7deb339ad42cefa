"""Stage 3, allocation: a warehouse chosen with a stored explanation, stock reserved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from core.jobs import Later, handler
from core.tenancy import merchant
from orders.models import Order, OrderLine
from orders.services import move_orders
from warehouse.models import Location, StockBalance, Warehouse
from warehouse.rules.allocation import OrderNeed, WarehouseStock, allocate
from warehouse.services import StockGone, reserve_order
from warehouse.services.reservations import Promise

BACKORDERS_PER_RUN = 200


@handler("allocation.allocate", queue="flow", waits_while_suspended=True)
def allocate_order(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Reserve stock for one accepted order, or mark it as backordered."""
    try:
        with merchant(merchant_id):
            _allocate(payload["order_id"])
    except StockGone as gone:
        raise Later(0.2, str(gone)) from gone


@handler("allocation.fill_backorders", queue="flow", waits_while_suspended=True)
def fill_backorders(merchant_id: int, payload: Mapping[str, Any]) -> None:  # noqa: ARG001
    """Try backordered orders again, oldest first, after stock came in."""
    last_id = 0
    while True:
        with merchant(merchant_id):
            waiting = Order.objects.filter(status=Order.Status.BACKORDERED, pk__gt=last_id)
            order_ids = list(
                waiting.order_by("id").values_list("id", flat=True)[:BACKORDERS_PER_RUN]
            )
        for order_id in order_ids:
            allocate_order(merchant_id, {"order_id": order_id})
        if len(order_ids) < BACKORDERS_PER_RUN:
            return
        last_id = order_ids[-1]


def _allocate(order_id: int) -> None:
    now = timezone.now()
    order = Order.objects.select_for_update().get(pk=order_id)
    if order.status not in (Order.Status.ACCEPTED, Order.Status.BACKORDERED):
        return
    lines = list(OrderLine.objects.filter(order=order).order_by("id"))
    wanted: dict[str, int] = defaultdict(int)
    for line in lines:
        wanted[line.sku] += line.quantity
    stocks, balances = _stocks({line.product_id for line in lines if line.product_id})
    if order.wanted_warehouse:
        # A rule of the merchant's names it: no other is looked at, and without stock it waits.
        stocks = [stock for stock in stocks if stock.code == order.wanted_warehouse]
    plan = allocate(OrderNeed(destination_country=order.country, lines=dict(wanted)), stocks)
    if plan.warehouse is None:
        if order.status == Order.Status.ACCEPTED:
            move_orders(
                order_ids=[order_id],
                to=Order.Status.BACKORDERED,
                actor="allocation",
                now=now,
                data=plan.explanation(),
            )
        return
    warehouse = Warehouse.objects.get(code=plan.warehouse)
    reserve_order(
        order_id=order_id,
        warehouse=warehouse,
        promises=_promises(lines, balances[warehouse.code]),
        strategy=plan.strategy,
        explanation=plan.explanation(),
        priority=order.priority,
        ship_by=order.ship_by,
        now=now,
    )
    move_orders(
        order_ids=[order_id],
        to=Order.Status.ALLOCATED,
        actor="allocation",
        now=now,
        data={"warehouse": warehouse.code},
    )


def _stocks(
    product_ids: set[int],
) -> tuple[list[WarehouseStock], Mapping[str, list[StockBalance]]]:
    """Return every active warehouse with what it has free, and its balances in pick order."""
    balances = (
        StockBalance.objects.filter(
            product_id__in=product_ids, location__kind=Location.Kind.BIN, condition="good"
        )
        .select_related("location", "product")
        .order_by("location__pick_sequence", "id")
    )
    by_warehouse: dict[int, list[StockBalance]] = defaultdict(list)
    for balance in balances:
        by_warehouse[balance.location.warehouse_id].append(balance)
    houses = Warehouse.objects.filter(is_active=True).order_by("priority", "id")
    stocks = []
    for house in houses:
        free: dict[str, int] = defaultdict(int)
        for balance in by_warehouse[house.pk]:
            free[balance.product.sku] += balance.on_hand - balance.reserved
        stocks.append(
            WarehouseStock(
                code=house.code, country=house.country, priority=house.priority, available=free
            )
        )
    return stocks, {house.code: by_warehouse[house.pk] for house in houses}


def _promises(lines: Sequence[OrderLine], balances: Sequence[StockBalance]) -> list[Promise]:
    """Take each line's pieces from the first bins on the path that have some free."""
    free = {balance.pk: balance.on_hand - balance.reserved for balance in balances}
    promises = []
    for line in lines:
        wanted = line.quantity
        for balance in balances:
            if wanted and balance.product_id == line.product_id and free[balance.pk] > 0:
                take = min(wanted, free[balance.pk])
                promises.append(Promise(line.pk, balance.pk, take))
                free[balance.pk] -= take
                wanted -= take
        if wanted:
            raise StockGone(f"Line {line.pk} lacks {wanted} pieces.")
    return promises
