"""Inbounds: announced, changed and cancelled by their merchant. They move by `INBOUND_MOVES`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.events import record
from core.numbers import next_numbers
from core.states import move
from warehouse.models import Inbound, InboundLine, Warehouse
from warehouse.states import INBOUND_MOVES

Status = Inbound.Status
MOST_LINES = 2000
LARGEST_QUANTITY = 1_000_000


class TooLateForInbound(Exception):
    """The inbound is being received, is received or cancelled: it changes no more. Permanent."""


class SameLineTwice(Exception):
    """A product stands twice in the same lot and expiry. `product_id` names it."""

    def __init__(self, product_id: int) -> None:
        super().__init__(f"Product {product_id} stands twice in the same lot.")
        self.product_id = product_id


@dataclass(frozen=True, slots=True)
class InboundPart:
    """So many pieces of a product; without a lot they may be of any."""

    product_id: int
    quantity: int
    lot: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundFacts:
    """What a merchant says of an inbound beside its lines."""

    warehouse: Warehouse
    reference: str = ""
    expected_on: date | None = None
    carrier_note: str = ""
    cartons: int | None = None

    def columns(self) -> dict[str, Any]:
        """The columns of the row."""
        return {
            "warehouse": self.warehouse, "reference": self.reference,
            "expected_on": self.expected_on, "carrier_note": self.carrier_note,
            "cartons": self.cartons,
        }  # fmt: skip


def announce_inbound(
    *, facts: InboundFacts, parts: Sequence[InboundPart], source: str, actor: str, now: datetime
) -> Inbound:
    """Write an announced inbound with its lines; raises `SameLineTwice`."""
    number = next_numbers(kind="inbound")[0]
    made = Inbound.objects.create(
        number=f"IB{number:05d}",
        source=source,
        created_at=now,
        created_by=actor,
        **facts.columns(),
    )
    _write_lines(made, parts)
    told = {"lines": len(parts), "pieces": sum(part.quantity for part in parts)}
    _record(made.pk, Status.ANNOUNCED, actor, now, told)
    return made


def change_inbound(
    *,
    inbound_id: int,
    facts: InboundFacts,
    parts: Sequence[InboundPart],
    actor: str,
    now: datetime,
) -> None:
    """Say an announced inbound anew, lines and all; raises `TooLateForInbound`, `SameLineTwice`."""
    rows = Inbound.objects.filter(pk=inbound_id, status=Status.ANNOUNCED)
    inbound = rows.select_for_update().first()
    if inbound is None:
        raise TooLateForInbound(f"Inbound {inbound_id} changes no more.")
    rows.update(**facts.columns())
    inbound.lines.all().delete()
    _write_lines(inbound, parts)
    told = {"lines": len(parts), "pieces": sum(part.quantity for part in parts)}
    _record(inbound_id, "changed", actor, now, told)


def _write_lines(inbound: Inbound, parts: Sequence[InboundPart]) -> None:
    seen: set[tuple[int, str, date | None]] = set()
    for part in parts:
        key = (part.product_id, part.lot, part.expires_on)
        if key in seen:
            raise SameLineTwice(part.product_id)
        seen.add(key)
    InboundLine.objects.bulk_create(
        InboundLine(
            inbound=inbound,
            product_id=part.product_id,
            expected=part.quantity,
            lot=part.lot,
            expires_on=part.expires_on,
        )
        for part in parts
    )


def cancel_inbound(*, inbound_id: int, actor: str, now: datetime) -> None:
    """Cancel an inbound nothing has come of; again changes nothing. Raises `TooLateForInbound`."""
    rows = Inbound.objects.filter(pk=inbound_id)
    if move(rows, moves=INBOUND_MOVES, to=Status.CANCELLED, cancelled_at=now):
        _record(inbound_id, Status.CANCELLED, actor, now)
    elif not rows.filter(status=Status.CANCELLED).exists():
        raise TooLateForInbound(f"Inbound {inbound_id} is being received.")


def note_differences_seen(*, inbound_id: int, actor: str, now: datetime) -> None:
    """The merchant has seen what was over, short or damaged; again changes nothing."""
    rows = Inbound.objects.filter(pk=inbound_id, has_differences=True, seen_at__isnull=True)
    if rows.update(seen_at=now):
        _record(inbound_id, "seen", actor, now)


def _record(
    inbound_id: int, what: str, actor: str, now: datetime, told: Mapping[str, Any] | None = None
) -> None:
    record(
        kind=f"inbound.{what}",
        subject_kind="inbound",
        subject_id=inbound_id,
        actor=actor,
        now=now,
        data=told or {},
    )
