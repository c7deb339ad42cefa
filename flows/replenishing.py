"""Stage 5, fulfilment: pick faces filled up from reserve, by scan.

An errand is taken in hand by scanning the product or its place, and ends at the pick face. A scan
sent twice is answered twice and counted once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.models import Merchant
from core.sentences import Sentence, gettext_noop, stored
from core.tenancy import across_merchants, merchant
from orders.models import Product
from warehouse.models import Location, ReplenishTask, StationDesk, StockLevel, Warehouse
from warehouse.rules.presses import Press
from warehouse.rules.replenishing import Errand, Judged, judge_errand
from warehouse.services import (
    Face,
    NoRoom,
    check_room,
    finish_replenishment,
    measure_cover,
    open_replenishment,
    propose_replenishment,
    set_face,
)
from warehouse.services.station_scans import desk_of, keep_desk
from warehouse.services.stations import begin_scan, end_scan

STATION = "replenish"


@dataclass(frozen=True, slots=True)
class ErrandState:
    """Open tasks along the walk, the person's own first; whether that is in hand; the answers."""

    tasks: tuple[ReplenishTask, ...]
    is_in_hand: bool
    answers: tuple[dict[str, Any], ...] = ()


def errands(*, warehouse: Warehouse, actor: str) -> ErrandState:
    """Where a warehouse stands for a person: what others have in hand comes last."""
    with across_merchants("Pick faces of a warehouse hold every merchant's goods."):
        tasks = list(open_replenishment(warehouse_id=warehouse.pk))
        held = dict(
            StationDesk.objects.filter(
                station=STATION, subject_id__in=[task.pk for task in tasks]
            ).values_list("subject_id", "actor")
        )
    tasks.sort(key=lambda task: (held.get(task.pk) != actor, task.pk in held))
    mine = bool(tasks) and held.get(tasks[0].pk) == actor
    return ErrandState(tuple(tasks), mine)


def fill_by_scan(
    *, warehouse: Warehouse, scans: Sequence[Press], actor: str, now: datetime
) -> ErrandState:
    """Take scans in their order; each is one transaction, kept with its answer."""
    answers = [_one(warehouse, scan, actor, now) for scan in scans]
    left = errands(warehouse=warehouse, actor=actor)
    return ErrandState(left.tasks, left.is_in_hand, tuple(answers))


def _one(warehouse: Warehouse, scan: Press, actor: str, now: datetime) -> dict[str, Any]:
    state = errands(warehouse=warehouse, actor=actor)
    task = state.tasks[0] if state.tasks else None
    with across_merchants("A bin's code does not say whose goods are brought there."):
        known = begin_scan(
            client_id=scan.client_id, station=STATION, warehouse_id=warehouse.pk,
            sequence=scan.sequence, raw=scan.raw, actor=actor, now=now,
        )  # fmt: skip
        if known is not None:
            return known
        judged = judge_errand(scan.raw, _errand(task, state.is_in_hand) if task else None)
        if task is not None and judged.code == "brought":
            judged = _full(task) or judged
        if task is not None and judged.code in ("taken", "brought"):
            with merchant(task.merchant_id):
                judged = _act(task, judged, actor, now)
        answer = {
            "code": judged.code, "sentence": judged.sentence.as_dict(),
            "read": stored(judged.read), "task_id": task.pk if task else 0,
        }  # fmt: skip
        end_scan(client_id=scan.client_id, answer=answer)
        return answer


def _errand(task: ReplenishTask, is_in_hand: bool) -> Errand:
    return Errand(
        sku=task.product.sku,
        gtin=task.product.gtin,
        quantity=task.quantity,
        start=task.from_location.code,
        end=task.to_location.code,
        is_in_hand=is_in_hand,
    )


def _act(task: ReplenishTask, judged: Judged, actor: str, now: datetime) -> Judged:
    if judged.code == "taken":
        # The task's row: of two people the second sees that it is in hand.
        ReplenishTask.objects.select_for_update().get(pk=task.pk)
        others = StationDesk.objects.filter(station=STATION, subject_id=task.pk)
        if others.exclude(actor=actor).exists():
            text = gettext_noop("Somebody else has just taken it; go on to the next one.")
            return Judged("wrong", Sentence("taken_by_another", text))
        keep_desk(station=STATION, subject_id=task.pk, actor=actor, said={"taken": True}, now=now)
        return judged
    if not desk_of(station=STATION, subject_id=task.pk, actor=actor):
        text = gettext_noop("Scan the product first.")
        return Judged("wrong", Sentence("product_first", text))
    try:
        moved = finish_replenishment(task_id=task.pk, actor=actor, now=now)
    except NoRoom as full:
        return _no_room(full)
    StationDesk.objects.filter(station=STATION, subject_id=task.pk).delete()
    if moved is None or not moved:
        text = gettext_noop("It is promised to orders by now: bring it back to {start}.")
        return Judged("wrong", Sentence("bring_back", text, {"start": task.from_location.code}))
    if moved < task.quantity:
        text = gettext_noop("Only {moved} of it: the rest is promised to orders, bring it back.")
        return Judged("brought", Sentence("brought_less", text, {"moved": str(moved)}))
    return judged


def _full(task: ReplenishTask) -> Judged | None:
    """The answer where whoever's goods lie in the pick face leave no room, across merchants."""
    try:
        check_room(location=task.to_location, units={task.product_id: task.quantity})
    except NoRoom as full:
        return _no_room(full)
    return None


def _no_room(full: NoRoom) -> Judged:
    text = gettext_noop("{end} is full: bring it back, or make room there first.")
    return Judged("wrong", Sentence("face_full", text, {"end": full.code}))


def propose(*, warehouse: Warehouse, now: datetime) -> int:
    """Look at every merchant's pick faces in a warehouse; return how many tasks are new."""
    with across_merchants("Pick faces of a warehouse hold every merchant's goods."):
        ids = list(
            StockLevel.objects.filter(warehouse=warehouse, face_minimum__isnull=False)
            .order_by("merchant_id").values_list("merchant_id", flat=True).distinct()
        )  # fmt: skip
    made = 0
    for merchant_id in ids:
        with merchant(merchant_id):
            made += propose_replenishment(warehouse=warehouse, now=now)
    return made


def set_pick_face(
    *,
    merchant_id: int,
    warehouse: Warehouse,
    sku: str,
    place: str,
    limits: tuple[int, int] | None,
    actor: str,
    now: datetime,
) -> None:
    """Set a product's pick face with (minimum, maximum), None to fill it up no more.

    Raises `Product.DoesNotExist`, `Location.DoesNotExist`, `BadLevel`.
    """
    with merchant(merchant_id):
        product = Product.objects.get(sku=sku)
        face = Location.objects.get(warehouse=warehouse, code=place) if place else None
        low, high = limits or (None, None)
        set_face(
            product_id=product.pk, warehouse=warehouse, face=Face(face, low, high), actor=actor,
            now=now,
        )  # fmt: skip


def measure_everybody(*, now: datetime) -> int:
    """The hourly look at how long stock lasts, merchant by merchant; and at pick faces."""
    with across_merchants("The hourly look at stock goes through all merchants."):
        ids = list(Merchant.objects.order_by("pk").values_list("pk", flat=True))
    for merchant_id in ids:
        with merchant(merchant_id):
            measure_cover(now=now)
    for house in Warehouse.objects.filter(is_active=True).order_by("id"):
        propose(warehouse=house, now=now)
    return len(ids)


__all__ = [
    "ErrandState", "errands", "fill_by_scan", "measure_everybody",
    "propose", "set_pick_face",
]  # fmt: skip
