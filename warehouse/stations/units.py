"""Bags and pallets: open one, scan what goes in, close it, print its label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import not_found, staff_page
from core.bodies import BadBody, read_body
from flows.floor import warehouses_of
from flows.units import (
    CLOSE,
    OUT,
    REOPEN,
    UnitPicture,
    begin_unit,
    carrier_name,
    find_unit,
    scan_unit,
    unit_goes_by,
    unit_picture,
    units_at,
)
from warehouse.documents_units import UnitLabel, render_unit_label
from warehouse.models import HandlingUnit
from warehouse.rules.sscc import PrefixUsedUp
from warehouse.screens import StationDocument, StationLine, StationPress, StationState
from warehouse.stations.common import (
    MOST_SCANS,
    state_json,
    station_page,
    warehouse_ids,
    warehouse_named,
)
from warehouse.stations.presses import take_each

PRESSES_OUT = 6
S = HandlingUnit.Status


@staff_page("staff.floor", "GET", "POST")
def units(request: StaffRequest) -> HttpResponse:
    """List the units in the person's warehouses; open one: {warehouse, kind}."""
    if request.method == "POST":
        body = read_body(request)
        kind = body.text("kind", most=8)
        if kind not in HandlingUnit.Kind.values:
            raise BadBody(
                field="kind", fault=_("It is neither bag nor pallet."), remedy=_("Choose one.")
            )
        house = warehouse_named(request, body.text("warehouse", most=20))
        try:
            unit = begin_unit(warehouse=house, kind=kind, actor=request.actor, now=timezone.now())
        except PrefixUsedUp as error:
            raise BadBody(
                field="kind", fault=_("The numbers of the company prefix are used up."),
                remedy=_("Ask an administrator to put another prefix in force."), status=409,
            ) from error  # fmt: skip
        return redirect("station_unit", unit.pk)
    rows = units_at(warehouse_ids(request))
    context = {
        "houses": warehouses_of(request.staff),
        "rows": [(each, carrier_name(each.carrier_code)) for each in rows],
        "now": timezone.now(),
    }
    return render(request, "stations/units.html", context)


@staff_page("staff.floor", "GET")
def unit(request: StaffRequest, unit_id: int) -> HttpResponse:
    """Show the scan station of one unit."""
    picture = _picture(request, unit_id)
    page = station_page(
        request,
        title=_("Bag") if picture.unit.kind == HandlingUnit.Kind.BAG else _("Pallet"),
        key=f"unit-{unit_id}",
        scan_url=reverse("station_unit_scans", args=[unit_id]),
        state=_state(picture),
    )
    return render(request, "stations/unit.html", {"page": page})


@staff_page("staff.floor", "POST")
def scans(request: StaffRequest, unit_id: int) -> JsonResponse:
    """Take parcels, bags and commands; the protocol stands at the top of station.js."""
    if find_unit(unit_id, warehouse_ids=warehouse_ids(request)) is None:
        raise _no_unit(unit_id)

    def scan(client_id: str, raw: str) -> Mapping[str, Any]:
        return scan_unit(
            unit_id=unit_id, raw=raw, client_id=client_id, actor=request.actor, now=timezone.now()
        )

    entries = read_body(request).objects("scans", most=MOST_SCANS)
    results = take_each(entries, scan)
    return JsonResponse(
        {"results": results, "state": state_json(_state(_picture(request, unit_id)))}
    )


@staff_page("staff.floor", "GET")
def label(request: StaffRequest, unit_id: int) -> HttpResponse:
    """Answer the label of a closed unit as a PDF."""
    found = _picture(request, unit_id).unit
    if found.closed_at is None:
        raise BadBody(
            field="unit", fault=_("It is not closed yet."),
            remedy=_("Close it: its label says what is in it."), status=409,
        )  # fmt: skip
    content = render_unit_label(
        UnitLabel(
            sscc=found.sscc,
            kind=found.kind.upper(),
            operator=settings.OPERATOR["name"],
            warehouse=f"{found.warehouse.name}, {found.warehouse.city} {found.warehouse.country}",
            carrier=found.carrier_code.upper().replace("_", " "),
            service=found.service_code.replace("_", " "),
            country=found.country,
            parcels=found.parcel_count,
            weight_g=found.weight_g,
            closed_at=found.closed_at,
        )
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="sscc-{found.sscc}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _picture(request: StaffRequest, unit_id: int) -> UnitPicture:
    found = unit_picture(unit_id, warehouse_ids=warehouse_ids(request))
    if found is None:
        raise _no_unit(unit_id)
    return found


def _no_unit(unit_id: int) -> BadBody:
    return not_found("unit", _("Unit {number}").format(number=unit_id))


def _state(picture: UnitPicture) -> StationState:
    unit = picture.unit
    is_open = unit.status == S.OPEN
    lines = [
        StationLine(sku=bag.sscc, title=_("{parcels} parcels, {weight} g").format(
            parcels=bag.parcel_count, weight=bag.weight_g), expected=1, scanned=1)
        for bag in picture.bags
    ] + [
        StationLine(sku=reference, title=f"{owner}, {weight_g} g", expected=1, scanned=1)
        for reference, owner, weight_g in picture.parcels
    ]  # fmt: skip
    what = [bag.sscc for bag in picture.bags] + [each[0] for each in picture.parcels]
    presses = []
    if is_open and what:
        presses = [StationPress(label=_("Close it"), raw=f"WB:C:{CLOSE}")] + [
            StationPress(label=_("Take out {what}").format(what=each), raw=f"WB:C:{OUT}{each}")
            for each in what[:PRESSES_OUT]
        ]
    elif unit.status == S.CLOSED:
        presses = [StationPress(label=_("Open it again"), raw=f"WB:C:{REOPEN}")]
    return StationState(
        order=unit.sscc,
        lines=tuple(lines),
        complete=not is_open,
        next_action=_next_action(unit),
        documents=()
        if is_open
        else (
            StationDocument(
                label=_("Print the label"), url=reverse("station_unit_label", args=[unit.pk])
            ),
        ),
        notes=_notes(unit),
        presses=tuple(presses),
        links=(StationDocument(label=_("All bags and pallets"), url=reverse("station_units")),),
    )


def _next_action(unit: HandlingUnit) -> str:
    if unit.status == S.HANDED_OVER:
        return _("It has left with the driver.")
    if unit.status == S.CLOSED:
        return _("Print its label and stick it on.")
    if unit.kind == HandlingUnit.Kind.PALLET:
        return _("Scan each closed bag or parcel that goes on it; then close it.")
    return _("Scan each parcel that goes in; then close it.")


def _notes(unit: HandlingUnit) -> tuple[str, ...]:
    if not unit.carrier_code:
        return (_("The first parcel says for which service and country it is."),)
    return (unit_goes_by(unit),)
