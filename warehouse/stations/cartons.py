"""Another carton than was suggested: chosen from the list, or scanned from its printed code."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import not_found, staff_page
from core.barcodes import code128_svg
from core.bodies import read_body
from core.spoken import run_on, say
from flows.floor import FoundParcel, find_parcels
from flows.repacking import CartonRefused, UnknownCarton, cartons_to_choose, repack
from warehouse.services import NotPackable
from warehouse.stations.common import warehouse_ids

CARTON_COMMAND = "CARTON-"


def take_carton(
    *, merchant_id: int, parcel_reference: str, carton_code: str, actor: str, now: datetime
) -> tuple[str, str]:
    """Take a carton for a parcel; return (verdict, words)."""
    try:
        taken = repack(
            merchant_id=merchant_id,
            parcel_reference=parcel_reference,
            carton_code=carton_code,
            actor=actor,
            now=now,
        )
    except UnknownCarton:
        return "wrong", _("There is no carton {code} for this merchant.").format(code=carton_code)
    except CartonRefused as refused:
        return "wrong", say(refused.sentence.as_dict())
    except NotPackable:
        return "wrong", _("The parcel is closed: its carton is not changed any more.")
    said = [_("Now in: {carton}.").format(carton=_(taken.carton.name))]
    if taken.why:
        said.append(_("Its label is made anew when it is weighed."))
    return "accepted", run_on(said)


@staff_page("staff.floor", "GET", "POST")
def choose(request: StaffRequest) -> HttpResponse:
    """List the cartons for a parcel with their codes to scan; take one: {parcel, carton}."""
    if request.method == "POST":
        body = read_body(request)
        found = parcel_named(request, body.text("parcel", most=40))
        verdict, words = take_carton(
            merchant_id=found.merchant_id,
            parcel_reference=found.reference,
            carton_code=body.text("carton", most=20),
            actor=request.actor,
            now=timezone.now(),
        )
        (messages.success if verdict == "accepted" else messages.error)(request, words)
        if verdict == "accepted":
            return redirect("station_pack")
        status = 409
    elif not request.GET.get("parcel"):
        return redirect("station_pack")
    else:
        found = parcel_named(request, str(request.GET["parcel"]))
        status = 200
    rows = [
        {
            "code": each.code,
            "name": _(each.name),
            "outer": " × ".join(map(str, each.outer)),
            "max_gross_g": each.max_gross_g,
            "barcode": code128_svg(f"WB:C:{CARTON_COMMAND}{each.code}"),
        }
        for each in cartons_to_choose(merchant_id=found.merchant_id, now=timezone.now())
    ]
    context: dict[str, Any] = {"parcel": found.reference, "rows": rows}
    return render(request, "stations/cartons.html", context, status=status)


def parcel_named(request: StaffRequest, code: str) -> FoundParcel:
    """Return the one parcel of a reference in the person's warehouses; raise `BadBody`."""
    found = find_parcels(code.upper()[:40], warehouse_ids=warehouse_ids(request), papers_too=False)
    if len(found) != 1:
        raise not_found("parcel", _("Parcel {code}").format(code=code[:40]))
    return found[0]
