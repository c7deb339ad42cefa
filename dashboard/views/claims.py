"""Claims: list, one claim with its evidence, a new one, export."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, member_view
from claims.models import Claim
from core.tenancy import merchant
from dashboard.forms import EvidenceForm, NewClaimForm
from dashboard.readings.claims import (
    SORTS,
    claim_rows,
    claims_matching,
    limit_of,
    paid_of,
    read_claim,
)
from dashboard.readings.paging import newest_first, ordering, read_page
from dashboard.screens.claims import ClaimsPage, NewClaimPage
from dashboard.screens.common import Tab
from dashboard.views.screens import asked, csv_export, select, show, with_query
from flows.aftersales import (
    AlreadyClaimed,
    BadEvidence,
    NotClaimable,
    add_evidence,
    file_claim,
)
from tracking.models import TrackedParcel


@member_view("claims.view")
@require_safe
def claim_list(request: MemberRequest) -> HttpResponse:
    """The list, newest first unless sorted otherwise."""
    status = asked(request, "status", Claim.Status.values)
    order = ordering(asked(request, "sort"), SORTS)
    with merchant(request.caller.merchant_id):
        rows = claims_matching(status)
        found = read_page(rows, order=order, cursor=request.GET.get("cursor", ""))
        shown = claim_rows(found.rows)
    here = reverse("dashboard:claims")
    page = ClaimsPage(
        tabs=(
            Tab(label=_("All"), url=here, current=not status),
            *(
                Tab(label=str(label), url=f"{here}?status={value}", current=status == value)
                for value, label in Claim.Status.choices
            ),
        ),
        filters=(select("status", _("Status"), status, Claim.Status.choices),),
        rows=shown,
        pager=found.pager,
        sort=order.word,
        is_filtered=bool(status),
        clear_url=here,
        export_url=with_query(request, "dashboard:claims_export"),
        new_url=reverse("dashboard:claim_new"),
    )
    return show(request, "dashboard/claims/list.html", page, current="claims")


@member_view("claims.view")
@require_safe
def claim_export(request: MemberRequest) -> HttpResponseBase:
    """The filtered claims as CSV."""
    status = asked(request, "status", Claim.Status.values)

    def cells(claim: Claim) -> tuple[Any, ...]:
        paid = paid_of(claim)
        return (
            claim.number, claim.kind, claim.status, claim.parcel.tracking_number,
            claim.amount_claimed, paid.amount if paid else "", claim.currency, claim.created_at,
            claim.decided_at, claim.paid_at,
        )  # fmt: skip

    return csv_export(
        merchant_id=request.caller.merchant_id,
        name="claims",
        header=(
            "claim", "kind", "status", "tracking_number", "asked", "paid", "currency", "filed_at",
            "decided_at", "paid_at",
        ),
        fetch=lambda below: newest_first(claims_matching(status), below=below),
        cells=cells,
        key=lambda claim: claim.pk,
    )  # fmt: skip


@member_view("claims.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def claim_new(request: MemberRequest) -> HttpResponse:
    """The form of a new claim; `?parcel=` names the parcel it was opened from."""
    number = asked(request, "parcel")
    if request.method != "POST":
        return _new_page(request, NewClaimForm(initial={"tracking_number": number}), number)
    form = NewClaimForm(request.POST, request.FILES)
    if not form.is_valid():
        return _new_page(request, form, form.data.get("tracking_number", ""))
    claim = _file(request, form)
    if claim is None:
        return _new_page(request, form, form.data.get("tracking_number", ""))
    return HttpResponseRedirect(reverse("dashboard:claim", args=[claim.number]))


def _file(request: MemberRequest, form: NewClaimForm) -> Claim | None:
    """File the claim with its picture; None with an error in the form when it cannot be filed."""
    caller, now, said = request.caller, timezone.now(), form.cleaned_data
    if _is_worth_nothing(caller.merchant_id, said["tracking_number"], said["amount"]):
        form.add_error("amount", _("The goods have no value: say what you ask for."))
        return None
    try:
        claim = file_claim(
            merchant_id=caller.merchant_id,
            tracking_number=said["tracking_number"],
            kind=said["kind"],
            amount=said["amount"],
            statement=said["statement"],
            actor=caller.actor,
            now=now,
        )
    except (TrackedParcel.DoesNotExist, TrackedParcel.MultipleObjectsReturned):
        form.add_error(
            "tracking_number", _("No parcel of yours has this number; see Shipments for it.")
        )
        return None
    except NotClaimable:
        form.add_error("tracking_number", _("This parcel has not been handed to the carrier yet."))
        return None
    except AlreadyClaimed as known:
        messages.info(request, _("This parcel has a claim of this kind already."))
        return known.claim
    messages.success(request, _("Claim %(number)s is filed.") % {"number": claim.number})
    if said["photo"] is not None:
        _attach(request, claim.number, said["photo_kind"], said["photo"], note="")
    return claim


def _is_worth_nothing(merchant_id: int, tracking_number: str, amount: object) -> bool:
    """Without an amount the value of the goods is asked for, which then must be one."""
    if amount is not None:
        return False
    with merchant(merchant_id):
        parcels = TrackedParcel.objects.filter(
            booking__tracking_number=tracking_number, booking__parcel__order__goods_value=0
        )
        return parcels.exists()


def _new_page(request: MemberRequest, form: NewClaimForm, number: str) -> HttpResponse:
    number = str(number).replace("\x00", "")[:40]
    with merchant(request.caller.merchant_id):
        parcel = (
            TrackedParcel.objects.filter(booking__tracking_number=number)
            .select_related("booking__parcel")
            .first()
            if number
            else None
        )
        limit = limit_of(parcel, on=timezone.now().date())
    page = NewClaimPage(
        form=form,
        post_url=reverse("dashboard:claim_new"),
        list_url=reverse("dashboard:claims"),
        shipment_words=_("for %(number)s") % {"number": number} if parcel else "",
        limit_words=limit,
    )
    status = 400 if form.is_bound else 200
    return show(request, "dashboard/claims/new.html", page, current="claims", status=status)


@member_view("claims.view")
@require_safe
def claim_detail(request: MemberRequest, number: str) -> HttpResponse:
    """One claim."""
    return _detail(request, number, EvidenceForm())


def _detail(request: MemberRequest, number: str, form: EvidenceForm) -> HttpResponse:
    with merchant(request.caller.merchant_id):
        claim = (
            Claim.objects.filter(number=number)
            .select_related("parcel__booking__parcel__order", "payout_advice__replaces")
            .first()
        )
        if claim is None:
            raise Http404
        page = read_claim(claim=claim, caller=request.caller, form=form)
    status = 400 if form.is_bound else 200
    return show(request, "dashboard/claims/detail.html", page, current="claims", status=status)


@member_view("claims.edit")
@require_POST
def claim_evidence(request: MemberRequest, number: str) -> HttpResponse:
    """Add a picture or paper to a claim."""
    form = EvidenceForm(request.POST, request.FILES)
    with merchant(request.caller.merchant_id):
        if not Claim.objects.filter(number=number).exists():
            raise Http404
    if not form.is_valid():
        return _detail(request, number, form)
    said = form.cleaned_data
    _attach(request, number, said["code"], said["file"], note=said["note"])
    return HttpResponseRedirect(reverse("dashboard:claim", args=[number]))


def _attach(
    request: MemberRequest, number: str, code: str, file: UploadedFile[Any], *, note: str
) -> None:
    caller = request.caller
    try:
        add_evidence(
            merchant_id=caller.merchant_id,
            claim_number=number,
            code=code,
            content=file.read(),
            note=note,
            actor=caller.actor,
            now=timezone.now(),
        )
    except BadEvidence:
        messages.error(request, _("The file is neither PDF, PNG nor JPEG, or above 10 MB."))
    else:
        messages.success(request, _("The evidence is added."))
