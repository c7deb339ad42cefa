"""What is due at the dock: the list, where a carton's barcode opens its inbound, and labels."""

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
from core.bodies import read_body, wants_json
from flows.floor import warehouses_of
from flows.inbound_floor import (
    ask_for_labels,
    find_inbound,
    inbound_picture,
    inbounds_due,
    inbounds_named,
)
from warehouse.documents_labels import MOST_LABELS
from warehouse.models import Inbound
from warehouse.stations.common import (
    LONGEST_CODE,
    by_warehouse,
    refuse_suspended,
    to_json,
    warehouse_ids,
)


@staff_page("staff.floor", "GET")
def due(request: StaffRequest) -> HttpResponseBase:
    """Show what is due in the person's warehouses; ?code= opens what a barcode names."""
    mine = warehouses_of(request.staff)
    ids = [house.pk for house in mine]
    code = request.GET.get("code", "").replace("\x00", "").strip()[:LONGEST_CODE]
    if code and not wants_json(request):
        found = inbounds_named(code, warehouse_ids=ids)
        if len(found) == 1:
            return redirect(station_of(found[0]), found[0].pk)
        many = _("Several merchants have an inbound {code}: open it in the list.")
        none = _("No inbound of your warehouses has the code {code}.")
        messages.error(request, (many if found else none).format(code=code))
    rows = inbounds_due(warehouse_ids=ids)
    if wants_json(request):
        codes = {house.pk: house.code for house in mine}
        return JsonResponse({"inbounds": [_row_json(row, codes) for row in rows]})
    houses = [{"warehouse": house, "rows": by_warehouse(rows, house.pk)} for house in mine]
    return render(request, "stations/inbounds.html", {"houses": houses, "now": timezone.now()})


def _row_json(row: Any, codes: dict[int, str]) -> dict[str, Any]:
    left_out = ("owner", "owner_name", "owner_active", "warehouse_id")
    rest = {name: to_json(value) for name, value in row.items() if name not in left_out}
    rest["expected_on"] = row["expected_on"].isoformat() if row["expected_on"] else None
    return {"merchant": row["owner"], "warehouse": codes[row["warehouse_id"]], **rest}


def station_of(inbound: Inbound) -> str:
    """The station at which an inbound is worked on now."""
    waits = (Inbound.Status.RECEIVED, Inbound.Status.PUT_AWAY)
    return "station_put_away" if inbound.status in waits else "station_receive"


def inbound_of(request: StaffRequest, inbound_id: int) -> Inbound:
    """Return an inbound in the person's warehouses; raise `BadBody`."""
    found = find_inbound(inbound_id, warehouse_ids=warehouse_ids(request))
    if found is None:
        raise not_found("inbound", _("Inbound {number}").format(number=inbound_id))
    return found


@staff_page("staff.floor", "GET")
def labels(request: StaffRequest, inbound_id: int) -> HttpResponse:
    """Show the labels made for an inbound and what may be labelled."""
    inbound = inbound_of(request, inbound_id)
    picture = inbound_picture(inbound)
    context = {
        "picture": picture, "inbound": inbound, "most": MOST_LABELS, "now": timezone.now(),
        "urls": [(each, reverse("station_document", args=[each.pk])) for each in picture.labels],
        "look_again": request.GET.get("made") == "1" and not picture.labels,
    }  # fmt: skip
    return render(request, "stations/inbound_labels.html", context)


@staff_page("staff.floor", "POST")
def make_labels(request: StaffRequest, inbound_id: int) -> HttpResponseBase:
    """Have labels of a product made: {sku, copies, layout}."""
    body = read_body(request)
    inbound = inbound_of(request, inbound_id)
    refuse_suspended(inbound.merchant)
    sku = body.text("sku", most=80)
    copies = body.whole("copies", least=1, most=MOST_LABELS)
    layout = body.text("layout", most=10, required=False)
    number = ask_for_labels(
        inbound=inbound,
        sku=sku,
        copies=copies,
        layout="sheet" if layout == "sheet" else "label",
        now=timezone.now(),
    )
    if number is None:
        raise not_found("sku", sku)
    if wants_json(request):
        return JsonResponse({"number": number}, status=201)
    messages.success(request, _("The labels are being made; they show up here in a moment."))
    return redirect(f"{reverse('station_inbound_labels', args=[inbound.pk])}?made=1")
