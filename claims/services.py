"""The only writer of claims and their evidence."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from billing.models import LedgerEntry
from claims.models import Claim, ClaimEvidence
from claims.rules import Decision
from claims.states import CLAIM_MOVES
from core.events import record
from core.models import Document
from core.numbers import next_numbers
from core.states import move
from core.tenancy import active_merchant_id
from tracking.models import TrackedParcel

S = Claim.Status


class AlreadyClaimed(Exception):
    """A live claim of this kind exists for the parcel; `claim` is that one."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(f"Claim {claim.number} is open for this parcel already.")
        self.claim = claim


class AlreadyDecided(Exception):
    """The claim was decided before; nothing changed."""


def open_claim(
    *,
    parcel: TrackedParcel,
    kind: str,
    amount: Decimal,
    currency: str,
    statement: str,
    actor: str,
    now: datetime,
) -> Claim:
    """Open a claim for a parcel whose row the caller holds; raise `AlreadyClaimed`."""
    live = Claim.objects.filter(parcel=parcel, kind=kind).exclude(status=S.REFUSED).first()
    if live is not None:
        raise AlreadyClaimed(live)
    number = next_numbers(kind="claim")[0]
    claim = Claim.objects.create(
        number=f"C{number:05d}",
        parcel=parcel,
        kind=kind,
        amount_claimed=amount,
        currency=currency,
        statement=statement[:2000],
        filed_by=actor,
        created_at=now,
    )
    _event(claim, "filed", actor, now, {"kind": kind, "amount": str(amount), "currency": currency})
    return claim


def attach_evidence(
    *, claim: Claim, code: str, document: Document, note: str, actor: str, now: datetime
) -> ClaimEvidence:
    """Attach a document; the same one twice is one. A claim that waited for it is open again."""
    evidence, is_new = ClaimEvidence.objects.get_or_create(
        merchant_id=active_merchant_id(),
        claim=claim,
        document=document,
        defaults={"code": code, "note": note[:300], "added_by": actor, "created_at": now},
    )
    if is_new:
        waiting = Claim.objects.filter(pk=claim.pk, status=S.NEEDS_EVIDENCE)
        move(waiting, moves=CLAIM_MOVES, to=S.OPEN)
        _event(claim, "evidence_added", actor, now, {"code": code})
    return evidence


def record_decision(*, claim_id: int, decision: Decision, actor: str, now: datetime) -> Claim:
    """Write a decision with the limit and reasons it rests on; raise `AlreadyDecided`."""
    rows = Claim.objects.filter(pk=claim_id)
    moved = move(
        rows,
        moves=CLAIM_MOVES,
        to=decision.outcome,
        amount_approved=decision.amount if decision.outcome == "approved" else None,
        limit=dict(decision.limit.as_dict()),
        reasons=[reason.as_dict() for reason in decision.reasons],
        decided_at=now,
        decided_by=actor,
    )
    claim = rows.get()
    if not moved:
        if claim.status == S.NEEDS_EVIDENCE and decision.outcome == "needs_evidence":
            return claim
        raise AlreadyDecided(f"Claim {claim.number} is {claim.status} already.")
    _event(claim, decision.outcome, actor, now, {"amount": str(decision.amount)})
    return claim


def mark_paid(*, claim_id: int, entry: LedgerEntry, now: datetime) -> bool:
    """Mark an approved claim as paid by its ledger row; False when it was."""
    rows = Claim.objects.filter(pk=claim_id)
    moved = move(rows, moves=CLAIM_MOVES, to=S.PAID, ledger_entry=entry, paid_at=now)
    if moved:
        claim = rows.get()
        paid = {"amount": str(claim.amount_approved), "currency": claim.currency}
        _event(claim, "paid", "aftersales", now, paid)
    return bool(moved)


def attach_payout_advice(*, claim_id: int, document: Document) -> None:
    """Attach the payout advice."""
    Claim.objects.filter(pk=claim_id, payout_advice__isnull=True).update(payout_advice=document)


def _event(claim: Claim, what: str, actor: str, now: datetime, data: dict[str, str]) -> None:
    record(
        kind=f"claim.{what}",
        subject_kind="claim",
        subject_id=claim.pk,
        actor=actor,
        now=now,
        data={"number": claim.number, **data},
    )
