"""Stock: the ledger of moves, and the balances that are always its sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, F, Q, Value, When

from core.tenancy import active_merchant_id
from warehouse.models import Location, StockBalance, StockMove

OPENING = "opening"


@dataclass(frozen=True, slots=True)
class StockLine:
    """`quantity` pieces of a product, under a reference that makes a repetition harmless."""

    product_id: int
    quantity: int
    reference: str


def open_stock(
    *, lines: Sequence[StockLine], supplier: Location, to: Location, actor: str, now: datetime
) -> int:
    """Bring in a product's opening stock; return how many products it was opened for.

    A product is opened once: the same reference again moves nothing, so that a product file
    uploaded twice does not double the goods.
    """
    return move_stock(
        lines=lines, from_location=supplier, to_location=to, reason=OPENING, actor=actor, now=now
    )


def move_stock(
    *,
    lines: Sequence[StockLine],
    from_location: Location,
    to_location: Location,
    reason: str,
    actor: str,
    now: datetime,
) -> int:
    """Bring goods from outside (supplier, adjustment) into a bin; return how many were new."""
    merchant_id = active_merchant_id()
    wanted = {(line.product_id, line.reference): line for line in lines if line.quantity > 0}
    known = set(
        StockMove.objects.filter(
            reason=reason,
            from_location=from_location,
            reference__in={line.reference for line in wanted.values()},
        ).values_list("product_id", "reference")
    )
    fresh = [line for key, line in sorted(wanted.items()) if key not in known]
    if not fresh:
        return 0
    StockMove.objects.bulk_create(
        StockMove(
            product_id=line.product_id,
            from_location=from_location,
            to_location=to_location,
            quantity=line.quantity,
            reason=reason,
            reference=line.reference,
            actor=actor,
            at=now,
        )
        for line in fresh
    )
    StockBalance.objects.bulk_create(
        [
            StockBalance(merchant_id=merchant_id, product_id=line.product_id, location=to_location)
            for line in fresh
        ],
        ignore_conflicts=True,
    )
    for line in fresh:
        StockBalance.objects.filter(
            product_id=line.product_id, location=to_location, lot="", condition="good"
        ).update(on_hand=F("on_hand") + line.quantity, received_at=_since(now))
    return len(fresh)


def _since(now: datetime) -> Case:
    """The instant a place was last empty: goods put on top of others do not make them younger."""
    is_fresh = Q(on_hand=0) | Q(received_at__isnull=True)
    return Case(When(is_fresh, then=Value(now)), default=F("received_at"))
