"""The supervisor's stock page: where ledger, balances and reservations differ; the repair."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import LONGEST_ID, not_found, staff_page
from core.bodies import BadBody, read_body, wants_json
from core.models import Merchant
from flows.differences import Difference, Found, NotMended, look, mend
from flows.floor import supervised_by
from warehouse.models import Condition, Location
from warehouse.stations.common import refuse_unless_supervisor, warehouse_ids

LONGEST_REASON = 60
MOST_PIECES = 2**31 - 1
LARGEST = 2**63 - 1


@staff_page("staff.stock", "GET")
def differences(request: StaffRequest) -> HttpResponse:
    """List what differs where the person supervises; ?merchant=ID&after=PRODUCT goes on."""
    mine = {warehouse.code for warehouse in supervised_by(request.staff)}
    seen = look(merchant_id=_number(request, "merchant"), after=_number(request, "after"))
    rows = [_row(each) for each in seen.found if each.warehouse in mine]
    following = None
    if seen.next_from:
        following = {"merchant": seen.next_from[0], "after": seen.next_from[1]}
    if wants_json(request):
        return JsonResponse({"differences": rows, "products": seen.products, "next": following})
    context = {"rows": rows, "products": seen.products, "next": following,
               "longest_reason": LONGEST_REASON}  # fmt: skip
    return render(request, "staff/differences.html", context)


@staff_page("staff.stock", "POST")
def repair(request: StaffRequest, merchant_id: int) -> HttpResponseBase:
    """Put one balance right: {product, location, lot, expires_on, condition, reason} and the
    pieces `counted`; without them what is reserved is counted anew."""
    body = read_body(request)
    product_id = body.whole("product", least=1, most=LARGEST)
    location_id = body.whole("location", least=1, most=LARGEST)
    place = Location.objects.filter(pk=location_id).first()
    if place is None or place.warehouse_id not in warehouse_ids(request):
        raise not_found("location", _("Place {number}").format(number=location_id))
    refuse_unless_supervisor(request, place.warehouse_id)
    lot = body.text("lot", most=40, required=False)
    expires_on = _day(body.text("expires_on", most=10, required=False))
    condition = body.text("condition", most=12)
    counted = None
    if body.has("counted"):
        counted = body.whole("counted", least=0, most=MOST_PIECES)
    reason = body.text("reason", most=LONGEST_REASON)
    wanted = (product_id, location_id, lot, expires_on, condition)
    try:
        mend(
            merchant_id=merchant_id,
            product_id=product_id,
            is_it=lambda each: _key(each) == wanted,
            counted=counted,
            reason=reason,
            actor=request.actor,
            now=timezone.now(),
        )
    except Merchant.DoesNotExist as error:
        raise BadBody(
            field="merchant", fault=_("There is no such merchant."),
            remedy=_("Open the page of differences again."), status=404,
        ) from error  # fmt: skip
    except NotMended as error:
        raise BadBody(
            field="counted",
            fault=_("It is right by now, or more is promised to orders than there would be."),
            remedy=_("Look again; take orders back whose goods are not there, then count."),
            status=409,
        ) from error
    if wants_json(request):
        return JsonResponse({"status": "mended"})
    messages.success(request, _("Put right. The reason stands beside it in the ledger."))
    return redirect("staff_differences")


def _key(each: Difference) -> tuple[Any, ...]:
    return (each.product_id, each.location_id, each.lot, each.expires_on, each.condition)


def _row(found: Found) -> dict[str, Any]:
    each = found.difference
    return {
        "merchant_id": found.owner.pk,
        "merchant": found.owner.code,
        "product": each.product_id,
        "sku": found.sku,
        "warehouse": found.warehouse,
        "location": each.location_id,
        "place": found.location,
        "lot": each.lot,
        "expires_on": each.expires_on.isoformat() if each.expires_on else "",
        "condition": each.condition,
        "condition_words": str(Condition(each.condition).label),
        "ledger": each.ledger,
        "on_hand": each.on_hand,
        "reserved": each.reserved,
        "promised": each.promised,
        "is_counted_wrong": each.is_counted_wrong,
    }


def _day(said: str) -> date | None:
    try:
        day = parse_date(said) if said else None
    except ValueError:
        day = None
    if said and day is None:
        raise BadBody(
            field="expires_on", fault=_("It is not a day."),
            remedy=_("Send it as in 2027-05-31."),
        )  # fmt: skip
    return day


def _number(request: StaffRequest, name: str) -> int:
    said = request.GET.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < LONGEST_ID else 0
