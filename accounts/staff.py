"""The administrator's merchants: who is suspended, and the two acts, each on a page that asks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import staff_page
from core.bodies import BadBody, read_body, wants_json
from core.events import history
from core.merchants import LONGEST_REASON, AlreadySuspended, NotSuspended, ReasonMissing
from core.models import Event, Merchant
from core.tenancy import merchant
from flows.suspension import all_merchants, find_merchant, reinstate, suspend

SHOWN = 20


@staff_page("staff.merchants", "GET")
def merchants(request: StaffRequest) -> HttpResponse:
    """List the merchants, suspended ones first."""
    found = all_merchants()
    if wants_json(request):
        return JsonResponse({"merchants": [_merchant_json(each) for each in found]})
    return render(request, "staff/merchants.html", {"merchants": found, "now": timezone.now()})


@staff_page("staff.merchants", "GET", "POST")
def suspension(request: StaffRequest, merchant_id: int) -> HttpResponseBase:
    """Say what a suspension does and ask; a POST with `reason` suspends."""
    owner = _named(merchant_id)
    if request.method == "POST":
        try:
            suspend(merchant_id=owner.pk, reason=_reason(request), actor=request.actor,
                    now=timezone.now())  # fmt: skip
        except ReasonMissing as error:
            raise _no_reason() from error
        except AlreadySuspended as error:
            raise _done_before(_("It is suspended.")) from error
        return _done(request, owner, _("%(merchant)s is suspended."))
    return _ask(request, owner, "staff/suspend.html")


@staff_page("staff.merchants", "GET", "POST")
def reinstatement(request: StaffRequest, merchant_id: int) -> HttpResponseBase:
    """Say what a reinstatement does and ask; a POST with `reason` reinstates."""
    owner = _named(merchant_id)
    if request.method == "POST":
        try:
            reinstate(merchant_id=owner.pk, reason=_reason(request), actor=request.actor,
                      now=timezone.now())  # fmt: skip
        except ReasonMissing as error:
            raise _no_reason() from error
        except NotSuspended as error:
            raise _done_before(_("It is not suspended.")) from error
        return _done(request, owner, _("%(merchant)s is reinstated; what waited goes on."))
    return _ask(request, owner, "staff/reinstate.html")


def _ask(request: StaffRequest, owner: Merchant, template: str) -> HttpResponse:
    context = {
        "merchant": owner,
        "events": _suspensions(owner),
        "longest_reason": LONGEST_REASON,
        "now": timezone.now(),
    }
    return render(request, template, context)


def _suspensions(owner: Merchant) -> list[Event]:
    with merchant(owner):
        return history(subject_kind="merchant", subject_id=owner.pk, limit=SHOWN)


def _named(merchant_id: int) -> Merchant:
    owner = find_merchant(merchant_id)
    if owner is None:
        raise BadBody(
            field="merchant",
            fault=_("There is no such merchant."),
            remedy=_("Choose one from the list."),
            status=404,
        )
    return owner


def _reason(request: StaffRequest) -> str:
    return read_body(request).text("reason", most=LONGEST_REASON, required=False)


def _no_reason() -> BadBody:
    return BadBody(
        field="reason",
        fault=_("It is missing."),
        remedy=_("Say why: the reason is kept in the merchant's history."),
    )


def _done_before(fault: str) -> BadBody:
    return BadBody(
        field="merchant", fault=fault, remedy=_("Look at the list of merchants."), status=409
    )


def _done(request: StaffRequest, owner: Merchant, words: str) -> HttpResponseBase:
    if wants_json(request):
        owner = _named(owner.pk)
        return JsonResponse({"merchant": _merchant_json(owner)})
    messages.success(request, words % {"merchant": owner.name})
    return redirect("staff_merchants")


def _merchant_json(owner: Merchant) -> dict[str, Any]:
    return {"id": owner.pk, "code": owner.code, "name": owner.name, "active": owner.is_active}
