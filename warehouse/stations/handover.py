"""The hand-over station: what is ready for each carrier, signed for and gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import not_found, staff_page
from core.bodies import BadBody, read_body, wants_json
from flows.board import ready_to_hand_over
from flows.export import NothingToHandOver, hand_over
from flows.floor import find_handover
from warehouse.stations.common import merchant_at_work, warehouse_ids, warehouse_named
from warehouse.stations.waves import document_url

PATIENCE = timedelta(minutes=5)
"""For how long a page looks for the manifest by itself; after that a person has to ask why."""


@staff_page("staff.floor", "GET", "POST")
def station(request: StaffRequest) -> HttpResponseBase:
    """List what is ready, and hand it over: {merchant, warehouse, carrier, signed_by}.

    A second press finds nothing ready and hands nothing over: 409.
    """
    if request.method == "POST":
        return _hand_over(request)
    rows = ready_to_hand_over(warehouse_ids=warehouse_ids(request))
    if wants_json(request):
        return JsonResponse({"ready": [_row_json(row) for row in rows]})
    visits = dict.fromkeys((row["warehouse"], row["carrier_code"], row["carrier"]) for row in rows)
    context = {"rows": rows, "visits": list(visits), "now": timezone.now()}
    return render(request, "stations/hand_over.html", context)


def _hand_over(request: StaffRequest) -> HttpResponseBase:
    body = read_body(request)
    code = body.text("merchant", most=40)
    warehouse = warehouse_named(request, body.text("warehouse", most=20))
    carrier = body.text("carrier", most=20)
    signed_by = body.text("signed_by", most=120)
    owner = merchant_at_work(code)
    try:
        handover = hand_over(
            merchant_id=owner.pk,
            warehouse=warehouse,
            carrier_code=carrier,
            signed_by=signed_by,
            actor=request.actor,
            now=timezone.now(),
        )
    except NothingToHandOver as error:
        raise BadBody(
            field="carrier", fault=_("No parcel is ready for this carrier."),
            remedy=_("Pack parcels first; customs must have released their export."), status=409,
        ) from error  # fmt: skip
    if wants_json(request):
        return JsonResponse({"handover": _handover_json(request, handover.pk)}, status=201)
    return redirect("station_handover", handover.pk)


@staff_page("staff.floor", "GET")
def show(request: StaffRequest, handover_id: int) -> HttpResponseBase:
    """Show one handover with its manifest to print and sign."""
    if wants_json(request):
        return JsonResponse({"handover": _handover_json(request, handover_id)})
    handover, now = _find(request, handover_id), timezone.now()
    context = {
        "handover": handover,
        "manifest_url": document_url(handover.manifest_id),
        "look_again": handover.manifest_id is None and now - handover.handed_over_at < PATIENCE,
        "now": now,
    }
    return render(request, "stations/handover.html", context)


def _find(request: StaffRequest, handover_id: int) -> Any:
    handover = find_handover(handover_id, warehouse_ids=warehouse_ids(request))
    if handover is None:
        raise not_found("handover", _("Handover {number}").format(number=handover_id))
    return handover


def _handover_json(request: StaffRequest, handover_id: int) -> dict[str, Any]:
    handover = _find(request, handover_id)
    return {
        "id": handover.pk,
        "number": handover.number,
        "merchant": handover.merchant.code,
        "warehouse": handover.warehouse.code,
        "carrier": handover.carrier_code,
        "status": handover.status,
        "parcels": handover.parcel_count,
        "weight_g": handover.weight_g,
        "signed_by": handover.signed_by,
        "manifest_url": document_url(handover.manifest_id),
        "url": reverse("station_handover", args=[handover.pk]),
    }


def _row_json(row: Any) -> dict[str, Any]:
    return {
        "merchant": row["owner"],
        "warehouse": row["warehouse"],
        "carrier": row["carrier_code"],
        "parcels": row["parcels"],
        "weight_g": row["weight_g"],
    }
