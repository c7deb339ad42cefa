"""Pick faces filled up from reserve: tasks proposed, taken in hand, done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, Q, Sum

from warehouse.models import Location, ReplenishTask, StockBalance, StockLevel, Warehouse
from warehouse.querysets import FIRST_OUT, promisable, sellable
from warehouse.rules.replenishing import Lying, fill_from
from warehouse.services.balances import NotFree
from warehouse.services.locations import NoRoom
from warehouse.services.stock import Goods, transfer

REPLENISHED = "replenished"
CHUNK = 500


def propose_replenishment(*, warehouse: Warehouse, now: datetime) -> int:
    """Make tasks for the active merchant's pick faces that are below their minimum; return how
    many. What is on its way counts. Pieces of reserve that are promised to orders stay."""
    made = 0
    after = 0
    while True:
        levels = list(
            StockLevel.objects.filter(
                warehouse=warehouse, face_minimum__isnull=False, product_id__gt=after
            )
            .select_related("face")
            .order_by("product_id")[:CHUNK]
        )
        if not levels:
            return made
        made += _propose(warehouse, levels, now)
        after = levels[-1].product_id


def _propose(warehouse: Warehouse, levels: Sequence[StockLevel], now: datetime) -> int:
    ids = [level.product_id for level in levels]
    at_hand: dict[int, int] = defaultdict(int)
    faces: dict[int, Location] = {}
    lying = sellable(now=now).filter(
        product_id__in=ids, location__warehouse=warehouse, location__use=Location.Use.PICK,
        on_hand__gt=0,
    )  # fmt: skip
    for row in lying.select_related("location").order_by("-on_hand", "id"):
        at_hand[row.product_id] += row.on_hand - row.reserved
        faces.setdefault(row.product_id, row.location)
    open_tasks = ReplenishTask.objects.filter(
        warehouse=warehouse, product_id__in=ids, status=ReplenishTask.Status.OPEN
    )
    coming = dict(open_tasks.order_by().values_list("product_id").annotate(pieces=Sum("quantity")))
    reserve: dict[int, list[StockBalance]] = defaultdict(list)
    there = promisable(now=now).filter(
        product_id__in=ids, location__warehouse=warehouse, location__use=Location.Use.RESERVE
    )
    for row in there.select_related("location").order_by(*FIRST_OUT):
        reserve[row.product_id].append(row)
    tasks = []
    for level in levels:
        face = level.face or faces.get(level.product_id)
        if face is None:
            continue
        rows = {row.pk: row for row in reserve[level.product_id]}
        chosen = fill_from(
            [Lying(row.pk, row.on_hand - row.reserved) for row in rows.values()],
            at_hand=at_hand[level.product_id],
            coming=coming.get(level.product_id, 0),
            minimum=level.face_minimum or 0,
            maximum=level.face_maximum or 0,
        )
        tasks += [_task(rows[key], face, pieces, now) for key, pieces in chosen]
    # A bin from which a task is open already has its turn with that one first.
    before = open_tasks.count()
    ReplenishTask.objects.bulk_create(tasks, ignore_conflicts=True)
    return open_tasks.count() - before


def _task(row: StockBalance, face: Location, pieces: int, now: datetime) -> ReplenishTask:
    return ReplenishTask(
        product_id=row.product_id,
        warehouse_id=face.warehouse_id,
        from_location=row.location,
        to_location=face,
        lot=row.lot,
        expires_on=row.expires_on,
        quantity=pieces,
        created_at=now,
    )


def finish_replenishment(*, task_id: int, actor: str, now: datetime) -> int | None:
    """Move an open task's pieces, as many of them as are still free; return how many.

    None when somebody finished it first. Where nothing is free any more the task is dropped and 0
    returned. Raises `NoRoom`: the task stays open.
    """
    task = (
        ReplenishTask.objects.select_related("from_location", "to_location")
        .select_for_update(of=("self",))
        .get(pk=task_id)
    )
    if task.status != ReplenishTask.Status.OPEN:
        return None
    moved = _move(task, task.quantity, actor, now)
    task.status = ReplenishTask.Status.DONE if moved else ReplenishTask.Status.DROPPED
    task.moved, task.finished_at, task.finished_by = moved, now, actor
    task.save(update_fields=["status", "moved", "finished_at", "finished_by"])
    return moved


def _move(task: ReplenishTask, pieces: int, actor: str, now: datetime) -> int:
    try:
        transfer(
            goods=[Goods(task.product_id, pieces, task.lot, task.expires_on)],
            from_location=task.from_location,
            to_location=task.to_location,
            reason=REPLENISHED,
            reference=f"replenish/{task.pk}",
            actor=actor,
            now=now,
        )
    except NotFree as less:
        # Promised to orders since the task was made: they will be picked from reserve.
        return _move(task, less.free, actor, now) if less.free else 0
    return pieces


def open_replenishment(*, warehouse_id: int) -> Sequence[ReplenishTask]:
    """Open tasks of a warehouse along the walk, of the active merchant or across merchants."""
    rows = ReplenishTask.objects.filter(
        warehouse_id=warehouse_id, status=ReplenishTask.Status.OPEN
    ).select_related("product", "from_location", "to_location", "merchant")
    return list(rows.order_by(F("from_location__pick_sequence"), "id")[:CHUNK])


def drop_replenishment(*, task_id: int, actor: str, now: datetime) -> bool:
    """Give up an open task; False when it was finished."""
    rows = ReplenishTask.objects.filter(Q(pk=task_id), status=ReplenishTask.Status.OPEN)
    return bool(
        rows.update(
            status=ReplenishTask.Status.DROPPED, moved=0, finished_at=now, finished_by=actor
        )
    )


__all__ = [
    "NoRoom", "drop_replenishment", "finish_replenishment", "open_replenishment",
    "propose_replenishment",
]  # fmt: skip
