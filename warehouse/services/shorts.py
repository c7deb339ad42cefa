"""Short picks: the picker finds less than the stock says, and the order is helped on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Max

from core.events import record
from warehouse.models import (
    Backorder,
    FloorPolicy,
    Location,
    PickTask,
    Reservation,
    ShortPick,
    StockBalance,
)
from warehouse.querysets import FIRST_OUT, promisable
from warehouse.services.locations import counterpart
from warehouse.services.reservations import StockGone, take_pieces
from warehouse.services.stock import Goods, transfer

SHORT_PICK = "short_pick"


class NotShort(Exception):
    """The task is picked already, or as much is there as was wanted: nothing was changed."""


@dataclass(frozen=True, slots=True)
class Place:
    """So many pieces at another place, or of another lot, instead."""

    location: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Short:
    """What became of a short pick. No `places`: the order cannot be helped here."""

    task: PickTask
    order_id: int
    found: int
    missing: int
    places: tuple[Place, ...]


def say_short(*, task_id: int, found: int, actor: str, now: datetime) -> Short:
    """Write down that only `found` pieces of an open task were there, and look elsewhere.

    The caller holds the wave's row. What is not there leaves the ledger for the warehouse's count
    place: the missing pieces, and those nobody was promised, for the picker saw none of them. Where
    all that is missing lies free elsewhere in the building, it is promised instead and put on the
    list. Raises `NotShort`, `PickTask.DoesNotExist`.
    """
    task = (
        PickTask.objects.select_related("reservation", "location", "product", "parcel", "wave")
        .select_for_update(of=("self",))
        .get(pk=task_id)
    )
    if task.picked_at is not None or found >= task.quantity:
        raise NotShort(f"Task {task_id} wants {task.quantity}.")
    promise = Reservation.objects.select_for_update().get(pk=task.reservation_id)
    balance = StockBalance.objects.select_for_update().get(pk=promise.balance_id)
    missing, wanted = task.quantity - found, task.quantity
    take_off(task, promise, found, actor, now)
    StockBalance.objects.filter(pk=balance.pk).update(reserved=F("reserved") - missing)
    gone = missing + balance.on_hand - balance.reserved
    transfer(
        goods=[Goods(task.product_id, gone, balance.lot, balance.expires_on, balance.condition)],
        from_location=task.location,
        to_location=counterpart(warehouse_id=task.location.warehouse_id, kind=Location.Kind.COUNT),
        reason=SHORT_PICK,
        reference=f"{task.wave.number}:{task.pk}",
        actor=actor,
        now=now,
    )
    places = promise_elsewhere(task, promise, balance, missing, now)
    order_id = task.parcel.order_id
    ShortPick.objects.create(
        wave_id=task.wave_id, order_id=order_id, product_id=task.product_id,
        location=task.location, lot=balance.lot, expires_on=balance.expires_on, expected=wanted,
        found=found, said_by=actor, said_at=now,
        answer=ShortPick.Answer.OTHER_PLACE if places else on_short(),
    )  # fmt: skip
    record(
        kind="order.short_picked", subject_kind="order", subject_id=order_id, actor=actor, now=now,
        data={
            "sku": task.product.sku, "location": task.location.code, "expected": wanted,
            "found": found, "instead": [[each.location, each.quantity] for each in places],
        },
    )  # fmt: skip
    return Short(task, order_id, found, missing, places)


def take_off(task: PickTask, promise: Reservation, found: int, actor: str, now: datetime) -> None:
    """Leave an open task and its promise with what was found, or without a trace."""
    if not found:
        PickTask.objects.filter(pk=task.pk).delete()
        Reservation.objects.filter(pk=promise.pk).delete()
        return
    PickTask.objects.filter(pk=task.pk).update(quantity=found, picked_at=now, picked_by=actor)
    Reservation.objects.filter(pk=promise.pk).update(
        quantity=found, status=Reservation.Status.PICKED
    )


def promise_elsewhere(
    task: PickTask, promise: Reservation, short: StockBalance, missing: int, now: datetime
) -> tuple[Place, ...]:
    """Promise the missing pieces from other places of the building and put them on the list."""
    picked = Reservation.objects.filter(order_line_id=promise.order_line_id).exclude(
        status=Reservation.Status.RESERVED
    )
    rows = (
        promisable(now=now)
        .filter(
            product_id=task.product_id, location__warehouse_id=task.location.warehouse_id,
            on_hand__gt=F("reserved"),
        )
        .exclude(pk=short.pk)
        .exclude(pk__in=picked.values("balance_id"))
        .select_related("location")
        .order_by(*FIRST_OUT)
    )  # fmt: skip
    chosen: list[tuple[StockBalance, int]] = []
    left = missing
    for row in rows:
        units = min(left, row.on_hand - row.reserved)
        if units > 0:
            chosen.append((row, units))
            left -= units
        if not left:
            break
    if left:
        return ()
    try:
        take_pieces({row.pk: units for row, units in chosen})
    except StockGone:
        # Somebody was faster: the order waits its turn like any other.
        return ()
    _put_on_list(task, promise, chosen, now)
    return tuple(Place(row.location.code, units) for row, units in chosen)


def _put_on_list(
    task: PickTask,
    promise: Reservation,
    chosen: Sequence[tuple[StockBalance, int]],
    now: datetime,
) -> None:
    """Add tasks at the end of the walk; a task that is open there takes more instead."""
    last = PickTask.objects.filter(wave_id=task.wave_id).aggregate(n=Max("position"))["n"] or 0
    for position, (balance, units) in enumerate(chosen, start=last + 1):
        same = Reservation.objects.filter(
            order_line_id=promise.order_line_id, balance=balance,
            status=Reservation.Status.RESERVED,
        ).first()  # fmt: skip
        if same is not None:
            Reservation.objects.filter(pk=same.pk).update(quantity=F("quantity") + units)
            PickTask.objects.filter(reservation=same).update(quantity=F("quantity") + units)
            continue
        made = Reservation.objects.create(
            order_line_id=promise.order_line_id, balance=balance, quantity=units, created_at=now
        )
        PickTask.objects.create(
            wave_id=task.wave_id, parcel_id=task.parcel_id, reservation=made,
            product_id=task.product_id, location=balance.location, quantity=units,
            position=position,
        )  # fmt: skip


def on_short() -> str:
    """What the active merchant wants done with an order that cannot be helped."""
    wish = FloorPolicy.objects.values_list("on_short", flat=True).first()
    return str(wish or FloorPolicy.OnShort.BACKORDER)


def set_on_short(*, wish: str, actor: str, now: datetime) -> None:
    """Write down what the active merchant wants done with such orders."""
    known = FloorPolicy.objects.first()
    if known is None:
        FloorPolicy.objects.create(on_short=wish, changed_by=actor, changed_at=now)
        return
    FloorPolicy.objects.filter(pk=known.pk).update(on_short=wish, changed_by=actor, changed_at=now)


def keep_place(*, order_id: int, since: datetime, now: datetime) -> None:
    """An order that had stock waits for it: it keeps the date it got it, or waited from before."""
    Backorder.objects.bulk_create(
        [Backorder(order_id=order_id, since=since, explanation={}, tried_at=now)],
        ignore_conflicts=True,
    )
