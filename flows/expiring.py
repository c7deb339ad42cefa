"""Expired goods: taken out of what is sold when their last day is over in their warehouse.

Pieces promised to orders stay as they are, for goods may be in a picker's hand: the supervisor's
board lists them until a person has taken the orders out of their waves.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import F

from core.tenancy import across_merchants, merchant
from warehouse.models import Warehouse
from warehouse.services.expiry import expire_goods, past_their_day

ACTOR = "expiry"
BATCH = 200
MOST_BATCHES = 100
"""Of balances, in one look at a warehouse; the rest comes with the next."""


def expire_everybody(*, now: datetime) -> int:
    """Turn every merchant's free goods past their day expired; return how many balances.

    Runs in an operator worker on a timer. Each batch is one merchant's transaction; run twice, the
    second finds nothing.
    """
    houses = Warehouse.objects.order_by("id")
    return sum(_expire(house, now) for house in houses)


def _expire(house: Warehouse, now: datetime) -> int:
    today = now.astimezone(ZoneInfo(house.time_zone)).date()
    done = batches = 0
    for owner_id in _owners(house, today):
        found = BATCH
        while found == BATCH and batches < MOST_BATCHES:
            with merchant(owner_id):
                found = expire_goods(warehouse=house, today=today, most=BATCH, actor=ACTOR, now=now)
            done, batches = done + found, batches + 1
    return done


def _owners(house: Warehouse, today: date) -> list[int]:
    with across_merchants("The look at expired goods goes through all merchants."):
        rows = past_their_day(warehouse=house, today=today).filter(on_hand__gt=F("reserved"))
        owners = rows.order_by("merchant_id").values_list("merchant_id", flat=True).distinct()
        return list(owners)
