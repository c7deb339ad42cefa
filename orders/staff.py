"""The staff's holds: orders that only customs or support may let go on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import not_found, staff_page
from core.bodies import BadBody, read_body, wants_json
from core.tenancy import across_merchants, merchant
from flows.cancelling import TooLate, cancel_order
from flows.holds import (
    HoldAlreadyReleased,
    HoldStillApplies,
    NotYourHold,
    release_and_go_on,
)
from orders.models import Hold
from orders.words import hold_words, too_late_words

PAGE = 50
SHORTEST_NOTE, LONGEST_NOTE = 4, 200


@staff_page("staff.customs", "GET")
def holds(request: StaffRequest) -> HttpResponse:
    """List open holds that staff release, newest first; ?below=ID goes on."""
    below = request.GET.get("below", "")
    with across_merchants("Staff release every merchant's holds that name staff."):
        rows = (
            Hold.objects.filter(released_at__isnull=True, released_by_role__startswith="staff:")
            .select_related("merchant", "order")
            .order_by("-id")
        )
        if below.isascii() and below.isdigit() and len(below) < 19:
            rows = rows.filter(pk__lt=int(below))
        found = list(rows[: PAGE + 1])
    next_below = found[PAGE - 1].pk if len(found) > PAGE else None
    found = found[:PAGE]
    if wants_json(request):
        listed = [_hold_json(hold) for hold in found]
        return JsonResponse({"holds": listed, "next_below": next_below})
    for hold in found:  # for this page only: nothing is saved
        hold.reason, hold.remedy = hold_words(hold)
    context = {
        "holds": found, "next_below": next_below, "role": f"staff:{request.staff.role}",
        "now": timezone.now(),
    }  # fmt: skip
    return render(request, "staff/holds.html", context)


@staff_page("staff.customs", "POST")
def release(request: StaffRequest, hold_id: int) -> HttpResponseBase:
    """Release one hold with the permit's number or a reason: {note}; it stays in the history.

    The order goes on when it was the last hold.
    """
    note = read_body(request).text("note", most=LONGEST_NOTE, required=False)
    if len(note) < SHORTEST_NOTE:
        raise BadBody(
            field="note", fault=_("It does not say why the order may go on."),
            remedy=_("Give the number of the permit, or the reason in a few words."),
        )  # fmt: skip
    hold = _find(hold_id)
    try:
        accepted = release_and_go_on(
            merchant_id=hold.merchant_id,
            hold_id=hold_id,
            role=f"staff:{request.staff.role}",
            actor=request.actor,
            now=timezone.now(),
            note=note,
        )
    except HoldAlreadyReleased as error:
        raise BadBody(
            field="hold", fault=_("It was released before."), remedy=_("Go on to the next one."),
            status=409,
        ) from error  # fmt: skip
    except HoldStillApplies as error:
        fault, remedy = hold_words(hold)
        raise BadBody(field="hold", fault=fault, remedy=remedy, status=409) from error
    except NotYourHold as error:
        raise BadBody(
            field="hold", fault=_("Another role releases it."),
            remedy=_("It waits for {role}.").format(role=hold.released_by_role.replace(":", " ")),
            status=403,
        ) from error  # fmt: skip
    if wants_json(request):
        return JsonResponse({"hold": hold_id, "released": True, "order_accepted": accepted})
    words = _("Released: the order goes on.") if accepted else _("Released. Other holds are left.")
    messages.success(request, words)
    return redirect("staff_holds")


@staff_page("staff.customs", "POST")
def cancel(request: StaffRequest, hold_id: int) -> HttpResponseBase:
    """Cancel the order that a hold stops, for a reason: {note}; it stays in the history."""
    note = read_body(request).text("note", most=LONGEST_NOTE, required=False)
    if len(note) < SHORTEST_NOTE:
        raise BadBody(
            field="note", fault=_("It does not say why the order is cancelled."),
            remedy=_("Give the reason in a few words; the merchant reads it."),
        )  # fmt: skip
    hold = _find(hold_id)
    try:
        with merchant(hold.merchant_id):
            cancel_order(
                order_id=hold.order_id, reason=note, actor=request.actor, now=timezone.now()
            )
    except TooLate as late:
        raise BadBody(
            field="hold", fault=_("The order can no longer be cancelled."),
            remedy=too_late_words(late.status, late.why), status=409,
        ) from late  # fmt: skip
    if wants_json(request):
        return JsonResponse({"hold": hold_id, "cancelled": True})
    messages.success(request, _("The order is cancelled."))
    return redirect("staff_holds")


def _find(hold_id: int) -> Hold:
    with across_merchants("A hold's number in an address does not say whose it is."):
        hold = Hold.objects.filter(pk=hold_id).first()
    if hold is None:
        raise not_found("hold", _("Hold {number}").format(number=hold_id))
    return hold


def _hold_json(hold: Hold) -> dict[str, Any]:
    return {
        "id": hold.pk,
        "merchant": hold.merchant.code,
        "order": hold.order.reference,
        "external_order": hold.order.external_order,
        "code": hold.code,
        "field": hold.field,
        "reason": hold.reason,
        "remedy": hold.remedy,
        "released_by_role": hold.released_by_role,
        "release_url": reverse("staff_hold_release", args=[hold.pk]),
    }
