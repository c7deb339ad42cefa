"""A claimed single piece is found broken: it becomes damaged stock, its order gets another."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from core.events import record
from warehouse.models import (
    Condition,
    Location,
    Parcel,
    ParcelItem,
    PickTask,
    Reservation,
    SinglePiece,
    StockBalance,
    Wave,
)
from warehouse.rules.put_away import condition_zones
from warehouse.services.locations import counterpart
from warehouse.services.shorts import Short, promise_elsewhere, take_off
from warehouse.services.stock import Goods, transfer

BROKEN = "broken"


class NotOnePiece(Exception):
    """The parcel is not one of a single piece that a station has claimed and nobody packed."""


def break_piece(*, parcel: Parcel, actor: str, now: datetime) -> Short:
    """Take the broken piece off a claimed parcel and give the claim back.

    The caller holds the rows of wave and parcel. The piece goes to the damaged zone in the ledger.
    Where another lies free in the building it is promised instead and put on the wave's list; no
    `places`: the order cannot be helped here. Raises `NotOnePiece`.
    """
    piece = SinglePiece.objects.filter(parcel=parcel, claimed_at__isnull=False)
    task = (
        PickTask.objects.select_related("reservation", "location", "product", "parcel", "wave")
        .select_for_update(of=("self",))
        .filter(parcel=parcel, quantity=1)
        .first()
    )
    if task is None or not piece.exists() or parcel.status != Parcel.Status.PLANNED:
        raise NotOnePiece(parcel.reference)
    promise = Reservation.objects.select_for_update().get(pk=task.reservation_id)
    balance = StockBalance.objects.select_for_update().get(pk=promise.balance_id)
    take_off(task, promise, 0, actor, now)
    StockBalance.objects.filter(pk=balance.pk).update(reserved=F("reserved") - 1)
    place = damaged_place(warehouse_id=task.location.warehouse_id, now=now)
    transfer(
        goods=[
            Goods(
                task.product_id, 1, balance.lot, balance.expires_on, balance.condition,
                becomes=Condition.DAMAGED,
            )
        ],
        from_location=task.location, to_location=place, reason=BROKEN,
        reference=f"{parcel.reference}:{task.pk}", actor=actor, now=now,
    )  # fmt: skip
    places = promise_elsewhere(task, promise, balance, 1, now)
    ParcelItem.objects.filter(parcel=parcel).update(scanned=0)
    piece.update(claimed_at=None, claimed_by="")
    if places:
        # Its list has an open task again.
        Wave.objects.filter(pk=task.wave_id, status=Wave.Status.PICKED).update(
            status=Wave.Status.RELEASED
        )
    record(
        kind="order.piece_broken", subject_kind="order", subject_id=parcel.order_id, actor=actor,
        now=now,
        data={
            "sku": task.product.sku, "location": task.location.code, "damaged": place.code,
            "instead": [[each.location, each.quantity] for each in places],
        },
    )  # fmt: skip
    return Short(task, parcel.order_id, 0, 1, places)


def damaged_place(*, warehouse_id: int, now: datetime) -> Location:
    """The first bin of the zone for damaged goods; where there is none, the staging place."""
    zone = condition_zones(now.date())[Condition.DAMAGED]
    bins = Location.objects.filter(warehouse_id=warehouse_id, kind=Location.Kind.BIN, zone=zone)
    # One without limits: broken goods lie on a table if they fit in nowhere.
    found = bins.filter(
        capacity_units=None, capacity_volume_cm3=None, capacity_weight_g=None
    ).order_by("pick_sequence", "id")  # fmt: skip
    return found.first() or counterpart(warehouse_id=warehouse_id, kind=Location.Kind.STAGING)
