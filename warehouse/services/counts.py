"""Cycle counts: lists of bins, one count of a bin at a time, what it leads to in the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Max, Q, Sum

from core.events import record
from core.numbers import next_numbers
from core.states import move
from warehouse.models import (
    CountLine,
    CountList,
    CountTask,
    Location,
    ShortPick,
    StockBalance,
    StockMove,
    Warehouse,
)
from warehouse.rules.counts import (
    CLASSES,
    CountRules,
    Difference,
    Goods,
    Outcome,
    classify,
    differences,
    outcome,
)
from warehouse.services.balances import NotFree
from warehouse.services.locations import counterpart, within
from warehouse.services.stock import Goods as Moved
from warehouse.services.stock import transfer
from warehouse.states import COUNT_MOVES

CYCLE_COUNT = "cycle_count"
PACKED = "packed"
Status = CountTask.Status
Basis = CountList.Basis


class NothingToCount(Exception):
    """No bin fits what was asked for, or all that fit are on an open list already."""


class NotYours(Exception):
    """Somebody else is counting the bin, or the person counted it the first time."""


class Promised(Exception):
    """Pieces that are not there are promised to orders: nothing was written. `short` says by how
    many pieces of which balance more must be given up first."""

    def __init__(self, short: Mapping[int, int]) -> None:
        super().__init__("Pieces that are not there are promised to orders.")
        self.short = dict(short)


@dataclass(frozen=True, slots=True)
class Counted:
    """What ending a count led to; `moved` when goods moved meanwhile and it is to be done again."""

    outcome: Outcome | None
    rows: tuple[Difference, ...]

    @property
    def moved(self) -> bool:
        return self.outcome is None


def shipped_pieces(*, since: datetime) -> dict[int, int]:
    """Pieces packed by product since an instant, in the active block."""
    rows = StockMove.objects.filter(reason=PACKED, at__gte=since)
    return dict(rows.values_list("product_id").annotate(pieces=Sum("quantity")))


def bins_to_count(
    *, warehouse: Warehouse, basis: str, chosen: str, rules: CountRules, now: datetime
) -> list[int]:
    """The bins that fit, those not counted for the longest first, `most_bins` at most.

    Left out are bins that an open list has. Raises `ValueError` for a class that is none.
    """
    lying = StockBalance.objects.filter(location__warehouse=warehouse, location__kind="bin")
    stocked = lying.filter(on_hand__gt=0)
    if basis == Basis.ABC:
        if chosen not in CLASSES:
            raise ValueError(f"{chosen!r} is no class")
        shipped = shipped_pieces(since=now - timedelta(days=rules.window_days))
        products = set(stocked.values_list("product_id", flat=True).distinct())
        classes = classify(
            {product_id: shipped.get(product_id, 0) for product_id in products},
            a_percent=rules.a_percent,
            b_percent=rules.b_percent,
        )
        wanted = stocked.filter(
            product_id__in=[p for p, found in classes.items() if found == chosen]
        )
    elif basis == Basis.ZONE:
        branch = Location.objects.filter(warehouse=warehouse, code=chosen).first()
        below = within(location_id=branch.pk) if branch else []
        wanted = stocked.filter(Q(location__zone=chosen) | Q(location_id__in=below))
    elif basis == Basis.BIN:
        # An empty bin is counted too: the merchant's goods may lie where the ledger has none.
        ids = Location.objects.filter(warehouse=warehouse, kind="bin", code=chosen)
        return _free_of_lists(list(ids.values_list("id", flat=True)))
    else:
        short = ShortPick.objects.filter(location__warehouse=warehouse, counted_at__isnull=True)
        return _free_of_lists(list(short.values_list("location_id", flat=True).distinct()))
    stocked_bins = set(wanted.values_list("location_id", flat=True))
    return _free_of_lists(_longest_ago(stocked_bins))[: rules.most_bins]


def _longest_ago(ids: set[int]) -> list[int]:
    done = CountTask.objects.filter(location_id__in=ids, status=Status.DONE)
    last = dict(done.values_list("location_id").annotate(at=Max("counted_at")))

    def since(pk: int) -> tuple[float, int]:
        at = last.get(pk)
        return (at.timestamp() if at else 0.0, pk)

    return sorted(ids, key=since)


def _free_of_lists(ids: Sequence[int]) -> list[int]:
    taken = set(
        CountTask.objects.filter(location_id__in=ids)
        .exclude(status=Status.DONE)
        .values_list("location_id", flat=True)
    )
    return [pk for pk in ids if pk not in taken]


def make_count_list(
    *,
    warehouse: Warehouse,
    basis: str,
    chosen: str,
    location_ids: Sequence[int],
    actor: str,
    now: datetime,
) -> CountList:
    """Write a list over bins, in the order of the walk; raises `NothingToCount`."""
    places = list(
        Location.objects.filter(pk__in=location_ids, warehouse=warehouse).order_by(
            "pick_sequence", "id"
        )
    )
    if not places:
        raise NothingToCount(f"{basis} {chosen}: no bin")
    number = next_numbers(kind="count_list")[0]
    made = CountList.objects.create(
        number=f"CC{number:05d}",
        warehouse=warehouse,
        basis=basis,
        chosen=chosen[:60],
        created_at=now,
        created_by=actor,
    )
    CountTask.objects.bulk_create(
        CountTask(count_list=made, location=place, position=position)
        for position, place in enumerate(places, start=1)
    )
    return made


def newest_move(*, location_id: int) -> int:
    """The id of the newest ledger row of a bin, 0 for none, in the active block."""
    into = StockMove.objects.filter(Q(from_location_id=location_id) | Q(to_location_id=location_id))
    return into.order_by("-id").values_list("id", flat=True).first() or 0


def begin_count(*, task: CountTask, actor: str, now: datetime) -> None:
    """Begin to count a bin, or go on with it. The caller holds the list's row.

    Raises `NotYours`; what an interrupted count of the same attempt left is forgotten when another
    person begins.
    """
    if task.status == Status.COUNTING and task.counter == actor:
        return
    if task.status == Status.COUNTING or (task.attempt == 1 and actor in task.counters):
        raise NotYours(f"{task.location.code}: {task.counter}")
    moved = move(
        CountTask.objects.filter(pk=task.pk),
        moves=COUNT_MOVES,
        to=Status.COUNTING,
        counter=actor,
        began_at=now,
        began_move_id=newest_move(location_id=task.location_id),
    )
    if not moved:
        raise NotYours(f"{task.location.code} is {task.status}")
    task.refresh_from_db()


def add_counted(*, task: CountTask, goods: Goods, pieces: int) -> int:
    """Add pieces (or take some back) to the count that is going on; return the sum so far."""
    product_id, lot, expires_on, condition = goods
    row, _is_new = CountLine.objects.get_or_create(
        task=task,
        attempt=task.attempt + 1,
        product_id=product_id,
        lot=lot,
        expires_on=expires_on,
        condition=condition,
    )
    CountLine.objects.filter(pk=row.pk).update(counted=F("counted") + pieces)
    return row.counted + pieces


def begin_again(*, task: CountTask) -> None:
    """Forget the count that is going on: the bin is to be counted from the start."""
    CountLine.objects.filter(task=task, attempt=task.attempt + 1).delete()
    move(CountTask.objects.filter(pk=task.pk), moves=COUNT_MOVES, to=Status.OPEN, counter="")
    task.refresh_from_db()


def counted_so_far(*, task: CountTask) -> dict[Goods, int]:
    """What the count that is going on has found."""
    rows = CountLine.objects.filter(task=task, attempt=task.attempt + 1, counted__gt=0)
    return {_goods(row): row.counted for row in rows.order_by("id")}


def in_ledger(*, location_id: int) -> dict[Goods, int]:
    """What the ledger has in a bin, in the active block."""
    rows = StockBalance.objects.filter(location_id=location_id, on_hand__gt=0)
    return {_goods(row): row.on_hand for row in rows.order_by("id")}


def _goods(row: CountLine | StockBalance) -> Goods:
    return (row.product_id, row.lot, row.expires_on, row.condition)


def end_count(*, task: CountTask, rules: CountRules, actor: str, now: datetime) -> Counted:
    """End the count of a bin and say what it leads to; nothing is written to the ledger yet.

    The bin's balances are locked first. Goods that moved since the count began make it void:
    the bin is open again.
    """
    list(
        StockBalance.objects.filter(location_id=task.location_id)
        .order_by("id")
        .select_for_update()
        .values_list("id", flat=True)
    )
    if newest_move(location_id=task.location_id) != task.began_move_id:
        CountTask.objects.filter(pk=task.pk).update(recounts=F("recounts") + 1)
        begin_again(task=task)
        return Counted(None, ())
    found = counted_so_far(task=task)
    rows = differences(in_ledger(location_id=task.location_id), found)
    attempt = task.attempt + 1
    for row in rows:
        product_id, lot, expires_on, condition = row.goods
        CountLine.objects.update_or_create(
            task=task,
            attempt=attempt,
            product_id=product_id,
            lot=lot,
            expires_on=expires_on,
            condition=condition,
            defaults={"expected": row.expected, "counted": row.counted},
        )
    led = outcome(rows, attempt=attempt, rules=rules)
    to = {"second": Status.SECOND, "approve": Status.DECIDE, "adjust": Status.DECIDE}
    move(
        CountTask.objects.filter(pk=task.pk),
        moves=COUNT_MOVES,
        to=to.get(led, Status.DONE),
        attempt=attempt,
        counted_at=now,
        counters=[*task.counters, actor],
        ended_move_id=task.began_move_id,
    )
    task.refresh_from_db()
    if led == "agrees":
        _finished(task, actor, now)
    return Counted(led, tuple(rows))


def result_of_count(*, task: CountTask) -> list[Difference]:
    """The differences of the newest finished count of a bin."""
    rows = CountLine.objects.filter(task=task, attempt=task.attempt, expected__isnull=False)
    return [Difference(_goods(row), row.expected or 0, row.counted) for row in rows.order_by("id")]


def post_count(*, task: CountTask, actor: str, now: datetime) -> bool:
    """Write a count's differences into the ledger, against the count's counterpart.

    False when goods moved in the bin since it was counted: it is to be counted again. Raises
    `Promised` when pieces that are not there are promised to orders. The caller holds the list.
    """
    balances = {
        _goods(row): row
        for row in StockBalance.objects.filter(location_id=task.location_id)
        .order_by("id")
        .select_for_update()
    }
    if newest_move(location_id=task.location_id) != task.ended_move_id:
        reopen_count(task=task)
        return False
    rows = [row for row in result_of_count(task=task) if row.pieces]
    short = {
        balances[row.goods].pk: balances[row.goods].reserved - row.counted
        for row in rows
        if row.goods in balances and balances[row.goods].reserved > row.counted
    }
    if short:
        raise Promised(short)
    place = Location.objects.get(pk=task.location_id)
    outside = counterpart(warehouse_id=place.warehouse_id, kind=Location.Kind.COUNT)
    reference = f"{task.count_list.number}:{task.pk}:{task.attempt}"
    found = [_moved(row.goods, row.pieces) for row in rows if row.pieces > 0]
    missing = [_moved(row.goods, -row.pieces) for row in rows if row.pieces < 0]
    try:
        for goods, way, mark in ((found, (outside, place), "+"), (missing, (place, outside), "-")):
            if goods:
                transfer(
                    goods=goods, from_location=way[0], to_location=way[1], reason=CYCLE_COUNT,
                    reference=reference + mark, actor=actor, now=now,
                )  # fmt: skip
    except NotFree as error:
        raise AssertionError("Balances that are locked have changed.") from error
    for row in rows:
        product_id, lot, expires_on, condition = row.goods
        CountLine.objects.filter(
            task=task, attempt=task.attempt, product_id=product_id, lot=lot, expires_on=expires_on,
            condition=condition,
        ).update(adjusted=row.pieces)  # fmt: skip
    move(
        CountTask.objects.filter(pk=task.pk),
        moves=COUNT_MOVES,
        to=Status.DONE,
        decided_by=actor,
        decided_at=now,
    )
    task.refresh_from_db()
    record(
        kind="stock.counted", subject_kind="count_task", subject_id=task.pk, actor=actor, now=now,
        data={"bin": place.code, "found": sum(g.quantity for g in found),
              "missing": sum(g.quantity for g in missing)},
    )  # fmt: skip
    _finished(task, actor, now)
    return True


def _moved(goods: Goods, pieces: int) -> Moved:
    product_id, lot, expires_on, condition = goods
    return Moved(product_id, pieces, lot=lot, expires_on=expires_on, condition=condition)


def reopen_count(*, task: CountTask) -> None:
    """Have a bin whose difference waits counted again, by anybody; its earlier counts are kept."""
    CountTask.objects.filter(pk=task.pk).update(recounts=F("recounts") + 1)
    move(CountTask.objects.filter(pk=task.pk), moves=COUNT_MOVES, to=Status.OPEN, counter="")
    task.refresh_from_db()


def _finished(task: CountTask, actor: str, now: datetime) -> None:
    """A bin is counted: what asked for it is answered, and a list with no other open one ends."""
    ShortPick.objects.filter(location_id=task.location_id, counted_at__isnull=True).update(
        counted_at=now
    )
    left = CountTask.objects.filter(count_list_id=task.count_list_id).exclude(status=Status.DONE)
    if not left.exists():
        CountList.objects.filter(pk=task.count_list_id, status=CountList.Status.OPEN).update(
            status=CountList.Status.DONE, done_at=now
        )
        record(
            kind="count.done", subject_kind="count_list", subject_id=task.count_list_id,
            actor=actor, now=now,
        )  # fmt: skip


def counts_by_task(*, tasks: Sequence[CountTask]) -> dict[int, list[Difference]]:
    """The first finished count of each bin against the ledger: what its accuracy is judged by."""
    rows = CountLine.objects.filter(task__in=tasks, attempt=1, expected__isnull=False)
    found: dict[int, list[Difference]] = defaultdict(list)
    for row in rows.order_by("id"):
        found[row.task_id].append(Difference(_goods(row), row.expected or 0, row.counted))
    return {task.pk: found.get(task.pk, []) for task in tasks if task.attempt}


def lots_in_bin(*, location_id: int, product_id: int) -> list[tuple[str, date | None, str]]:
    """The lots and conditions of a product that the ledger has in a bin."""
    rows = StockBalance.objects.filter(
        location_id=location_id, product_id=product_id, on_hand__gt=0
    )
    return list(rows.order_by("id").values_list("lot", "expires_on", "condition"))
