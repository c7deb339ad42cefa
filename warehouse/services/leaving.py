"""Orders taken out of their waves, until they are packed: nothing picked is lost sight of.

Picked goods lie on a trolley or the packing table. What stays promised to the order stays in its
bin's balance, as picked goods always do until they are packed; what is not goes to the staging
place, where nobody is promised it. Either way a row says where it is to be brought back to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.events import Change, record_many
from core.states import move
from warehouse.models import (
    Allocation,
    Parcel,
    ParcelItem,
    PickTask,
    PutBack,
    Reservation,
    Scan,
    SinglePiece,
    Wave,
)
from warehouse.services.put_backs import to_staging
from warehouse.services.reservations import release_reservations
from warehouse.services.stock import Goods
from warehouse.states import PARCEL_MOVES


@dataclass(frozen=True, slots=True)
class _Taken:
    """Pieces of a pick task that are no longer in their bin."""

    task: PickTask
    quantity: int


def lock_parcels(*, order_ids: Collection[int]) -> list[Parcel]:
    """Lock the live parcels of orders, their waves first, each in key order.

    Whoever needs the orders' rows too locks them after: so do the stations.
    """
    live = Parcel.objects.filter(order_id__in=list(order_ids)).exclude(
        status=Parcel.Status.CANCELLED
    )
    wave_ids = set(live.exclude(wave=None).values_list("wave_id", flat=True))
    list(Wave.objects.filter(pk__in=wave_ids).order_by("pk").select_for_update())
    return list(live.order_by("pk").select_related("wave").select_for_update(of=("self",)))


def is_on_table(parcels: Sequence[Parcel]) -> set[int]:
    """Return the ids of those parcels that somebody has begun to pack."""
    begun = ParcelItem.objects.filter(parcel__in=parcels, scanned__gt=0)
    return set(begun.values_list("parcel_id", flat=True))


def take_out_parcels(
    *, parcels: Sequence[Parcel], keeps_stock: bool, reason: str, actor: str, now: datetime
) -> int:
    """Take planned parcels out of their waves; return how many places get goods back.

    The caller holds the rows (`lock_parcels`), has withdrawn what was booked, and holds the orders'
    rows as well unless they keep their stock. An order that keeps its stock waits for another wave;
    any other has neither stock nor warehouse afterwards.
    """
    tasks = _tasks(parcels)
    taken = [each for parcel in parcels for each in _taken(parcel, tasks[parcel.pk])]
    pieces: dict[int, int] = defaultdict(int)
    for each in taken:
        pieces[each.task.parcel_id] += each.quantity
    PickTask.objects.filter(parcel__in=parcels).delete()
    ParcelItem.objects.filter(parcel__in=parcels).delete()
    SinglePiece.objects.filter(parcel__in=parcels).delete()
    order_ids = [parcel.order_id for parcel in parcels]
    if keeps_stock:
        kept = [task.reservation_id for of_one in tasks.values() for task in of_one]
        Reservation.objects.filter(pk__in=kept, status=Reservation.Status.PICKED).update(
            status=Reservation.Status.RESERVED
        )
        Allocation.objects.filter(order_id__in=order_ids).update(planned_at=None)
    else:
        release_reservations(order_ids=order_ids, actor=actor, now=now)
    _to_be_brought_back(parcels, taken, keeps_stock=keeps_stock, actor=actor, now=now)
    _end(parcels)
    record_many(
        [
            Change(
                "order.taken_out", "order", parcel.order_id,
                {"parcel": parcel.reference, "reason": reason[:200],
                 "wave": parcel.wave.number if parcel.wave else "",
                 "put_back": pieces[parcel.pk]},
            )
            for parcel in parcels
        ],
        actor=actor,
        now=now,
    )  # fmt: skip
    return len(taken)


def _tasks(parcels: Sequence[Parcel]) -> Mapping[int, list[PickTask]]:
    found: dict[int, list[PickTask]] = defaultdict(list)
    rows = PickTask.objects.filter(parcel__in=parcels).select_related(
        "reservation__balance", "reservation__order_line", "location"
    )
    for task in rows.order_by("position", "pk"):
        found[task.parcel_id].append(task)
    return found


def _taken(parcel: Parcel, tasks: Sequence[PickTask]) -> list[_Taken]:
    """What was picked, or lies in the carton without its picking having been confirmed."""
    items = ParcelItem.objects.filter(parcel=parcel)
    packed = {
        (line_id, product_id): scanned
        for line_id, product_id, scanned in items.values_list(
            "order_line_id", "product_id", "scanned"
        )
    }
    found = []
    for task in sorted(tasks, key=lambda one: one.picked_at is None):
        piece = (task.reservation.order_line_id, task.product_id)
        scanned = min(packed.get(piece, 0), task.quantity)
        packed[piece] = packed.get(piece, 0) - scanned
        quantity = task.quantity if task.picked_at is not None else scanned
        if quantity:
            found.append(_Taken(task, quantity))
    return found


def _to_be_brought_back(
    parcels: Sequence[Parcel],
    taken: Sequence[_Taken],
    *,
    keeps_stock: bool,
    actor: str,
    now: datetime,
) -> None:
    """Write down what goes back where; what is promised to nobody waits at the staging place."""
    by_id = {parcel.pk: parcel for parcel in parcels}
    rows = []
    for task, quantity in ((each.task, each.quantity) for each in taken):
        parcel, balance = by_id[task.parcel_id], task.reservation.balance
        place = task.location
        if not keeps_stock:
            place = to_staging(
                goods=_goods(task, quantity), from_location=task.location,
                reference=f"{parcel.reference}:{task.pk}", actor=actor, now=now,
            )  # fmt: skip
        rows.append(
            PutBack(
                wave_id=task.wave_id,
                order_id=parcel.order_id,
                product_id=task.product_id,
                staging=place,
                location=task.location,
                lot=balance.lot,
                expires_on=balance.expires_on,
                quantity=quantity,
                created_at=now,
            )
        )
    PutBack.objects.bulk_create(rows)


def _goods(task: PickTask, quantity: int) -> Goods:
    balance = task.reservation.balance
    return Goods(task.product_id, quantity, balance.lot, balance.expires_on, balance.condition)


def _end(parcels: Sequence[Parcel]) -> None:
    """End the parcels; what nobody outside of planning has heard of goes without a trace."""
    ids = [parcel.pk for parcel in parcels]
    heard = set(Scan.objects.filter(parcel__in=ids).values_list("parcel_id", flat=True))
    unheard = [
        parcel.pk
        for parcel in parcels
        if parcel.wave and parcel.wave.status == Wave.Status.PLANNED and parcel.pk not in heard
    ]
    Parcel.objects.filter(pk__in=unheard).delete()
    move(Parcel.objects.filter(pk__in=ids), moves=PARCEL_MOVES, to=Parcel.Status.CANCELLED)
    wave_ids = {parcel.wave_id for parcel in parcels if parcel.wave_id}
    settle_waves(wave_ids=wave_ids)


def settle_waves(*, wave_ids: Collection[int]) -> None:
    """Bring waves, whose rows are held, to where they stand without what left them."""
    live = Parcel.objects.filter(wave__in=wave_ids).exclude(status=Parcel.Status.CANCELLED)
    with_parcels = set(live.values_list("wave_id", flat=True))
    to_pick = PickTask.objects.filter(wave__in=wave_ids, picked_at__isnull=True)
    picking = set(to_pick.values_list("wave_id", flat=True))
    empty = Wave.objects.filter(pk__in=set(wave_ids) - with_parcels)
    empty.exclude(status=Wave.Status.DISMISSED).update(status=Wave.Status.CLOSED)
    picked = Wave.objects.filter(pk__in=with_parcels - picking, status=Wave.Status.RELEASED)
    picked.update(status=Wave.Status.PICKED)
