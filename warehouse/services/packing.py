"""Packing by scan: every scan is kept raw, a repeated one changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from core.bulk import insert_rows
from core.events import Change, record_many
from core.models import Document
from core.states import move, sources
from core.tenancy import active_merchant_id
from warehouse.models import Parcel, ParcelItem, Scan
from warehouse.rules.presses import Press
from warehouse.services.reservations import consume_reservations
from warehouse.states import PARCEL_MOVES

PACK = "pack"
# Written out: a person waits for them with every piece.
COUNT = (
    "UPDATE warehouse_parcelitem AS i SET scanned = row.scanned"
    " FROM unnest(%s::bigint[], %s::int[]) AS row(id, scanned)"
    " WHERE i.merchant_id = %s AND i.id = row.id AND i.scanned <> row.scanned"
)
CLOSE = (
    "UPDATE warehouse_parcel SET status = %s, weight_g = %s, packed_at = %s, packed_by = %s"
    " WHERE merchant_id = %s AND id = %s AND status = ANY(%s)"
)


class NotPackable(Exception):
    """The parcel cannot be closed: items are missing, or it is closed or cancelled already."""


class TooLight(NotPackable):
    """The weight entered is less than `goods_g`, what the goods weigh without any packaging."""

    def __init__(self, goods_g: int) -> None:
        self.goods_g = goods_g
        super().__init__(f"The goods alone weigh {goods_g} g.")


@dataclass(frozen=True, slots=True)
class NewScan:
    """One scan as the station sent it, with the verdict the rules gave it."""

    client_id: str
    sequence: int
    raw: str
    pressed_ms: int | None
    verdict: str
    answer: Mapping[str, Any]

    @classmethod
    def of(cls, press: Press, *, verdict: str, answer: Mapping[str, Any], raw: str = "") -> NewScan:
        """Return a press with its verdict; `raw` stands for what was pressed without a code."""
        return cls(
            client_id=press.client_id,
            sequence=press.sequence,
            raw=press.raw or raw,
            pressed_ms=press.pressed_ms,
            verdict=verdict,
            answer=answer,
        )

    def as_row(
        self, *, station: str, actor: str, now: datetime, parcel: Parcel | None = None
    ) -> Scan:
        """Return the row that keeps it, not yet written."""
        return Scan(
            client_id=self.client_id,
            sequence=self.sequence,
            station=station,
            parcel=parcel,
            raw=self.raw[:200],
            pressed_ms=self.pressed_ms,
            verdict=self.verdict,
            answer=dict(self.answer),
            actor=actor,
            at=now,
        )


def record_scans(
    *,
    parcel: Parcel,
    scans: Sequence[NewScan],
    counts: Mapping[int, int],
    actor: str,
    now: datetime,
) -> None:
    """Keep new scans and set how much of each item is scanned (`counts` by parcel item id).

    The caller holds the parcel's row locked and has left out scans whose client id is known.
    """
    insert_rows([scan.as_row(station=PACK, parcel=parcel, actor=actor, now=now) for scan in scans])
    if counts:
        with connection.cursor() as cursor:
            told = (list(counts), list(counts.values()), active_merchant_id())
            cursor.execute(COUNT, told)


def assert_packable(parcel: Parcel, items: Sequence[ParcelItem], weight_g: int) -> None:
    """Raise `NotPackable` with what keeps a parcel open, `TooLight` for less than its goods."""
    if parcel.status == Parcel.Status.CANCELLED:
        raise NotPackable("The parcel is cancelled.")
    missing = [
        f"{item.quantity - item.scanned} × {item.product.sku}"
        for item in items
        if item.scanned < item.quantity
    ]
    if missing:
        raise NotPackable(f"Still to scan: {', '.join(missing)}.")
    goods_g = sum(item.quantity * item.product.weight_g for item in items)
    if weight_g < goods_g:
        raise TooLight(goods_g)


def detach_packing_list(*, parcel_id: int) -> None:
    """Take off a packing list whose weight or size is not true any more: one is made anew."""
    Parcel.objects.filter(pk=parcel_id).update(packing_list=None)


def pack_parcel(
    *, parcel: Parcel, items: Sequence[ParcelItem], weight_g: int, actor: str, now: datetime
) -> None:
    """Close a parcel whose items are all scanned and take its goods out of stock.

    The caller holds the parcel's row and has read it and its items under that lock; `parcel` stands
    as it is now afterwards. Raises `NotPackable` with what is missing, or for a parcel that is
    closed already, `TooLight` when the goods alone weigh more: customs refuses a net weight above
    the gross one.
    """
    assert_packable(parcel, items, weight_g)
    to = Parcel.Status.PACKED
    with connection.cursor() as cursor:
        given = (to, weight_g, now, actor, active_merchant_id(), parcel.pk)
        cursor.execute(CLOSE, (*given, sources(PARCEL_MOVES, to)))
        if not cursor.rowcount:
            raise NotPackable("The parcel is not open any more.")
    consume_reservations(items=items, parcel_reference=parcel.reference, actor=actor, now=now)
    parcel.status, parcel.weight_g = to, weight_g
    parcel.packed_at, parcel.packed_by = now, actor
    weights = {"weight_g": weight_g, "expected_weight_g": parcel.expected_weight_g}
    packed = Change("parcel.packed", "order", parcel.order_id, weights)
    record_many([packed], actor=actor, now=now)


def hand_over_parcels(*, parcel_ids: Sequence[int], now: datetime) -> int:
    """Move packed parcels to handed over; return how many moved."""
    return move(
        Parcel.objects.filter(pk__in=parcel_ids),
        moves=PARCEL_MOVES,
        to=Parcel.Status.HANDED_OVER,
        handed_over_at=now,
    )


def set_packing_list(*, parcel_id: int, document: Document) -> None:
    """Attach the packing list."""
    Parcel.objects.filter(pk=parcel_id, packing_list__isnull=True).update(packing_list=document)
