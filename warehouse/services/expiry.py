"""Goods past their last day leave the stock that is sold: by the ledger, where they lie."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import F, QuerySet

from core.events import record
from warehouse.models import Condition, Location, StockBalance, Warehouse
from warehouse.services.balances import NotFree
from warehouse.services.stock import Goods, transfer

EXPIRED = "expired"


def past_their_day(*, warehouse: Warehouse, today: date) -> QuerySet[StockBalance]:
    """Good stock in bins whose last day is over, of the active merchant or across merchants.

    Goods at the dock and at the staging place are in somebody's hands: they follow in their bin.
    """
    return StockBalance.objects.filter(
        location__warehouse=warehouse, location__kind=Location.Kind.BIN,
        condition=Condition.GOOD, expires_on__lt=today, on_hand__gt=0,
    )  # fmt: skip


def expire_goods(*, warehouse: Warehouse, today: date, most: int, actor: str, now: datetime) -> int:
    """Turn the free pieces of up to `most` balances past their day expired, in the active block;
    return how many balances had such pieces. What is promised to orders stays as it is."""
    rows = past_their_day(warehouse=warehouse, today=today).filter(on_hand__gt=F("reserved"))
    found = list(rows.select_related("location").order_by("id")[:most])
    for row in found:
        _expire(row, actor, now)
    return len(found)


def _expire(row: StockBalance, actor: str, now: datetime) -> None:
    pieces = row.on_hand - row.reserved
    goods = Goods(
        row.product_id, pieces, row.lot, row.expires_on, row.condition, becomes=Condition.EXPIRED
    )
    try:
        transfer(
            goods=[goods], from_location=row.location, to_location=row.location, reason=EXPIRED,
            reference=f"{row.pk}/{now.isoformat()}", actor=actor, now=now,
        )  # fmt: skip
    except NotFree:
        # Somebody moved them meanwhile: the next look finds what is left.
        return
    told = {
        "pieces": pieces, "bin": row.location.code, "lot": row.lot,
        "expires_on": row.expires_on.isoformat() if row.expires_on else "",
    }  # fmt: skip
    record(
        kind="product.expired", subject_kind="product", subject_id=row.product_id, actor=actor,
        now=now, data=told,
    )  # fmt: skip
