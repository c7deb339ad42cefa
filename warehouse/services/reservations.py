"""Reservations: stock promised to order lines by conditional updates in key order."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F

from core.events import Change, record_many
from core.tenancy import active_merchant_id
from warehouse.models import (
    Allocation,
    Location,
    ParcelItem,
    Reservation,
    StockBalance,
)
from warehouse.services.put_backs import unpromise_put_backs

PACKED = "packed"


class StockGone(Exception):
    """Somebody else reserved the pieces first. Roll back and choose again."""


@dataclass(frozen=True, slots=True)
class Promise:
    """`quantity` pieces of one balance for one order line."""

    order_line_id: int
    balance_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Reserving:
    """The pieces of one order in one warehouse, and why they are taken there."""

    order_id: int
    warehouse_id: int
    promises: Sequence[Promise]
    strategy: str
    explanation: Mapping[str, Any]
    priority: int
    ship_by: datetime | None


def reserve_orders(*, orders: Sequence[Reserving], now: datetime) -> None:
    """Reserve every promise of every order, or raise `StockGone` (the caller's block then rolls
    back).

    Balances are locked in key order and changed by a conditional update, so that two callers over
    the same products neither deadlock nor promise a piece twice.
    """
    if not orders:
        return
    wanted: dict[int, int] = defaultdict(int)
    for order in orders:
        for promise in order.promises:
            wanted[promise.balance_id] += promise.quantity
    take_pieces(wanted)
    kept = [promise for order in orders for promise in order.promises]
    owner = active_merchant_id()
    with connection.cursor() as cursor:
        cursor.execute(
            RESERVE,
            [
                owner,
                Reservation.Status.RESERVED.value,
                now,
                [promise.order_line_id for promise in kept],
                [promise.balance_id for promise in kept],
                [promise.quantity for promise in kept],
            ],
        )
        cursor.execute(
            ALLOCATE,
            [
                owner,
                now,
                [order.order_id for order in orders],
                [order.warehouse_id for order in orders],
                [order.strategy for order in orders],
                [json.dumps(dict(order.explanation)) for order in orders],
                [order.priority for order in orders],
                [order.ship_by for order in orders],
            ],
        )


# Written out: every order and line that ships passes here, ten thousand at a time.
RESERVE = (
    "INSERT INTO warehouse_reservation"
    " (merchant_id, status, created_at, order_line_id, balance_id, quantity)"
    " SELECT %s, %s, %s, row.line, row.balance, row.quantity"
    " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS row(line, balance, quantity)"
)
ALLOCATE = (
    "INSERT INTO warehouse_allocation"
    " (merchant_id, created_at, order_id, warehouse_id, strategy, explanation, priority, ship_by)"
    " SELECT %s, %s, row.order_id, row.warehouse_id, row.strategy, row.explanation, row.priority,"
    " row.ship_by FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]::jsonb[],"
    " %s::smallint[], %s::timestamptz[])"
    " AS row(order_id, warehouse_id, strategy, explanation, priority, ship_by)"
)


def take_pieces(wanted: Mapping[int, int]) -> None:
    """Raise the reserved pieces of each balance by what is wanted, or raise `StockGone`."""
    balance_ids = sorted(wanted)
    # An UPDATE of many rows locks them in no order of ours.
    list(
        StockBalance.objects.filter(pk__in=balance_ids)
        .order_by("id")
        .select_for_update()
        .values_list("id", flat=True)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE, [balance_ids, [wanted[each] for each in balance_ids], active_merchant_id()]
        )
        taken = {row[0] for row in cursor.fetchall()}
    for balance_id in balance_ids:
        if balance_id not in taken:
            raise StockGone(f"Balance {balance_id} has no {wanted[balance_id]} free pieces.")


TAKE = (
    "UPDATE warehouse_stockbalance AS b SET reserved = b.reserved + row.quantity"
    " FROM unnest(%s::bigint[], %s::bigint[]) AS row(id, quantity)"
    " WHERE b.id = row.id AND b.merchant_id = %s AND b.on_hand >= b.reserved + row.quantity"
    " RETURNING b.id"
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
        .select_related("order_line", "balance__product", "balance__location__warehouse")
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
        sku = row.balance.product.sku
        pieces[sku] = pieces.get(sku, 0) + row.quantity
    Reservation.objects.filter(pk__in=[row.pk for row in reservations]).delete()
    Allocation.objects.filter(order_id__in=order_ids).delete()
    unpromise_put_backs(order_ids=order_ids, actor=actor, now=now)
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
    with connection.cursor() as cursor:
        cursor.execute(
            CONSUME,
            {
                "merchant": active_merchant_id(), "lines": [each.order_line_id for each in items],
                "open": [Reservation.Status.RESERVED, Reservation.Status.PICKED],
                "consumed": Reservation.Status.CONSUMED, "packed": Location.Kind.PACKED,
                "reason": PACKED, "parcel": parcel_reference, "actor": actor, "now": now,
            },
        )  # fmt: skip


# Written out: every parcel that is packed passes here while a person waits. Rows are locked in the
# balances' key order, and changed only after that. A balance is lowered once by the sum, as one
# statement changes a row only once.
CONSUME = """
WITH promised AS MATERIALIZED (
  SELECT r.id, r.balance_id, r.quantity, b.product_id, b.location_id, b.lot, b.expires_on,
    b.condition, there.id AS there_id
  FROM warehouse_reservation r
  JOIN warehouse_stockbalance b ON b.merchant_id = r.merchant_id AND b.id = r.balance_id
  JOIN warehouse_location here ON here.id = b.location_id
  LEFT JOIN warehouse_location there
    ON there.warehouse_id = here.warehouse_id AND there.kind = %(packed)s
  WHERE r.merchant_id = %(merchant)s AND r.order_line_id = ANY(%(lines)s)
    AND r.status = ANY(%(open)s)
  ORDER BY r.balance_id, r.id FOR UPDATE OF r, b
), lowered AS (
  UPDATE warehouse_stockbalance b
  SET on_hand = b.on_hand - wanted.quantity, reserved = b.reserved - wanted.quantity
  FROM (SELECT balance_id, sum(quantity)::bigint AS quantity FROM promised GROUP BY balance_id)
    AS wanted
  WHERE b.merchant_id = %(merchant)s AND b.id = wanted.balance_id
), moved AS (
  INSERT INTO warehouse_stockmove (merchant_id, product_id, from_location_id, to_location_id, lot,
    expires_on, condition, quantity, reason, reference, actor, at)
  SELECT %(merchant)s, product_id, location_id, there_id, lot, expires_on, condition, quantity,
    %(reason)s, %(parcel)s || ':' || id, %(actor)s, %(now)s
  FROM promised
)
UPDATE warehouse_reservation r SET status = %(consumed)s FROM promised
WHERE r.merchant_id = %(merchant)s AND r.id = promised.id
"""
