"""Who waits for stock, since when, and what is theirs when it comes in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from core.tenancy import active_merchant_id
from warehouse.models import Backorder, BackorderClaim

ALLOCATORS = 0x57420001
"""First half of the advisory locks that allocators of the same products take."""
LANES = 128


@dataclass(frozen=True, slots=True)
class Claim:
    """`quantity` pieces of a product that an order waits for in a warehouse."""

    product_id: int
    warehouse_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order that cannot ship now, why, what it lacks where, and all it needs by product."""

    order_id: int
    explanation: Mapping[str, Any]
    claims: Sequence[Claim]
    needs: Mapping[int, int]


def queue_for_stock(*, product_ids: Iterable[int]) -> None:
    """Wait until nobody else of the active merchant allocates any of these products.

    Until the transaction ends, what is read of stock and of waiting orders then stays true but for
    goods that come in or go out. Taken in key order, so two allocators cannot deadlock; products
    share `LANES` locks, so that a large batch does not fill the database's lock table. Stations
    take none of these.
    """
    owner = LANES * (active_merchant_id() % 2**20)
    lanes = sorted({owner + product_id % LANES for product_id in product_ids})
    with connection.cursor() as cursor:
        cursor.execute(QUEUE, [ALLOCATORS, lanes])


QUEUE = "SELECT pg_advisory_xact_lock(%s, lane) FROM unnest(%s::int[]) AS lane"


def note_backorders(*, waiting: Sequence[Waiting], now: datetime) -> None:
    """Write down who waits. Who waited before keeps its date, and the claims it ever made."""
    if not waiting:
        return
    rows = [
        Backorder(
            order_id=each.order_id, since=now, explanation=dict(each.explanation), tried_at=now
        )
        for each in waiting
    ]
    Backorder.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["merchant", "order"],
        update_fields=["explanation", "tried_at"],
    )
    ids = dict(
        Backorder.objects.filter(order_id__in=[each.order_id for each in waiting]).values_list(
            "order_id", "id"
        )
    )
    _follow(waiting, ids)
    BackorderClaim.objects.bulk_create(
        [
            BackorderClaim(
                backorder_id=ids[each.order_id],
                product_id=claim.product_id,
                warehouse_id=claim.warehouse_id,
                quantity=claim.quantity,
            )
            for each in waiting
            for claim in each.claims
        ],
        ignore_conflicts=True,
    )


def _follow(waiting: Sequence[Waiting], ids: Mapping[int, int]) -> None:
    """Bring earlier claims in step with orders that have changed since."""
    needs = {ids[each.order_id]: each.needs for each in waiting}
    for claim in BackorderClaim.objects.filter(backorder_id__in=list(ids.values())):
        units = needs[claim.backorder_id].get(claim.product_id, 0)
        rows = BackorderClaim.objects.filter(pk=claim.pk)
        if not units:
            rows.delete()
        elif units != claim.quantity:
            rows.update(quantity=units)


def end_claims(*, order_ids: Sequence[int]) -> None:
    """Let go what orders waited for, once they have it or get it from elsewhere."""
    BackorderClaim.objects.filter(backorder__order_id__in=order_ids).delete()
