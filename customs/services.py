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
from customs.rules.declarations import NOT_REQUIRED, DatasetChoice, Problem
from customs.rules.declarations.entries import Path, as_rows, from_rows
from customs.rules.landed_cost import LandedCost as Quoted
from customs.states import DECLARATION_MOVES
from shipping.models import Booking

S = Declaration.Status
FINAL = frozenset({S.RELEASED, S.REFUSED, S.WITHDRAWN})
UNLODGED = frozenset({S.DRAFT, S.INCOMPLETE})


class NotCorrectable(Exception):
    """The declaration is with the authority, or was corrected before: read it again."""


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
        superseded_at=None,
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
    *,
    declaration_id: int,
    status: str,
    mrn: str,
    reason: str,
    now: datetime,
    faults: Sequence[tuple[str, str, str]] = (),
) -> bool:
    """Move a declaration to what the authority says; False when that is no news.

    `faults` are the (field, code, message) it refused, where it named any.
    """
    rows = Declaration.objects.filter(pk=declaration_id)
    moved = move(
        rows,
        moves=DECLARATION_MOVES,
        to=status,
        mrn=mrn,
        authority_reason=reason[:300],
        refusal=[
            {"field": field[:200], "code": code[:60], "message": message[:300]}
            for field, code, message in faults
        ],
        answered_at=now,
    )
    if moved:
        _event(rows.select_related("booking__parcel").get(), status, now, {"mrn": mrn})
    return bool(moved)


def lock_current(*, booking_id: int, direction: str) -> Declaration | None:
    """Lock the declaration of a direction that counts now; None before there is one."""
    rows = Declaration.objects.filter(booking_id=booking_id, direction=direction)
    return rows.filter(superseded_at__isnull=True).select_for_update().first()


def begin_correction(
    *, declaration_id: int, entries: Sequence[tuple[Path, str]], actor: str, now: datetime
) -> Declaration:
    """Begin to mend a declaration with values a person set; return the one that counts from now on.

    A refused one stays as it was refused, and a new one names it: the authority knows an LRN once.
    One that was never lodged is mended itself. The caller drafts it anew from the data. Raises
    `NotCorrectable` for one that is lodged, released, or superseded by another correction.
    """
    rows = Declaration.objects.select_for_update(of=("self",)).select_related("booking__parcel")
    declaration = rows.get(pk=declaration_id)
    is_refused = declaration.status == S.REFUSED
    if declaration.superseded_at or not (is_refused or declaration.status in UNLODGED):
        raise NotCorrectable(f"{declaration.lrn} stands {declaration.status}.")
    kept = as_rows((dict(from_rows(declaration.entries)) | dict(entries)).items())
    if is_refused:
        Declaration.objects.filter(pk=declaration.pk).update(superseded_at=now)
        fresh = _successor(declaration, entries=kept, now=now)
    else:
        Declaration.objects.filter(pk=declaration.pk).update(entries=kept)
        declaration.entries, fresh = kept, declaration
    record(
        kind="declaration.corrected",
        subject_kind="order",
        subject_id=declaration.booking.parcel.order_id,
        actor=actor,
        now=now,
        data={
            "direction": fresh.direction,
            "lrn": fresh.lrn,
            "corrects": declaration.lrn if is_refused else "",
            "values": ["/".join(map(str, path)) for path, _value in entries][:20],
        },
    )
    return fresh


def _successor(declaration: Declaration, *, entries: Any, now: datetime) -> Declaration:
    """Write the declaration that takes the place of another, under an LRN of its own."""
    return Declaration.objects.create(
        booking=declaration.booking,
        direction=declaration.direction,
        country=declaration.country,
        dataset=declaration.dataset,
        dataset_reason=declaration.dataset_reason,
        lrn=_next_lrn(declaration),
        elements=declaration.elements,
        entries=entries,
        corrects=declaration,
        created_at=now,
    )


def supersede_all(*, booking_id: int, now: datetime) -> list[Declaration]:
    """End the declarations of a booking that was withdrawn; return those an authority knows."""
    rows = Declaration.objects.filter(booking_id=booking_id, superseded_at__isnull=True)
    current = list(rows.order_by("pk").select_for_update())
    rows.update(superseded_at=now)
    return [each for each in current if is_known(each)]


def begin_amendment(*, declaration: Declaration, actor: str, now: datetime) -> Declaration:
    """Begin to replace a lodged declaration by one with other data; return the new draft.

    The caller holds its row, has it withdrawn at the authority and drafts the new one from the
    data. Values that a person had set are kept.
    """
    rows = Declaration.objects.filter(pk=declaration.pk, superseded_at__isnull=True)
    if not rows.update(superseded_at=now):
        raise NotCorrectable(f"{declaration.lrn} was corrected before.")
    fresh = _successor(declaration, entries=declaration.entries, now=now)
    record(
        kind="declaration.amended",
        subject_kind="order",
        subject_id=declaration.booking.parcel.order_id,
        actor=actor,
        now=now,
        data={"direction": fresh.direction, "lrn": fresh.lrn, "corrects": declaration.lrn},
    )
    return fresh


def is_known(declaration: Declaration) -> bool:
    """Tell whether an authority was, or is being, told of it."""
    asked = declaration.status in (S.LODGING, S.ACCEPTED, S.HELD, S.RELEASED)
    return asked and declaration.dataset != NOT_REQUIRED


def _next_lrn(refused: Declaration) -> str:
    base = first_lrn(refused.booking, refused.direction)
    same = Declaration.objects.filter(booking_id=refused.booking_id, direction=refused.direction)
    return f"{base}-{same.count() + 1}"


def first_lrn(booking: Booking, direction: str) -> str:
    """Return the local reference number of a booking's first declaration of a direction."""
    return f"{direction[0].upper()}{booking.reference}"


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
