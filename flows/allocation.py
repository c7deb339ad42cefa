"""Stage 3, allocation: a warehouse chosen with a stored explanation, stock reserved.

Orders that wait come before new ones: what an order lacked in a warehouse is its own as soon as it
comes in there (`warehouse.models.BackorderClaim`), the longest wait first. Orders are allocated in
batches; a batch is one transaction.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from core.jobs import Later, finish_along, handler, take_along
from core.tenancy import merchant
from flows.allocation_batch import Batch
from flows.allocation_stock import Key, asked_to_ship, read_queue, read_stock, wanted_of
from flows.supply import ask_suppliers, look_again
from orders.models import Order, OrderLine
from orders.querysets import kits_of
from orders.services import move_orders
from warehouse.models import Backorder, BackorderClaim
from warehouse.querysets import promisable
from warehouse.services import (
    StockGone,
    end_claims,
    note_backorders,
    policy_in_force,
    queue_for_stock,
    reserve_orders,
    withdraw_drafts,
)

log = logging.getLogger("waybridge.allocation")

ACTOR = "allocation"
KIND = "allocation.allocate"
BATCH = 250
MANY = 8
"""From so many due jobs on, a worker allocates them together."""
NEEDED = (
    "status", "reference", "country", "priority", "ship_by", "wanted_warehouse", "made_by",
    "goods_value", "currency", "phone", "service_level",
)  # fmt: skip
"""What of an order the rules and the price of its way ask for; its words stay where they are."""
OPEN = (Order.Status.ACCEPTED, Order.Status.BACKORDERED)


@handler(KIND, queue="flow", waits_while_suspended=True)
def allocate_order(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Reserve stock for one accepted order, or mark it as backordered.

    Where many such jobs are due they are done together. When that fails, this order goes alone, and
    so does each of the others in its turn.
    """
    order_id = payload["order_id"]
    try:
        if _with_others(merchant_id, order_id):
            return
    except Exception:  # one order's fault must not stop the rest
        log.exception("A batch of allocations of merchant %s failed; one by one.", merchant_id)
    try:
        with merchant(merchant_id):
            allocate_many(order_ids=[order_id], now=timezone.now())
    except StockGone as gone:
        raise Later(0.2, str(gone)) from gone


def _with_others(merchant_id: int, order_id: int) -> bool:
    """Allocate an order together with others that are due; False when there are too few, or
    somebody else has the order just now."""
    now = timezone.now()
    with merchant(merchant_id):
        jobs = take_along(kind=KIND, count=BATCH, now=now)
        if len(jobs) < MANY:
            return False
        order_ids = [order_id, *(job.payload["order_id"] for job in jobs)]
        # Others' locks are not waited for: they may wait for the jobs that are locked here.
        done = allocate_many(order_ids=order_ids, now=now, skip_locked=True)
        finish_along([job for job in jobs if job.payload["order_id"] in done], now=now)
        return order_id in done


def allocate_many(
    *, order_ids: Sequence[int], now: datetime, skip_locked: bool = False
) -> frozenset[int]:
    """Allocate orders in the active block, those that wait first; return those that were locked.

    Orders that are neither accepted nor backordered are left as they are. Raises `StockGone` when
    goods left the house meanwhile: roll back and try again.
    """
    locked = list(
        Order.objects.filter(pk__in=order_ids)
        .only(*NEEDED)
        .order_by("id")
        .select_for_update(skip_locked=skip_locked)
    )
    with_supplier = asked_to_ship([order.pk for order in locked])
    orders = [each for each in locked if each.status in OPEN and each.pk not in with_supplier]
    if orders:
        _allocate(orders, now)
    return frozenset(order.pk for order in locked)


def _allocate(orders: Sequence[Order], now: datetime) -> None:
    lines: dict[int, list[OrderLine]] = defaultdict(list)
    rows = OrderLine.objects.filter(order_id__in=[order.pk for order in orders])
    for line in rows.only("order", "product", "sku", "quantity").order_by("id"):
        lines[line.order_id].append(line)
    sold = {line.product_id or 0 for each in lines.values() for line in each}
    kits = kits_of(sold, on=now.date())
    wanted = {order.pk: wanted_of(lines[order.pk], kits) for order in orders if lines[order.pk]}
    product_ids = {product_id for each in wanted.values() for product_id in each.units}
    queue_for_stock(product_ids=product_ids)
    policy = policy_in_force(at=now)
    waits = _waiting_since([order for order in orders if order.status == OPEN[1]], now)
    batch = Batch(
        now=now,
        stock=read_stock(product_ids=product_ids, policy=policy, now=now, kits=kits),
        queue=read_queue(product_ids=product_ids, last=max(waits.values(), default=None)),
        known_claims=_claims_of(list(waits)),
    )
    in_turn = sorted(
        orders,
        key=lambda order: (
            (0, *waits[order.pk]) if order.pk in waits else (1, -order.priority, order.pk)
        ),
    )
    for order in in_turn:
        if order.pk in wanted:
            batch.allocate(order, lines[order.pk], wanted[order.pk], waits.get(order.pk))
    _write(batch, now)


def _waiting_since(orders: Sequence[Order], now: datetime) -> dict[int, Key]:
    since = dict(Backorder.objects.filter(order__in=orders).values_list("order_id", "since"))
    return {order.pk: (since.get(order.pk, now), order.pk) for order in orders}


def _claims_of(order_ids: Sequence[int]) -> set[tuple[int, int, int]]:
    rows = BackorderClaim.objects.filter(backorder__order_id__in=order_ids)
    return set(rows.values_list("backorder__order_id", "product_id", "warehouse_id"))


def _write(batch: Batch, now: datetime) -> None:
    reserve_orders(orders=batch.reservings, now=now)
    for code, order_ids in batch.allocated.items():
        move_orders(
            order_ids=order_ids,
            to=Order.Status.ALLOCATED,
            actor=ACTOR,
            now=now,
            data={"warehouse": code},
        )
    note_backorders(waiting=batch.waiting, now=now)
    filled = [each for each in batch.served if each in batch.waited]
    end_claims(order_ids=filled)
    withdraw_drafts(order_ids=filled, why="", actor=ACTOR, now=now)
    for code, refused in batch.newly_waiting.items():
        move_orders(
            order_ids=[each.order_id for each in refused],
            to=Order.Status.BACKORDERED,
            actor=ACTOR,
            now=now,
            data={"because": code},
        )
    newly = [each for refused in batch.newly_waiting.values() for each in refused]
    if newly:
        ask_suppliers(shortages=newly, now=now)
        # Goods may have come in after stock was read and before this is seen: look again.
        look_again(now=now)


@handler("allocation.fill_backorders", queue="flow", waits_while_suspended=True)
def fill_backorders(merchant_id: int, payload: Mapping[str, Any]) -> None:  # noqa: ARG001
    """Try orders that wait again, the longest wait first, where what they lack lies somewhere."""
    after: Key | None = None
    while True:
        try:
            with merchant(merchant_id):
                found = _fillable(after, timezone.now())
                if found:
                    order_ids = [order_id for _since, order_id in found]
                    allocate_many(order_ids=order_ids, now=timezone.now())
        except StockGone as gone:
            raise Later(0.2, str(gone)) from gone
        if len(found) < BATCH:
            return
        after = found[-1]


def _fillable(after: Key | None, now: datetime) -> list[Key]:
    """The next orders that wait and whose missing goods are free somewhere, by (since, id)."""
    free = promisable(now=now).filter(product_id=OuterRef("product_id"))
    claims = BackorderClaim.objects.filter(backorder=OuterRef("pk"))
    rows = Backorder.objects.filter(order__status=Order.Status.BACKORDERED).filter(
        Exists(claims.filter(Exists(free))) | ~Exists(claims)
    )
    if after is not None:
        since, order_id = after
        rows = rows.filter(Q(since__gt=since) | Q(since=since, order_id__gt=order_id))
    return list(rows.order_by("since", "order_id").values_list("since", "order_id")[:BATCH])
