"""What a person does with waves: dismiss, settle proposals together, take orders out, bring goods
back."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import StaffRequest
from accounts.staff_pages import not_found, staff_page
from core.bodies import BadBody, read_body, wants_json
from core.spoken import say
from flows.leaving import CannotLeave, take_out
from flows.wave_board import (
    OtherGoods,
    OwnBinOnly,
    brought_back,
    find_put_back,
    proposals,
)
from flows.wave_proposals import dismiss, settle_together
from warehouse.models import Location, Parcel
from warehouse.services.balances import NotFree
from warehouse.services.locations import NoRoom
from warehouse.services.put_backs import NotOpen
from warehouse.stations.common import (
    refuse_unless_supervisor,
    supervised_ids,
    warehouse_ids,
    wave_of,
)

LONGEST_REASON = 200
LONGEST_SCAN = 200
LARGEST_ID = 2**63 - 1


@staff_page("staff.supervise", "POST")
def dismiss_wave(request: StaffRequest, wave_id: int) -> HttpResponseBase:
    """Give a planned wave's orders back to waiting; again changes nothing. For supervisors."""
    wave = wave_of(request, wave_id)
    refuse_unless_supervisor(request, wave.warehouse_id)
    orders = dismiss(
        merchant_id=wave.merchant_id, wave_id=wave.pk, actor=request.actor, now=timezone.now()
    )
    if wants_json(request):
        return JsonResponse({"wave": wave.pk, "dismissed": orders is not None})
    if orders is not None:
        said = ngettext(
            "Dismissed: {count} order waits again.", "Dismissed: {count} orders wait again.", orders
        )
        messages.success(request, said.format(count=orders))
    return redirect("station_board")


@staff_page("staff.supervise", "POST")
def settle(request: StaffRequest) -> HttpResponseBase:
    """Release or dismiss all waves of a template and cut-off: {template, cut_off_at, act}.

    Those of suspended merchants stay when the others are released. For supervisors.
    """
    body = read_body(request)
    template_id = body.whole("template", least=1, most=LARGEST_ID)
    cut_off_at = _instant(body.text("cut_off_at", most=40))
    act = body.text("act", most=10)
    if act not in ("release", "dismiss"):
        raise BadBody(
            field="act", fault=_("It is not known."), remedy=_("Send release or dismiss.")
        )
    wanted = [
        (wave["merchant_id"], wave["id"])
        for each in proposals(warehouse_ids=supervised_ids(request))
        if (each.template_id, each.cut_off_at) == (template_id, cut_off_at)
        for wave in each.waves
        if wave["owner_active"] or act == "dismiss"
    ]
    done = settle_together(
        waves=wanted, is_release=act == "release", actor=request.actor, now=timezone.now()
    )
    if wants_json(request):
        return JsonResponse({"done": done})
    said = (
        ngettext("{count} wave released.", "{count} waves released.", done)
        if act == "release"
        else ngettext("{count} wave dismissed.", "{count} waves dismissed.", done)
    )
    messages.success(request, said.format(count=done))
    return redirect("station_board")


def _instant(text: str) -> datetime:
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise BadBody(
            field="cut_off_at", fault=_("It is not an instant."),
            remedy=_("Send it with its offset, for example 2026-10-31T14:05:00.120Z."),
        )  # fmt: skip
    return at


@staff_page("staff.floor", "POST")
def take_order_out(request: StaffRequest, wave_id: int) -> HttpResponseBase:
    """Take an order out of a wave: {parcel, stock: keep | release, reason}; again is harmless."""
    wave = wave_of(request, wave_id)
    body = read_body(request)
    parcel_id = body.whole("parcel", least=1, most=LARGEST_ID)
    stock = body.text("stock", most=10)
    reason = body.text("reason", most=LONGEST_REASON)
    if stock not in ("keep", "release"):
        raise BadBody(field="stock", fault=_("It is not known."), remedy=_("Send keep or release."))
    try:
        is_out = take_out(
            merchant_id=wave.merchant_id, wave_id=wave.pk, parcel_id=parcel_id,
            keeps_stock=stock == "keep", reason=reason, actor=request.actor, now=timezone.now(),
        )  # fmt: skip
    except Parcel.DoesNotExist as error:
        raise not_found("parcel", _("Parcel {number}").format(number=parcel_id)) from error
    except CannotLeave as stays:
        raise BadBody(
            field="parcel", fault=_("It stays in its wave."), remedy=say(stays.why.as_dict()),
            status=409,
        ) from stays  # fmt: skip
    if wants_json(request):
        return JsonResponse({"parcel": parcel_id, "taken_out": is_out})
    if is_out:
        said = (
            _("Taken out; the order waits for another wave.")
            if stock == "keep"
            else _("Taken out; the order's stock is given back and it is allocated anew.")
        )
        messages.success(request, said)
    return redirect("station_wave", wave.pk)


@staff_page("staff.floor", "POST")
def put_back(request: StaffRequest, put_back_id: int) -> HttpResponseBase:
    """Write down that goods were brought back: {product, location}, both as they were scanned."""
    found = find_put_back(put_back_id, warehouse_ids=warehouse_ids(request))
    if found is None:
        raise not_found("put_back", _("Put-back {number}").format(number=put_back_id))
    body = read_body(request)
    product = body.text("product", most=LONGEST_SCAN)
    place = body.text("location", most=LONGEST_SCAN)
    is_new = True
    try:
        found = brought_back(
            put_back=found, product=product, place=place, actor=request.actor,
            now=timezone.now(),
        )  # fmt: skip
    except OtherGoods as other:
        raise BadBody(
            field="product", fault=_("{code} is another product.").format(code=product[:60]),
            remedy=_("Scan a piece of what is to be brought back."), status=409,
        ) from other  # fmt: skip
    except OwnBinOnly as own:
        raise BadBody(
            field="location",
            fault=_("The goods are still promised to their order."),
            remedy=_("Bring them to {place} and scan it.").format(place=own), status=409,
        ) from own  # fmt: skip
    except NotOpen:
        is_new = False
    except Location.DoesNotExist as error:
        raise not_found("location", place) from error
    except NoRoom as full:
        raise BadBody(
            field="location", fault=_("{place} has no room.").format(place=full.code),
            remedy=_("Bring the goods to another place and name it."), status=409,
        ) from full  # fmt: skip
    except NotFree as gone:
        raise BadBody(
            field="put_back", fault=_("The ledger has them at {place} no more.").format(
                place=gone.code
            ),
            remedy=_("Count the place they are in; that puts the ledger right."), status=409,
        ) from gone  # fmt: skip
    if wants_json(request):
        return JsonResponse({"put_back": put_back_id, "is_new": is_new})
    if is_new:
        messages.success(request, _("Brought back to {place}.").format(place=found.location.code))
    return redirect("station_board")
