"""Claims: the list, one claim, and what its limit would be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import QuerySet
from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.authentication import Caller
from claims.models import Claim, ClaimEvidence
from claims.rules.terms import NoClaimTerms, terms
from claims.words import limit_words
from core.events import history
from core.money import Money
from dashboard.readings.documents import document_rows
from dashboard.readings.words import (
    actor_words,
    claim_badge,
    history_of,
    money_words,
    sentence,
)
from dashboard.screens.claims import ClaimDecision, ClaimPage, ClaimRow
from orders.models import Order
from tracking.journey import order_journey
from tracking.models import TrackedParcel

S = Claim.Status
SORTS = {"opened_at": "id", "asked": "amount_claimed"}
DECIDED = (S.APPROVED, S.REFUSED, S.PAID)


def claims_matching(status: str) -> QuerySet[Claim]:
    """The claims of a list."""
    rows = Claim.objects.select_related("parcel")
    return rows.filter(status=status) if status else rows


def claim_rows(claims: Sequence[Claim]) -> tuple[ClaimRow, ...]:
    """Rows of the list; no further query."""
    return tuple(
        ClaimRow(
            number=claim.number,
            url=reverse("dashboard:claim", args=[claim.number]),
            kind=str(claim.get_kind_display()),
            tracking_number=claim.parcel.tracking_number,
            shipment_url=reverse("dashboard:shipment", args=[claim.parcel_id]),
            opened_at=claim.created_at,
            asked=Money(claim.amount_claimed, claim.currency),
            paid=paid_of(claim),
            badge=claim_badge(claim),
            waits_for=waits_for(claim),
        )
        for claim in claims
    )


def paid_of(claim: Claim) -> Money | None:
    """What was paid; None until then."""
    if claim.paid_at is None or claim.amount_approved is None:
        return None
    return Money(claim.amount_approved, claim.currency)


def waits_for(claim: Claim) -> str:
    """Whose turn it is; empty once settled."""
    if claim.status == S.NEEDS_EVIDENCE:
        return _("You: %(what)s") % {"what": " ".join(map(sentence, claim.reasons))}
    if claim.status == S.OPEN:
        return _("The operator decides")
    return _("The payout is on its way") if claim.status == S.APPROVED else ""


def read_claim(*, claim: Claim, caller: Caller, form: Form) -> ClaimPage:
    """The page of one claim; the evidence form is left out where nothing more may be added."""
    parcel = claim.parcel
    packed = parcel.booking.parcel
    evidence = ClaimEvidence.objects.filter(claim=claim).select_related("document__replaces")
    is_open = claim.status not in DECIDED and caller.may("claims.edit")
    asked = Money(claim.amount_claimed, claim.currency)
    return ClaimPage(
        number=claim.number,
        kind=str(claim.get_kind_display()),
        badge=claim_badge(claim),
        tracking_number=parcel.tracking_number,
        shipment_url=reverse("dashboard:shipment", args=[parcel.pk]),
        line=order_journey(
            order=packed.order,
            reached=parcel.reached,
            trouble=parcel.problem,
            packed_at=packed.packed_at,
        ),
        opened_at=claim.created_at,
        opened_by=_("Opened by %(who)s") % {"who": actor_words(claim.filed_by)},
        description=claim.statement,
        asked=asked,
        asked_words=_worth_words(packed.order),
        evidence=document_rows(row.document for row in evidence.order_by("id")),
        decision=_decision(claim),
        payout=document_rows([claim.payout_advice] if claim.payout_advice else []),
        history=history_of(history(subject_kind="claim", subject_id=claim.pk)),
        list_url=reverse("dashboard:claims"),
        waits_for=waits_for(claim),
        evidence_form=form if is_open else None,
        evidence_url=reverse("dashboard:claim_evidence", args=[claim.number]),
    )


def _worth_words(order: Order) -> str:
    goods = Money(order.goods_value, order.currency)
    return _("The goods are worth %(value)s.") % {"value": money_words(goods)}


def _decision(claim: Claim) -> ClaimDecision | None:
    if claim.decided_at is None:
        return None
    limit: Mapping[str, object] = claim.limit
    steps = limit.get("steps")
    stored = steps if isinstance(steps, list) else []
    return ClaimDecision(
        words=" ".join(map(sentence, claim.reasons)) or str(claim.get_status_display()),
        decided_at=claim.decided_at,
        decided_by=actor_words(claim.decided_by),
        steps=tuple(map(sentence, stored)),
        limit_source=limit_words(limit),
        paid=paid_of(claim),
    )


def limit_of(parcel: TrackedParcel | None, *, on: date) -> str:
    """The rule that limits a claim for this parcel, before it is filed; empty where none holds."""
    if parcel is None:
        return ""
    handed_over_at = parcel.booking.parcel.handed_over_at
    accepted_on = handed_over_at.date() if handed_over_at else on
    kind = Claim.Kind.LOSS if parcel.delivered_at is None else Claim.Kind.DAMAGE
    try:
        row = terms(parcel.booking.service_code, kind, accepted_on)
    except NoClaimTerms:
        return ""
    return limit_words({"rule": row.rule, "source": row.source})
