"""Reservations: stock promised to order lines by conditional updates in key order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from core.events import Change, record_many
from core.tenancy import active_merchant_id
from warehouse.models import (
    Allocation,
    Location,
    ParcelItem,
    Reservation,
    StockBalance,
    StockMove,
    Warehouse,
)

PACKED = "packed"


class StockGone(Exception):
    """Somebody else reserved the pieces first. Roll back and choose again."""


@dataclass(frozen=True, slots=True)
class Promise:
    """`quantity` pieces of one balance for one order line."""

    order_line_id: int
    balance_id: int
    quantity: int


def reserve_order(
    *,
    order_id: int,
    warehouse: Warehouse,
    promises: Sequence[Promise],
    strategy: str,
    explanation: Mapping[str, Any],
    priority: int,
    ship_by: datetime | None,
    now: datetime,
) -> Allocation:
    """Reserve every promise, or raise `StockGone` (the caller's block then rolls back).

    Balances are taken in key order, so that two orders over the same products cannot deadlock.
    """
    for promise in sorted(promises, key=lambda each: (each.balance_id, each.order_line_id)):
        free = StockBalance.objects.filter(
            pk=promise.balance_id, on_hand__gte=F("reserved") + promise.quantity
        )
        if not free.update(reserved=F("reserved") + promise.quantity):
            raise StockGone(f"Balance {promise.balance_id} has no {promise.quantity} free pieces.")
    Reservation.objects.bulk_create(
        Reservation(
            order_line_id=promise.order_line_id,
            balance_id=promise.balance_id,
            quantity=promise.quantity,
            created_at=now,
        )
        for promise in promises
    )
    return Allocation.objects.create(
        order_id=order_id,
        warehouse=warehouse,
        strategy=strategy,
        explanation=dict(explanation),
        priority=priority,
        ship_by=ship_by,
        created_at=now,
    )


def release_reservations(*, order_ids: Sequence[int], actor: str, now: datetime) -> set[int]:
    """Give the pieces promised to these orders back and forget which warehouse was chosen.

    The caller holds the orders' rows locked and has made sure that no parcel is planned for them.
    Returns the orders that had anything promised. The rows go: an order line may go after them,
    and history keeps what was promised.
    """
    reservations = list(
        Reservation.objects.filter(
            order_line__order_id__in=order_ids,
            status__in=[Reservation.Status.RESERVED, Reservation.Status.PICKED],
        )
        .select_related("order_line", "balance__location__warehouse")
        .order_by("balance_id", "id")
        .select_for_update(of=("self",))
    )
    promised: dict[int, dict[str, Any]] = {}
    for row in reservations:
        StockBalance.objects.filter(pk=row.balance_id).update(reserved=F("reserved") - row.quantity)
        told = promised.setdefault(
            row.order_line.order_id,
            {"warehouse": row.balance.location.warehouse.code, "pieces": {}},
        )
        pieces = told["pieces"]
        pieces[row.order_line.sku] = pieces.get(row.order_line.sku, 0) + row.quantity
    Reservation.objects.filter(pk__in=[row.pk for row in reservations]).delete()
    Allocation.objects.filter(order_id__in=order_ids).delete()
    record_many(
        [
            Change("order.stock_given_back", "order", order_id, told)
            for order_id, told in promised.items()
        ],
        actor=actor,
        now=now,
    )
    return set(promised)


def consume_reservations(
    *, items: Iterable[ParcelItem], parcel_reference: str, actor: str, now: datetime
) -> None:
    """Take a packed parcel's goods out of their bins: ledger rows, balances and reservations."""
    line_ids = [item.order_line_id for item in items]
    reservations = list(
        Reservation.objects.filter(
            order_line_id__in=line_ids,
            status__in=[Reservation.Status.RESERVED, Reservation.Status.PICKED],
        )
        .select_related("balance", "balance__location")
        .order_by("balance_id", "id")
        .select_for_update(of=("self",))
    )
    moves: list[StockMove] = []
    packed_places: dict[int, Location] = {}
    for reservation in reservations:
        balance = reservation.balance
        warehouse_id = balance.location.warehouse_id
        if warehouse_id not in packed_places:
            packed_places[warehouse_id] = Location.objects.get(
                warehouse_id=warehouse_id, kind=Location.Kind.PACKED
            )
        StockBalance.objects.filter(pk=balance.pk).update(
            on_hand=F("on_hand") - reservation.quantity,
            reserved=F("reserved") - reservation.quantity,
        )
        moves.append(
            StockMove(
                merchant_id=active_merchant_id(),
                product_id=balance.product_id,
                from_location=balance.location,
                to_location=packed_places[warehouse_id],
                lot=balance.lot,
                condition=balance.condition,
                quantity=reservation.quantity,
                reason=PACKED,
                reference=f"{parcel_reference}:{reservation.pk}",
                actor=actor,
                at=now,
            )
        )
    StockMove.objects.bulk_create(moves)
    Reservation.objects.filter(pk__in=[each.pk for each in reservations]).update(
        status=Reservation.Status.CONSUMED
    )
