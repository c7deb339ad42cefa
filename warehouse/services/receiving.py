"""Goods at the dock: into the ledger by scan, undone, set aside, closed; then out of the dock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Sum

from core.events import record
from core.states import MoveNotAllowed, move
from warehouse.models import (
    Inbound,
    InboundGoods,
    InboundLine,
    InboundUnknown,
    Location,
)
from warehouse.rules.receiving import Announced, Arrived, Compared, compare, totals
from warehouse.services.balances import NotFree
from warehouse.services.locations import counterpart
from warehouse.services.stock import Goods, transfer
from warehouse.states import INBOUND_MOVES

RECEIVED = "received"
RECEIPT_UNDONE = "receipt_undone"
PUT_AWAY = "put_away"
Status = Inbound.Status
Kind = Location.Kind


class NothingToUndo(Exception):
    """Fewer pieces of the last scan lie at the dock than are to be taken back: some were put away,
    or it was undone before. Permanent."""


class AlreadyPutAway(Exception):
    """Fewer pieces wait at the dock than were to be put away. Look again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Goods of one scan. `quantity` may be negative: that many are taken back."""

    product_id: int
    quantity: int
    lot: str = ""
    expires_on: date | None = None
    condition: str = "good"


def begin_receiving(*, inbound: Inbound, actor: str, now: datetime) -> None:
    """The first goods of an announced inbound are being looked at; again changes nothing."""
    rows = Inbound.objects.filter(pk=inbound.pk, status=Status.ANNOUNCED)
    if move(rows, moves=INBOUND_MOVES, to=Status.RECEIVING, arrived_at=now):
        inbound.status, inbound.arrived_at = Status.RECEIVING, now
        _record(inbound, Status.RECEIVING, actor, now)


def reopen_receiving(*, inbound: Inbound, actor: str, now: datetime) -> None:
    """More came of an inbound that was closed; raises `core.states.MoveNotAllowed`."""
    rows = Inbound.objects.filter(pk=inbound.pk, status=Status.RECEIVED)
    if not rows.update(status=Status.RECEIVING, received_at=None, seen_at=None):
        raise MoveNotAllowed(f"{inbound.number} is not closed, or already put away.")
    inbound.status = Status.RECEIVING
    _record(inbound, "reopened", actor, now)


def receive_goods(
    *, inbound: Inbound, receipt: Receipt, reference: str, actor: str, now: datetime
) -> InboundGoods:
    """Bring goods from outside to the dock, or back out; the caller holds the inbound's row.

    `reference` is the scan's: the same one again moves nothing twice. Raises `NothingToUndo`.
    """
    outside = counterpart(warehouse_id=inbound.warehouse_id, kind=Kind.SUPPLIER)
    dock = counterpart(warehouse_id=inbound.warehouse_id, kind=Kind.RECEIVING)
    key: dict[str, Any] = {
        "inbound": inbound, "product_id": receipt.product_id, "lot": receipt.lot,
        "expires_on": receipt.expires_on, "condition": receipt.condition,
    }  # fmt: skip
    row, _is_new = InboundGoods.objects.get_or_create(**key)
    if receipt.quantity < 0 and row.quantity - row.put_away < -receipt.quantity:
        raise NothingToUndo(f"{inbound.number}: {row.quantity - row.put_away} pieces are left.")
    is_coming = receipt.quantity > 0
    goods = Goods(
        receipt.product_id,
        abs(receipt.quantity),
        lot=receipt.lot,
        expires_on=receipt.expires_on,
        condition=receipt.condition,
    )
    try:
        moved = transfer(
            goods=[goods],
            from_location=outside if is_coming else dock,
            to_location=dock if is_coming else outside,
            reason=RECEIVED if is_coming else RECEIPT_UNDONE,
            reference=f"{inbound.number}:{reference}",
            actor=actor,
            now=now,
        )
    except NotFree as error:
        raise NothingToUndo(f"{inbound.number}: they left the dock.") from error
    if moved:
        InboundGoods.objects.filter(pk=row.pk).update(quantity=F("quantity") + receipt.quantity)
        row.quantity += receipt.quantity
    return row


def set_aside(
    *, inbound: Inbound, code: str, quantity: int, actor: str, now: datetime
) -> InboundUnknown:
    """Write down a thing whose code names no product."""
    return InboundUnknown.objects.create(
        inbound=inbound, code=code[:200], quantity=quantity, actor=actor, at=now
    )


def describe_unknown(*, unknown_id: int, note: str) -> None:
    """Say what a thing that was set aside looks like."""
    InboundUnknown.objects.filter(pk=unknown_id).update(note=note[:300])


def result_of(inbound: Inbound) -> list[Compared]:
    """What was announced against what came; the caller's block, rows by line, surplus last."""
    announced = [
        Announced(
            product_id=line.product_id,
            expected=line.expected,
            lot=line.lot,
            expires_on=line.expires_on,
        )
        for line in InboundLine.objects.filter(inbound=inbound).order_by("id")
    ]
    by_lot: dict[tuple[int, str, date | None], list[int]] = {}
    for row in InboundGoods.objects.filter(inbound=inbound).order_by("id"):
        pieces = by_lot.setdefault((row.product_id, row.lot, row.expires_on), [0, 0])
        pieces[0 if row.condition == "good" else 1] += row.quantity
    arrived = [
        Arrived(product_id=key[0], lot=key[1], expires_on=key[2], good=good, damaged=damaged)
        for key, (good, damaged) in by_lot.items()
    ]
    return compare(announced, arrived)


def close_receiving(*, inbound: Inbound, actor: str, now: datetime) -> Sequence[Compared]:
    """Everything is received: fix the result and tell the merchant. The row is locked.

    What has nothing at the dock is put away with it. Raises `core.states.MoveNotAllowed`.
    """
    rows = result_of(inbound)
    sums = totals(rows)
    unknown = InboundUnknown.objects.filter(inbound=inbound).aggregate(n=Sum("quantity"))["n"] or 0
    moved = move(
        Inbound.objects.filter(pk=inbound.pk),
        moves=INBOUND_MOVES,
        to=Status.RECEIVED,
        received_at=now,
        received_by=actor,
        has_differences=sums.has_differences or bool(unknown),
    )
    if not moved:
        raise MoveNotAllowed(f"{inbound.number} is not being received.")
    inbound.status = Status.RECEIVED
    told = {
        "expected": sums.expected, "good": sums.good, "damaged": sums.damaged, "over": sums.over,
        "short": sums.short, "unknown": unknown,
    }  # fmt: skip
    record(
        kind="inbound.received", subject_kind="inbound", subject_id=inbound.pk, actor=actor,
        now=now, data=told,
    )  # fmt: skip
    finish_if_put_away(inbound=inbound, actor=actor, now=now)
    return rows


def put_goods_away(
    *,
    goods: InboundGoods,
    inbound: Inbound,
    quantity: int,
    place: Location,
    reference: str,
    actor: str,
    now: datetime,
) -> bool:
    """Move pieces from the dock into a bin; True when this call moved them.

    The caller holds the inbound's row. Raises `AlreadyPutAway`, and `NotFree` and `NoRoom` of
    `transfer`.
    """
    dock = counterpart(warehouse_id=inbound.warehouse_id, kind=Kind.RECEIVING)
    row = InboundGoods.objects.select_for_update().get(pk=goods.pk)
    if row.quantity - row.put_away < quantity:
        raise AlreadyPutAway(f"{inbound.number}: {row.quantity - row.put_away} pieces are left.")
    moved = transfer(
        goods=[
            Goods(
                row.product_id,
                quantity,
                lot=row.lot,
                expires_on=row.expires_on,
                condition=row.condition,
            )
        ],
        from_location=dock,
        to_location=place,
        reason=PUT_AWAY,
        reference=f"{inbound.number}:{reference}",
        actor=actor,
        now=now,
    )
    if moved:
        InboundGoods.objects.filter(pk=row.pk).update(put_away=F("put_away") + quantity)
        finish_if_put_away(inbound=inbound, actor=actor, now=now)
    return moved


def finish_if_put_away(*, inbound: Inbound, actor: str, now: datetime) -> bool:
    """End a received inbound of which nothing lies at the dock any more."""
    if InboundGoods.objects.filter(inbound=inbound, quantity__gt=F("put_away")).exists():
        return False
    rows = Inbound.objects.filter(pk=inbound.pk)
    if not move(rows, moves=INBOUND_MOVES, to=Status.PUT_AWAY, put_away_at=now):
        return False
    inbound.status = Status.PUT_AWAY
    _record(inbound, Status.PUT_AWAY, actor, now)
    return True


def _record(inbound: Inbound, what: str, actor: str, now: datetime) -> None:
    record(
        kind=f"inbound.{what}", subject_kind="inbound", subject_id=inbound.pk, actor=actor, now=now
    )
