"""Balances: changed together, in key order, by one conditional statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import connection

from core.tenancy import active_merchant_id
from warehouse.models import StockBalance

Kept = tuple[int, int, str, date | None, str]
"""What has one balance: product, location, lot, expiry, condition."""


class NotFree(Exception):
    """Fewer pieces than wanted lie there and are promised to nobody. Permanent until stock moves.

    `free` is what could be taken.
    """

    def __init__(self, *, product_id: int, code: str, wanted: int, free: int) -> None:
        self.product_id, self.code, self.wanted, self.free = product_id, code, wanted, free
        super().__init__(f"{code} has {free} free pieces of product {product_id}, not {wanted}.")


def change_balances(changes: Mapping[Kept, int], codes: Mapping[int, str], now: datetime) -> None:
    """Change balances by conditional update, locked in key order; raise `NotFree`.

    Goods that go from one place to another take their age along.
    """
    keys = [key for key, by in changes.items() if by]
    known = _balances(keys)
    missing = sorted(
        (key for key in keys if key not in known and changes[key] > 0),
        key=lambda key: (key[0], key[1], key[2], key[3] or date.min, key[4]),
    )
    StockBalance.objects.bulk_create(
        [
            StockBalance(product_id=key[0], location_id=key[1], lot=key[2], expires_on=key[3],
                         condition=key[4])
            for key in missing
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    locked = _balances(keys, lock=True)
    oldest: dict[int, datetime] = {}
    for key in keys:
        balance = locked.get(key)
        free = balance.on_hand - balance.reserved if balance else 0
        if free + changes[key] < 0:
            raise NotFree(product_id=key[0], code=codes[key[1]], wanted=-changes[key], free=free)
        if balance and changes[key] < 0 and balance.received_at:
            oldest[key[0]] = min(oldest.get(key[0], now), balance.received_at)
    with connection.cursor() as cursor:
        cursor.execute(
            CHANGE,
            [
                [locked[key].pk for key in keys],
                [changes[key] for key in keys],
                [oldest.get(key[0], now) for key in keys],
                active_merchant_id(),
            ],
        )
        if cursor.rowcount != len(keys):
            raise AssertionError("A balance that is locked has changed.")


CHANGE = (
    "UPDATE warehouse_stockbalance AS b SET on_hand = b.on_hand + row.units,"
    " received_at = CASE WHEN row.units < 0 THEN b.received_at"
    " WHEN b.on_hand = 0 OR b.received_at IS NULL THEN row.since"
    " ELSE least(b.received_at, row.since) END"
    " FROM unnest(%s::bigint[], %s::integer[], %s::timestamptz[]) AS row(id, units, since)"
    " WHERE b.id = row.id AND b.merchant_id = %s AND b.on_hand + row.units >= b.reserved"
)
"""`received_at` is the instant a place was last empty, or came from such a place: goods put on top
of others do not make them younger."""


def _balances(keys: Sequence[Kept], *, lock: bool = False) -> dict[Kept, StockBalance]:
    rows = StockBalance.objects.filter(
        product_id__in={key[0] for key in keys}, location_id__in={key[1] for key in keys}
    ).order_by("id")
    if lock:
        wanted = set(keys)
        ids = [
            pk
            for pk, *key in rows.values_list(
                "id", "product_id", "location_id", "lot", "expires_on", "condition"
            )
            if tuple(key) in wanted
        ]
        rows = StockBalance.objects.filter(pk__in=ids).order_by("id").select_for_update()
    return {
        (row.product_id, row.location_id, row.lot, row.expires_on, row.condition): row
        for row in rows
    }
