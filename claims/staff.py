"""The staff's claims: what waits for a decision, what the dated terms say, and the decision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import not_found, staff_page
from accounts.words import actor_name
from claims.models import Claim, ClaimEvidence
from claims.rules import Decision
from claims.words import evidence_words, limit_words, reason_words
from core.bodies import BadBody, wants_json
from core.models import Document
from core.paper_answers import inline
from core.sentences import Sentence
from core.tenancy import across_merchants, merchant
from flows.aftersales import AlreadyDecided, decide_claim, proposed_decision
from shipping.words import service_words

WAITING = (Claim.Status.OPEN, Claim.Status.NEEDS_EVIDENCE)
PAGE = 50


@staff_page("staff.claims", "GET")
def claims(request: StaffRequest) -> HttpResponse:
    """List claims, newest first: those that wait, or with ?all=1 every one; ?below=ID goes on."""
    below = request.GET.get("below", "")
    with across_merchants("Staff decide every merchant's claims."):
        rows = Claim.objects.select_related("merchant", "parcel").order_by("-id")
        if not request.GET.get("all"):
            rows = rows.filter(status__in=WAITING)
        if below.isascii() and below.isdigit() and len(below) < 19:
            rows = rows.filter(pk__lt=int(below))
        found = list(rows[: PAGE + 1])
    next_below = found[PAGE - 1].pk if len(found) > PAGE else None
    found = found[:PAGE]
    if wants_json(request):
        listed = [_claim_json(claim) for claim in found]
        return JsonResponse({"claims": listed, "next_below": next_below})
    context = {
        "claims": found, "next_below": next_below, "is_all": bool(request.GET.get("all")),
        "now": timezone.now(),
    }  # fmt: skip
    return render(request, "staff/claims.html", context)


@staff_page("staff.claims", "GET")
def claim(request: StaffRequest, claim_id: int) -> HttpResponse:
    """Show one claim with its evidence and what the terms propose today."""
    found = _find(claim_id)
    with merchant(found.merchant_id):
        found = Claim.objects.select_related(
            "merchant", "parcel__booking__parcel__order", "payout_advice"
        ).get(pk=claim_id)
        evidence = list(
            ClaimEvidence.objects.filter(claim=found).select_related("document").order_by("id")
        )
        proposal = None
        if found.status in WAITING:
            proposal = proposed_decision(found, on=timezone.now().date())
    if wants_json(request):
        return JsonResponse({"claim": _detail_json(found, evidence, proposal)})
    limit = proposal.limit.as_dict() if proposal else found.limit
    booking = found.parcel.booking
    context = {
        "claim": found,
        "evidence": [
            (each, evidence_words(each.code), actor_name(each.added_by)) for each in evidence
        ],
        "filed_by": actor_name(found.filed_by),
        "decided_by": actor_name(found.decided_by),
        "service": service_words(booking.service_code, booking.created_at.date()),
        "missing": list(map(evidence_words, proposal.missing_evidence)) if proposal else [],
        "limit_words": limit_words(limit),
        "proposal": proposal,
        "proposed": _words(proposal.reasons) if proposal else [],
        "decided": list(map(reason_words, found.reasons)),
        "now": timezone.now(),
    }
    return render(request, "staff/claim.html", context)


@staff_page("staff.claims", "POST")
def decide(request: StaffRequest, claim_id: int) -> HttpResponseBase:
    """Decide a claim by the terms; approved is paid in the same transaction, once."""
    found = _find(claim_id)
    try:
        decided = decide_claim(
            merchant_id=found.merchant_id,
            claim_number=found.number,
            actor=request.actor,
            now=timezone.now(),
        )
    except AlreadyDecided as error:
        raise BadBody(
            field="claim", fault=_("It was decided before."),
            remedy=_("Read the decision on its page."), status=409,
        ) from error  # fmt: skip
    if wants_json(request):
        return JsonResponse({"claim": _claim_json(_find(decided.pk))})
    messages.success(
        request,
        _("Claim {number}: {status}.").format(
            number=decided.number, status=decided.get_status_display()
        ),
    )
    return redirect("staff_claim", claim_id)


@staff_page("staff.claims", "GET")
def document(request: StaffRequest, document_id: int) -> HttpResponse:  # noqa: ARG001
    """Answer a claim's evidence or payout advice; no other paper."""
    with across_merchants("A claim's paper is named by its number alone."):
        found = Document.objects.filter(pk=document_id).first()
        is_claims = (
            ClaimEvidence.objects.filter(document_id=document_id).exists()
            or Claim.objects.filter(payout_advice_id=document_id).exists()
        )
    if found is None or not is_claims:
        raise not_found("document", _("Document {number}").format(number=document_id))
    return inline(found)


def _find(claim_id: int) -> Claim:
    with across_merchants("A claim's number in an address does not say whose it is."):
        found = Claim.objects.select_related("merchant", "parcel").filter(pk=claim_id).first()
    if found is None:
        raise not_found("claim", _("Claim {number}").format(number=claim_id))
    return found


def _words(sentences: Iterable[Sentence]) -> list[str]:
    return [reason_words(each.as_dict()) for each in sentences]


def _claim_json(found: Claim) -> dict[str, Any]:
    return {
        "id": found.pk,
        "number": found.number,
        "merchant": found.merchant.code,
        "tracking_number": found.parcel.tracking_number,
        "kind": found.kind,
        "status": found.status,
        "amount_claimed": str(found.amount_claimed),
        "amount_approved": None if found.amount_approved is None else str(found.amount_approved),
        "currency": found.currency,
        "url": reverse("staff_claim", args=[found.pk]),
        "decide_url": reverse("staff_claim_decide", args=[found.pk]),
    }


def _detail_json(
    found: Claim, evidence: list[ClaimEvidence], proposal: Decision | None
) -> dict[str, Any]:
    proposed = None
    if proposal is not None:
        proposed = {
            "outcome": proposal.outcome,
            "amount": str(proposal.amount),
            "currency": proposal.currency,
            "reasons": _words(proposal.reasons),
            "missing_evidence": list(proposal.missing_evidence),
            "limit": dict(proposal.limit.as_dict()),
        }
    return {
        **_claim_json(found),
        "statement": found.statement,
        "reasons": list(map(reason_words, found.reasons)),
        "evidence": [
            {
                "code": each.code,
                "note": each.note,
                "url": reverse("staff_document", args=[each.document_id]),
            }
            for each in evidence
        ],
        "proposal": proposed,
        "payout_advice_url": None
        if found.payout_advice_id is None
        else reverse("staff_document", args=[found.payout_advice_id]),
    }
