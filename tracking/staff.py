"""The staff's exceptions: parcels with which something is wrong that somebody must act on."""

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
from core.bodies import BadBody, wants_json
from core.tenancy import across_merchants, merchant
from tracking.models import ParcelException
from tracking.services import close_exception
from tracking.words import carrier_words, cause_words, trouble_words

PAGE = 50


@staff_page("staff.support", "GET")
def exceptions(request: StaffRequest) -> HttpResponse:
    """List open exceptions, newest first; ?below=ID goes on."""
    below = request.GET.get("below", "")
    with across_merchants("Staff act on every merchant's parcels in trouble."):
        rows = (
            ParcelException.objects.filter(closed_at__isnull=True)
            .select_related("merchant", "parcel__booking__parcel__order")
            .order_by("-id")
        )
        if below.isascii() and below.isdigit() and len(below) < 19:
            rows = rows.filter(pk__lt=int(below))
        found = list(rows[: PAGE + 1])
    next_below = found[PAGE - 1].pk if len(found) > PAGE else None
    listed = [_row(each) for each in found[:PAGE]]
    if wants_json(request):
        return JsonResponse({"exceptions": listed, "next_below": next_below})
    context = {"exceptions": listed, "next_below": next_below, "now": timezone.now()}
    return render(request, "staff/exceptions.html", context)


@staff_page("staff.support", "POST")
def close(request: StaffRequest, exception_id: int) -> HttpResponseBase:
    """Close an exception that a person has dealt with."""
    with across_merchants("An exception's number in an address does not say whose it is."):
        found = ParcelException.objects.filter(pk=exception_id).first()
    if found is None:
        raise not_found("exception", _("Exception {number}").format(number=exception_id))
    with merchant(found.merchant_id):
        closed = close_exception(exception_id=exception_id, actor=request.actor, now=timezone.now())
    if not closed:
        raise BadBody(
            field="exception", fault=_("It was closed before."),
            remedy=_("Go on to the next one."), status=409,
        )  # fmt: skip
    if wants_json(request):
        return JsonResponse({"exception": exception_id, "closed": True})
    messages.success(request, _("Closed. It opens again when the carrier reports it again."))
    return redirect("staff_exceptions")


def _row(found: ParcelException) -> dict[str, Any]:
    order = found.parcel.booking.parcel.order
    return {
        "id": found.pk,
        "merchant": found.merchant.code,
        "order": order.reference,
        "external_order": order.external_order,
        "carrier": carrier_words(found.parcel.carrier_code),
        "tracking_number": found.parcel.tracking_number,
        "country": found.parcel.destination_country,
        "kind": found.kind,
        "words": trouble_words(found.kind),
        "reason": found.reason,
        "cause": cause_words(found.reason),
        "opened_at": found.opened_at,
        "close_url": reverse("staff_exception_close", args=[found.pk]),
    }
