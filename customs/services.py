"""The only writer of declarations and landed costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.events import record
from core.models import Document
from core.states import move
from core.tenancy import active_merchant_id
from customs.models import Declaration, LandedCost
from customs.rules.declarations import DatasetChoice, Problem
from customs.rules.landed_cost import LandedCost as Quoted
from customs.states import DECLARATION_MOVES
from shipping.models import Booking

S = Declaration.Status
FINAL = frozenset({S.RELEASED, S.REFUSED})


def save_landed_cost(
    *, booking: Booking, quoted: Quoted, inputs: Mapping[str, Any], now: datetime
) -> LandedCost:
    """Keep what the buyer's door costs, with the inputs and steps it can be replayed from."""
    said = quoted.as_dict()
    values = {
        "status": quoted.status,
        "destination": quoted.destination,
        "scheme": quoted.scheme,
        "currency": quoted.currency,
        "duty": quoted.duty,
        "tax": quoted.tax,
        "fees": quoted.fees,
        "total_charges": quoted.total_charges,
        "buyer_total": quoted.buyer_total,
        "inputs": dict(inputs),
        "steps": said["steps"],
        "regimes": said["facts"],
        "caveats": [*said["caveats"], *said["missing"]],
        "computed_at": now,
    }
    cost, _ = LandedCost.objects.update_or_create(
        merchant_id=active_merchant_id(), booking=booking, defaults=values
    )
    return cost


def draft_declaration(
    *,
    booking: Booking,
    direction: str,
    country: str,
    choice: DatasetChoice,
    lrn: str,
    elements: Mapping[str, Any],
    problems: Sequence[Problem],
    now: datetime,
) -> Declaration:
    """Draft a declaration, or bring a draft up to date; a lodged one is left as it was lodged."""
    values = {
        "country": country,
        "dataset": choice.dataset,
        "dataset_reason": choice.reason.text[:300],
        "lrn": lrn,
        "elements": dict(elements),
        "problems": [dict(problem.as_dict()) for problem in problems],
        "status": S.INCOMPLETE if problems else S.DRAFT,
    }
    # Made first and locked then: two workers may draft at once, and the slower one must see that
    # the faster one has lodged it meanwhile.
    made, _ = Declaration.objects.get_or_create(
        merchant_id=active_merchant_id(),
        booking=booking,
        direction=direction,
        defaults={**values, "created_at": now},
    )
    declaration = Declaration.objects.select_for_update().get(pk=made.pk)
    if declaration.status not in (S.DRAFT, S.INCOMPLETE):
        return declaration
    for name, value in values.items():
        setattr(declaration, name, value)
    declaration.save(update_fields=list(values))
    if problems:
        _event(declaration, "incomplete", now, {"problems": [each.text for each in problems][:10]})
    return declaration


def begin_lodging(*, declaration_id: int, now: datetime) -> Declaration | None:
    """Commit the intent before the authority is asked; None when it has answered already.

    Lodging is safe to repeat: the authority knows a declaration by its LRN.
    """
    rows = Declaration.objects.filter(pk=declaration_id)
    move(rows, moves=DECLARATION_MOVES, to=S.LODGING, lodged_at=now)
    return rows.filter(status=S.LODGING).first()


def record_answer(
    *, declaration_id: int, status: str, mrn: str, reason: str, now: datetime
) -> bool:
    """Move a declaration to what the authority says; False when that is no news."""
    rows = Declaration.objects.filter(pk=declaration_id)
    moved = move(
        rows,
        moves=DECLARATION_MOVES,
        to=status,
        mrn=mrn,
        authority_reason=reason[:300],
        answered_at=now,
    )
    if moved:
        _event(rows.select_related("booking__parcel").get(), status, now, {"mrn": mrn})
    return bool(moved)


def attach_declaration_document(*, declaration_id: int, document: Document) -> None:
    """Attach the readable copy."""
    Declaration.objects.filter(pk=declaration_id, document__isnull=True).update(document=document)


def _event(declaration: Declaration, what: str, now: datetime, data: Mapping[str, Any]) -> None:
    record(
        kind=f"declaration.{what}",
        subject_kind="order",
        subject_id=declaration.booking.parcel.order_id,
        actor="customs",
        now=now,
        data={"direction": declaration.direction, "dataset": declaration.dataset, **data},
    )
