"""Stage 10, after-sales: claims filed with evidence, decided under dated terms, and paid once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from billing.services import pay_claim
from claims.documents import PayoutAdvice, render_payout_advice
from claims.models import Claim, ClaimEvidence
from claims.rules import ClaimFacts, Decision, decide
from claims.services import (
    AlreadyClaimed,
    AlreadyDecided,
    attach_evidence,
    attach_payout_advice,
    mark_paid,
    open_claim,
    record_decision,
)
from core.documents import PDF, PICTURES, content_type_of, put_bytes, register
from core.jobs import Work, enqueue, handler
from core.models import Document, Merchant
from core.pdf import address_block
from core.tenancy import merchant
from tracking.models import DeliveryProof, ParcelException, TrackedParcel
from warehouse.models import ParcelPhoto

MAX_EVIDENCE_BYTES = 10 * 1024 * 1024
EVIDENCE_CODES = (
    "commercial_invoice", "photo_of_goods", "photo_of_packaging", "recipient_statement",
)  # fmt: skip
INVOICE = "commercial_invoice"
PHOTO_AT_PACKING = "photo_at_packing"


class NotClaimable(Exception):
    """The parcel cannot be claimed for yet: it was never handed to a carrier."""


class BadEvidence(Exception):
    """The file is no PDF, PNG or JPEG, or too large, or its code is unknown."""


def file_claim(
    *,
    merchant_id: int,
    tracking_number: str,
    kind: str,
    amount: Decimal | None,
    statement: str,
    actor: str,
    now: datetime,
) -> Claim:
    """File a claim for loss or damage; `amount` None asks for the value of the goods.

    Our own commercial invoice is attached as evidence. Raises `TrackedParcel.DoesNotExist`,
    `NotClaimable`, or `AlreadyClaimed` with the known claim.
    """
    with merchant(merchant_id):
        parcel = (
            TrackedParcel.objects.select_related("booking__parcel__order", "booking__invoice")
            .select_for_update(of=("self",))
            .get(tracking_number=tracking_number)
        )
        if parcel.booking.parcel.handed_over_at is None:
            raise NotClaimable("The parcel has not been handed to the carrier yet.")
        order = parcel.booking.parcel.order
        asked = order.goods_value if amount is None else amount
        if asked <= 0:
            raise NotClaimable("amount: the goods are worth nothing; say what is asked for.")
        claim = open_claim(
            parcel=parcel,
            kind=kind,
            amount=asked,
            currency=order.currency,
            statement=statement,
            actor=actor,
            now=now,
        )
        if parcel.booking.invoice is not None:
            attach_evidence(
                claim=claim,
                code=INVOICE,
                document=parcel.booking.invoice,
                note="",
                actor="aftersales",
                now=now,
            )
        # How it left the house; it proves nothing of how it arrived, so it stands for no other.
        for photo in ParcelPhoto.objects.filter(parcel=parcel.booking.parcel_id).select_related(
            "document"
        ):
            attach_evidence(
                claim=claim,
                code=PHOTO_AT_PACKING,
                document=photo.document,
                note="",
                actor="aftersales",
                now=now,
            )
    return claim


def add_evidence(
    *,
    merchant_id: int,
    claim_number: str,
    code: str,
    content: bytes,
    note: str,
    actor: str,
    now: datetime,
) -> ClaimEvidence:
    """Attach a picture or paper; what it is, its first bytes say. Raises `BadEvidence`."""
    if code not in EVIDENCE_CODES:
        raise BadEvidence(f"code: {code!r} is unknown; use one of {', '.join(EVIDENCE_CODES)}.")
    if len(content) > MAX_EVIDENCE_BYTES:
        raise BadEvidence("file: it is larger than 10 MB; send a smaller picture.")
    content_type = content_type_of(content, PDF | PICTURES)
    if content_type is None:
        raise BadEvidence("file: it is neither PDF, PNG nor JPEG; send one of these.")
    stored = put_bytes(merchant_id=merchant_id, content=content, content_type=content_type)
    with merchant(merchant_id):
        claim = Claim.objects.select_for_update().get(number=claim_number)
        document = register(
            kind="claim_evidence",
            number=f"{claim.number}-{stored[1][:12]}",
            subject_kind="claim",
            subject_id=claim.pk,
            content=content,
            content_type=content_type,
            stored_as=stored,
            now=now,
        )
        return attach_evidence(
            claim=claim, code=code, document=document, note=note, actor=actor, now=now
        )


def proposed_decision(claim: Claim, *, on: date) -> Decision:
    """Return what the dated terms say about a claim, inside the caller's block."""
    parcel = claim.parcel
    booking = parcel.booking
    packed = booking.parcel
    handed_over_at = packed.handed_over_at or claim.created_at
    evidence = ClaimEvidence.objects.filter(claim=claim).values_list("code", flat=True)
    return decide(
        ClaimFacts(
            service_code=booking.service_code,
            kind=claim.kind,
            amount_claimed=claim.amount_claimed,
            declared_value=packed.order.goods_value,
            currency=claim.currency,
            weight_g=packed.weight_g or packed.expected_weight_g,
            accepted_on=handed_over_at.date(),
            filed_on=claim.created_at.date(),
            decided_on=on,
            delivered_on=parcel.delivered_at.date() if parcel.delivered_at else None,
            last_event_on=parcel.last_event_at.date() if parcel.last_event_at else None,
            has_delivery_proof=DeliveryProof.objects.filter(parcel=parcel).exists(),
            loss_confirmed=_is_loss_confirmed(parcel),
            evidence=frozenset(evidence),
        )
    )


def _is_loss_confirmed(parcel: TrackedParcel) -> bool:
    """The carrier said so, or its silence outlasted the limit of its service."""
    return ParcelException.objects.filter(
        parcel=parcel, kind="lost", closed_at__isnull=True
    ).exists()


def decide_claim(*, merchant_id: int, claim_number: str, actor: str, now: datetime) -> Claim:
    """Decide a claim by the dated terms, on a staff member's word, and pay it when approved.

    Decision, ledger row and payment are one transaction. Raises `AlreadyDecided`.
    """
    with merchant(merchant_id):
        claim = (
            Claim.objects.select_related("parcel__booking__parcel__order")
            .select_for_update(of=("self",))
            .get(number=claim_number)
        )
        decision = proposed_decision(claim, on=now.date())
        claim = record_decision(claim_id=claim.pk, decision=decision, actor=actor, now=now)
        if claim.status == Claim.Status.APPROVED:
            entry = pay_claim(
                claim_number=claim.number,
                amount=decision.amount,
                currency=decision.currency,
                now=now,
            )
            mark_paid(claim_id=claim.pk, entry=entry, now=now)
            told = {"claim_id": claim.pk}
            enqueue([Work("papers.payout_advice", claim.number, told)], now=now)
            claim.refresh_from_db()
    return claim


@handler("papers.payout_advice", queue="documents")
def payout_advice(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Make the payout advice of a paid claim."""
    related = "parcel__booking__parcel__order", "ledger_entry"
    with merchant(merchant_id):
        claim = Claim.objects.select_related(*related).get(pk=payload["claim_id"])
        owner = Merchant.objects.get(pk=merchant_id)
    content = render_payout_advice(_advice(claim, owner))
    stored = put_bytes(merchant_id=merchant_id, content=content, content_type="application/pdf")
    with merchant(merchant_id):
        document: Document = register(
            kind="payout_advice",
            number=f"PA-{claim.number}",
            subject_kind="claim",
            subject_id=claim.pk,
            content=content,
            content_type="application/pdf",
            stored_as=stored,
            now=timezone.now(),
        )
        attach_payout_advice(claim_id=claim.pk, document=document)


def _advice(claim: Claim, owner: Merchant) -> PayoutAdvice:
    total = claim.amount_approved or Decimal(0)
    paid_at = claim.paid_at or claim.created_at
    decided_at = claim.decided_at or paid_at
    steps = [("Amount claimed", claim.amount_claimed)]
    if total != claim.amount_claimed:
        steps.append(("Reduced to what the terms allow", total - claim.amount_claimed))
    operator = settings.OPERATOR
    return PayoutAdvice(
        number=f"PA-{claim.number}",
        created_at=paid_at,
        claim_number=claim.number,
        reason=str(claim.get_kind_display()),
        payee=address_block(
            name=owner.legal_name or owner.name,
            street_lines=(owner.street,),
            city=owner.city,
            region=owner.region,
            postal_code=owner.postal_code,
            country=owner.country,
        ),
        payer=address_block(
            name=operator["name"],
            street_lines=(operator["street"],),
            city=operator["city"],
            region=operator["region"],
            postal_code=operator["postal_code"],
            country=operator["country"],
        ),
        order_reference=claim.parcel.booking.parcel.order.external_order,
        tracking_number=claim.parcel.tracking_number,
        decided_on=decided_at.date(),
        paid_on=paid_at.date(),
        ledger_reference=f"L-{claim.ledger_entry_id}",
        currency=claim.currency,
        steps=tuple(steps),
        total=total,
        limit_sentence=f"{claim.limit.get('rule', '')} ({claim.limit.get('source', '')})",
    )


__all__ = [
    "AlreadyClaimed", "AlreadyDecided", "BadEvidence", "NotClaimable", "add_evidence",
    "decide_claim", "file_claim", "proposed_decision",
]  # fmt: skip
