"""Cycle counts: bins counted blind, twice where they differ, and the ledger put right.

Stock is never written below what is promised: orders whose pieces are not there lose their
promise and are allocated anew, the least urgent first. Those a parcel is planned for keep theirs;
their pick is noted as short first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.events import Change, record_many
from core.jobs import enqueue
from core.sentences import Sentence, gettext_noop
from core.tenancy import merchant
from flows.recheck import allocation_work, changeable_orders
from flows.station_scans import Verdict
from flows.supply import look_again
from orders.models import Order, Product
from orders.services import move_orders
from warehouse.models import CountList, CountTask, Reservation, Warehouse
from warehouse.rules.counts import Accuracy, Difference, accuracy, count_rules, give_up
from warehouse.rules.counts import Promised as PromisedPieces
from warehouse.services import release_reservations
from warehouse.services.counts import (
    Counted,
    NotYours,
    Promised,
    bins_to_count,
    counts_by_task,
    end_count,
    make_count_list,
    post_count,
    reopen_count,
    result_of_count,
)

Status = CountTask.Status
NO_DAY = float("inf")


class StillPromised(Exception):
    """Pieces that are not there are promised to orders a parcel is planned for. `orders` names
    them: their picks are to be noted as short first."""

    def __init__(self, orders: Sequence[str]) -> None:
        super().__init__(f"Promised to {', '.join(orders)}, which are being picked.")
        self.orders = tuple(orders)


class CountMoved(Exception):
    """Goods moved in the bin since it was counted: it is open again."""


@dataclass(frozen=True, slots=True)
class CountPicture:
    """A list with its bins, what waits for a decision, and how true the ledger was."""

    count_list: CountList
    tasks: tuple[CountTask, ...]
    differing: Mapping[int, Sequence[Difference]]
    products: Mapping[int, Product]
    accuracy: Accuracy


def ask_for_count(
    *,
    merchant_id: int,
    warehouse: Warehouse,
    basis: str,
    chosen: str,
    actor: str,
    now: datetime,
) -> CountList:
    """Make a list by class, zone, bin or short picks.

    Raises `NothingToCount`, `ValueError` for a class that is none.
    """
    with merchant(merchant_id):
        bins = bins_to_count(
            warehouse=warehouse, basis=basis, chosen=chosen, rules=count_rules(now.date()), now=now
        )
        return make_count_list(
            warehouse=warehouse, basis=basis, chosen=chosen, location_ids=bins, actor=actor, now=now
        )


def count_picture(*, merchant_id: int, list_id: int) -> CountPicture:
    """Read a list."""
    with merchant(merchant_id):
        found = CountList.objects.select_related("merchant", "warehouse").get(pk=list_id)
        tasks = tuple(found.tasks.select_related("location").order_by("position"))
        counts = counts_by_task(tasks=tasks)
        differing = {
            task.pk: [row for row in result_of_count(task=task) if row.pieces]
            for task in tasks
            if task.status == Status.DECIDE
        }
        ids = {row.goods[0] for rows in differing.values() for row in rows}
        return CountPicture(
            count_list=found,
            tasks=tasks,
            differing=differing,
            products=Product.objects.in_bulk(ids),
            accuracy=accuracy(counts.values()),
        )


def finish_bin(*, task: CountTask, actor: str, now: datetime) -> Counted:
    """End a bin's count in the active block; a tolerated difference goes into the ledger at once.

    Where pieces are promised to orders being picked, it waits for a decision instead.
    """
    counted = end_count(task=task, rules=count_rules(now.date()), actor=actor, now=now)
    if counted.outcome == "adjust":
        try:
            _post(task, actor, now)
        except StillPromised:
            return Counted("approve", counted.rows)
    return counted


def approve(*, merchant_id: int, list_id: int, task_id: int, actor: str, now: datetime) -> None:
    """A person says that a difference is true: it goes into the ledger.

    Raises `NotYours` for who counted it last, `StillPromised`, `CountMoved`, and
    `CountTask.DoesNotExist`; again changes nothing.
    """
    with merchant(merchant_id):
        task = _task(list_id, task_id)
        if task.status == Status.DONE:
            return
        if task.status != Status.DECIDE or (task.counters and task.counters[-1] == actor):
            raise NotYours(f"{task.location.code}: {task.status}")
        has_moved = not _post(task, actor, now)
    if has_moved:
        # Said only now: the block has written that the bin is open again.
        raise CountMoved(task.location.code)


def count_again(*, merchant_id: int, list_id: int, task_id: int) -> None:
    """A person does not believe a difference: the bin is counted again. Again changes nothing."""
    with merchant(merchant_id):
        task = _task(list_id, task_id)
        if task.status == Status.DECIDE:
            reopen_count(task=task)


def _task(list_id: int, task_id: int) -> CountTask:
    CountList.objects.select_for_update().get(pk=list_id)
    rows = CountTask.objects.select_related("location", "count_list")
    return rows.get(pk=task_id, count_list_id=list_id)


def _post(task: CountTask, actor: str, now: datetime) -> bool:
    """Write a count into the ledger; promises in its way are given up first."""
    try:
        posted = post_count(task=task, actor=actor, now=now)
    except Promised as held:
        _give_up(task, held.short, actor, now)
        posted = post_count(task=task, actor=actor, now=now)
    if posted:
        look_again(now=now)
    return posted


def _give_up(task: CountTask, short: Mapping[int, int], actor: str, now: datetime) -> None:
    """Let orders go whose pieces are not there and allocate them anew; raise `StillPromised`."""
    rows = list(
        Reservation.objects.filter(
            balance_id__in=list(short),
            status__in=[Reservation.Status.RESERVED, Reservation.Status.PICKED],
        ).select_related("order_line__order")
    )
    orders = {row.order_line.order_id: row.order_line.order for row in rows}
    free = {order.pk for order in changeable_orders(list(orders))}
    free &= {pk for pk, order in orders.items() if order.status == Order.Status.ALLOCATED}
    chosen: set[int] = set()
    held: list[str] = []
    for balance_id, pieces in sorted(short.items()):
        promises = [
            PromisedPieces(
                order_id=row.order_line.order_id,
                quantity=row.quantity,
                urgency=_urgency(orders[row.order_line.order_id]),
                can_wait=row.order_line.order_id in free
                and row.status == Reservation.Status.RESERVED,
            )
            for row in rows
            if row.balance_id == balance_id
        ]
        given, left = give_up(pieces, promises)
        chosen |= set(given)
        if left:
            held += [orders[each.order_id].reference for each in promises if not each.can_wait]
    if held:
        raise StillPromised(sorted(set(held)))
    ids = sorted(chosen)
    release_reservations(order_ids=ids, actor=actor, now=now)
    move_orders(order_ids=ids, to=Order.Status.ACCEPTED, actor=actor, now=now,
                data={"because": "counted"})  # fmt: skip
    record_many(
        [Change("order.promise_lost", "order", pk, {"bin": task.location.code}) for pk in ids],
        actor=actor,
        now=now,
    )
    enqueue([allocation_work(pk) for pk in ids], now=now, again=True)


def _urgency(order: Order) -> tuple[int, float, int]:
    """Smaller is more urgent: the higher priority, then the earlier day, then the older order."""
    return (-order.priority, order.ship_by.timestamp() if order.ship_by else NO_DAY, order.pk)


def said(name: str, template: str, /, **params: object) -> Sentence:
    """A sentence with its values."""
    return Sentence(name, template, {key: str(value) for key, value in params.items()})


OUTCOMES: Mapping[str, tuple[Verdict, str]] = {
    "agrees": ("done", gettext_noop("{place} is right.")),
    "adjust": ("done", gettext_noop("{place}: a small difference, written into the ledger.")),
    "second": (
        "noted",
        gettext_noop("{place} differs from the ledger. Somebody else counts it once more."),
    ),
    "approve": ("noted", gettext_noop("{place} differs again. A person decides on it.")),
}


def outcome_said(counted: Counted, place: str) -> tuple[Verdict, Sentence]:
    """Verdict and words for the end of a bin's count; the pieces are not told."""
    if counted.outcome is None:
        text = gettext_noop("Goods moved in {place} while you counted. Count it again.")
        return "wrong", said("moved", text, place=place)
    verdict, text = OUTCOMES[counted.outcome]
    return verdict, said(counted.outcome, text, place=place)
