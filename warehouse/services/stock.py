"""Stock: the ledger of moves, and the balances that are always its sum.

Everything that goods do on the floor is a `transfer`: what comes in from outside, what is put away,
counted, damaged, lost. Only packing takes goods out by another way (`consume_reservations`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import OperationalError, connection, transaction

from core.deadlocks import is_deadlock
from core.tenancy import active_merchant_id
from warehouse.models import Condition, Location, StockMove
from warehouse.services.balances import Kept, change_balances
from warehouse.services.locations import check_room, counterpart

OPENING = "opening"
TRIES = 5


class NotAPlace(ValueError):
    """Goods cannot go that way: a branch of the tree holds none, and one end must be a real place
    of the same warehouse. A programming error."""


class ReferenceTaken(Exception):
    """Other goods were moved under this reason and reference before. Permanent."""


@dataclass(frozen=True, slots=True)
class StockLine:
    """`quantity` pieces of a product, under a reference that makes a repetition harmless."""

    product_id: int
    quantity: int
    reference: str


@dataclass(frozen=True, slots=True)
class Goods:
    """Pieces of a product as they lie: lot and expiry stay with them on the way.

    `becomes` is the condition they are in afterwards, where it is another.
    """

    product_id: int
    quantity: int
    lot: str = ""
    expires_on: date | None = None
    condition: str = Condition.GOOD
    becomes: str = ""


@dataclass(frozen=True, slots=True)
class _Way:
    """Where goods go, why, by whom and when."""

    start: Location
    end: Location
    reason: str
    reference: str
    actor: str
    now: datetime


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the ledger to be written."""

    product_id: int
    from_id: int
    to_id: int
    lot: str
    expires_on: date | None
    condition: str


def transfer(
    *,
    goods: Sequence[Goods],
    from_location: Location,
    to_location: Location,
    reason: str,
    reference: str,
    actor: str,
    now: datetime,
) -> bool:
    """Move goods between two places of a warehouse, all or none; in the active merchant's block.

    True when they moved, False when the same goods were moved under this reason and reference
    before: a repeated call is harmless. Only what is promised to no order can be taken (`NotFree`).
    A bin with a capacity takes no more than fits (`NoRoom`). Other goods under a used reference
    raise `ReferenceTaken`; `NotAPlace` is the caller's mistake. A change of condition is two rows,
    by way of the warehouse's adjustment; the two ends may then be the same place.

    Balances are locked in key order; should others lock them in another, it is tried again.
    """
    way = _Way(from_location, to_location, reason, reference, actor, now)
    rows = _rows(goods, way)
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return _transfer(way, rows)
        except OperationalError as error:
            if attempt == TRIES or not is_deadlock(error):
                raise
    raise AssertionError("unreachable")


def _transfer(way: _Way, rows: Mapping[_Row, int]) -> bool:
    with connection.cursor() as cursor:
        # Two calls under one reference take turns, whatever goods they name.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"move:{active_merchant_id()}:{way.reason}:{way.reference}"],
        )
    if _is_done(way, rows):
        return False
    coming = _coming(way, rows)
    if coming:
        check_room(location=way.end, units=coming)
    places = {each.pk: each.code for each in (way.start, way.end) if _holds(each)}
    changes: dict[Kept, int] = defaultdict(int)
    for row, quantity in rows.items():
        kept = (row.lot, row.expires_on, row.condition)
        if row.from_id in places:
            changes[row.product_id, row.from_id, *kept] -= quantity
        if row.to_id in places:
            changes[row.product_id, row.to_id, *kept] += quantity
    change_balances(changes, places, way.now)
    StockMove.objects.bulk_create(
        StockMove(
            product_id=row.product_id,
            from_location_id=row.from_id,
            to_location_id=row.to_id,
            lot=row.lot,
            expires_on=row.expires_on,
            condition=row.condition,
            quantity=quantity,
            reason=way.reason,
            reference=way.reference,
            actor=way.actor,
            at=way.now,
        )
        for row, quantity in rows.items()
    )
    return True


def _holds(location: Location) -> bool:
    return location.kind in Location.HOLDS_GOODS


def _is_done(way: _Way, rows: Mapping[_Row, int]) -> bool:
    """Tell whether exactly this was done before; raise `ReferenceTaken` when something else was."""
    known = {
        _Row(
            move.product_id,
            move.from_location_id,
            move.to_location_id,
            move.lot,
            move.expires_on,
            move.condition,
        ): move.quantity
        for move in StockMove.objects.filter(reason=way.reason, reference=way.reference)
    }
    if known and known != dict(rows):
        raise ReferenceTaken(f"{way.reason} {way.reference} moved other goods before.")
    return bool(known)


def _coming(way: _Way, rows: Mapping[_Row, int]) -> Mapping[int, int]:
    """Pieces by product that the far end must have room for."""
    coming: dict[int, int] = defaultdict(int)
    # What a person counted lies there, whatever the place is said to hold.
    is_found = way.start.kind == Location.Kind.COUNT
    if _holds(way.end) and way.start.pk != way.end.pk and not is_found:
        for row, quantity in rows.items():
            if row.to_id == way.end.pk:
                coming[row.product_id] += quantity
    return coming


def _rows(goods: Sequence[Goods], way: _Way) -> Mapping[_Row, int]:
    """The rows of the ledger, or `NotAPlace`; equal goods named twice are one row."""
    _check_way(way)
    if not goods or min(each.quantity for each in goods) <= 0:
        raise ValueError("goods: name at least one product, each with a quantity above 0")
    changed = any(each.becomes not in ("", each.condition) for each in goods)
    through = None
    if changed and _holds(way.start) and _holds(way.end):
        through = counterpart(warehouse_id=way.start.warehouse_id, kind=Location.Kind.ADJUSTMENT)
    rows: dict[_Row, int] = defaultdict(int)
    for each in goods:
        for start, end, condition in _legs(each, way, through):
            if start == end:
                raise NotAPlace(f"{way.start}: goods that stay and do not change do not move.")
            row = _Row(each.product_id, start, end, each.lot, each.expires_on, condition)
            rows[row] += each.quantity
    return rows


def _check_way(way: _Way) -> None:
    ends = (way.start, way.end)
    if way.start.warehouse_id != way.end.warehouse_id:
        raise NotAPlace(f"{way.start} and {way.end} are in different warehouses.")
    for end in ends:
        if not _holds(end) and end.kind not in Location.COUNTERPARTS:
            raise NotAPlace(f"{end} ({end.kind}) holds no goods.")
    if not any(_holds(end) for end in ends):
        raise NotAPlace(f"Neither {way.start} nor {way.end} is a real place.")


def _legs(goods: Goods, way: _Way, through: Location | None) -> list[tuple[int, int, str]]:
    """From where to where, in which condition. What changes on the way in or out needs no stop."""
    before, after = goods.condition, goods.becomes or goods.condition
    if after == before or not _holds(way.end):
        return [(way.start.pk, way.end.pk, before)]
    if through is None:
        return [(way.start.pk, way.end.pk, after)]
    return [(way.start.pk, through.pk, before), (through.pk, way.end.pk, after)]


def open_stock(
    *, lines: Sequence[StockLine], supplier: Location, to: Location, actor: str, now: datetime
) -> int:
    """Bring in a product's opening stock; return how many products it was opened for.

    A product is opened once: the same reference again moves nothing, so that a product file
    uploaded twice does not double the goods.
    """
    return move_stock(
        lines=lines, from_location=supplier, to_location=to, reason=OPENING, actor=actor, now=now
    )


def move_stock(
    *,
    lines: Sequence[StockLine],
    from_location: Location,
    to_location: Location,
    reason: str,
    actor: str,
    now: datetime,
) -> int:
    """Bring goods from outside (supplier, adjustment) into a bin, each line under a reference of
    its own; return how many were new. They have no lot, do not expire and are good."""
    wanted = {(line.product_id, line.reference): line for line in lines if line.quantity > 0}
    known = set(
        StockMove.objects.filter(
            reason=reason,
            from_location=from_location,
            reference__in={line.reference for line in wanted.values()},
        ).values_list("product_id", "reference")
    )
    fresh = [line for key, line in sorted(wanted.items()) if key not in known]
    if not fresh:
        return 0
    StockMove.objects.bulk_create(
        StockMove(
            product_id=line.product_id,
            from_location=from_location,
            to_location=to_location,
            quantity=line.quantity,
            reason=reason,
            reference=line.reference,
            actor=actor,
            at=now,
        )
        for line in fresh
    )
    changes: dict[Kept, int] = defaultdict(int)
    for line in fresh:
        changes[line.product_id, to_location.pk, "", None, Condition.GOOD] += line.quantity
    change_balances(changes, {to_location.pk: to_location.code}, now)
    return len(fresh)
