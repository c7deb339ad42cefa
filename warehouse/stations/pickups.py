"""A driver's visit at the dock: scan out, look at the differences, have it signed on the screen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import StaffRequest
from accounts.staff_pages import not_found, staff_page
from core.bodies import BadBody, read_body
from flows.pickups import (
    BACK,
    UNKNOWN,
    AlreadySigned,
    NoLongerReady,
    NoSignature,
    NothingScanned,
    PickupPicture,
    UnknownCarrier,
    begin_pickup,
    end_without,
    find_pickup,
    pickup_picture,
    read_strokes,
    scan_pickup,
    sign,
)
from flows.units import carrier_name
from warehouse.screens import StationDocument, StationLine, StationPress, StationState
from warehouse.stations.common import (
    MOST_SCANS,
    state_json,
    station_page,
    warehouse_ids,
    warehouse_named,
)
from warehouse.stations.presses import take_each
from warehouse.stations.waves import document_url

PRESSES_BACK = 6
LONGEST_SIGNATURE = 60_000


@staff_page("staff.floor", "POST")
def begin(request: StaffRequest) -> HttpResponse:
    """Begin a carrier's visit, or go on with the open one: {warehouse, carrier}."""
    body = read_body(request)
    house = warehouse_named(request, body.text("warehouse", most=20))
    carrier = body.text("carrier", most=20)
    try:
        pickup = begin_pickup(
            warehouse=house, carrier_code=carrier, actor=request.actor, now=timezone.now()
        )
    except UnknownCarrier as error:
        raise not_found("carrier", carrier) from error
    return redirect("station_pickup", pickup.pk)


@staff_page("staff.floor", "GET")
def pickup(request: StaffRequest, pickup_id: int) -> HttpResponse:
    """Show the scan station of a visit."""
    picture = _picture(request, pickup_id)
    page = station_page(
        request,
        title=f"{_('Hand over')}: {carrier_name(picture.pickup.carrier_code)}",
        key=f"pickup-{pickup_id}",
        scan_url=reverse("station_pickup_scans", args=[pickup_id]),
        state=_state(picture),
    )
    return render(request, "stations/pickup.html", {"page": page})


@staff_page("staff.floor", "POST")
def scans(request: StaffRequest, pickup_id: int) -> JsonResponse:
    """Take parcels, bags and pallets; the protocol stands at the top of station.js."""
    if find_pickup(pickup_id, warehouse_ids=warehouse_ids(request)) is None:
        raise _no_pickup(pickup_id)

    def scan(client_id: str, raw: str) -> Mapping[str, Any]:
        return scan_pickup(
            pickup_id=pickup_id,
            raw=raw,
            client_id=client_id,
            actor=request.actor,
            now=timezone.now(),
        )

    entries = read_body(request).objects("scans", most=MOST_SCANS)
    results = take_each(entries, scan, {UNKNOWN: "wrong"})
    return JsonResponse(
        {"results": results, "state": state_json(_state(_picture(request, pickup_id)))}
    )


@staff_page("staff.floor", "GET", "POST")
def signing(request: StaffRequest, pickup_id: int) -> HttpResponse:
    """Show count, weight and differences; close the visit: {signed_by, signature} or {leave}."""
    picture = _picture(request, pickup_id)
    if request.method == "POST":
        body = read_body(request)
        if body.has("leave"):
            end_without(pickup_id=pickup_id)
            messages.success(request, _("The driver left with nothing; everything stays here."))
            return redirect("station_hand_over")
        return _sign(request, pickup_id, body.text("signed_by", most=120), _strokes(body))
    handovers = [(each, document_url(each.manifest_id)) for each in picture.handovers]
    context = {
        "picture": picture,
        "carrier": carrier_name(picture.pickup.carrier_code),
        "handovers": handovers,
        "drawn": picture.drawn,
        "look_again": picture.is_signed and any(url is None for _each, url in handovers),
        "now": timezone.now(),
    }
    return render(request, "stations/pickup_sign.html", context)


def _strokes(body: Any) -> Any:
    drawn = body.text("signature", most=LONGEST_SIGNATURE, required=False)
    try:
        return read_strokes(json.loads(drawn or "null"))
    except (NoSignature, ValueError) as error:
        raise BadBody(
            field="signature", fault=_("Nothing is drawn yet."),
            remedy=_("Have the driver sign in the field."),
        ) from error  # fmt: skip


def _sign(request: StaffRequest, pickup_id: int, signed_by: str, strokes: Any) -> HttpResponse:
    try:
        sign(
            pickup_id=pickup_id,
            signed_by=signed_by,
            signature=strokes,
            actor=request.actor,
            now=timezone.now(),
        )
    except AlreadySigned:
        return redirect("station_pickup_sign", pickup_id)
    except NothingScanned as error:
        raise BadBody(
            field="signature", fault=_("Nothing was scanned out."),
            remedy=_("Scan the parcels or bags that the driver takes."), status=409,
        ) from error  # fmt: skip
    except NoLongerReady as error:
        said = _("These may not leave any more and are off the list; take them back: {parcels}.")
        messages.error(request, said.format(parcels=", ".join(error.references)))
    return redirect("station_pickup_sign", pickup_id)


def _picture(request: StaffRequest, pickup_id: int) -> PickupPicture:
    found = pickup_picture(pickup_id, warehouse_ids=warehouse_ids(request))
    if found is None:
        raise _no_pickup(pickup_id)
    return found


def _no_pickup(pickup_id: int) -> BadBody:
    return not_found("pickup", _("Pickup {number}").format(number=pickup_id))


def _state(picture: PickupPicture) -> StationState:
    pickup = picture.pickup
    lines = [
        StationLine(
            sku=each.booking.parcel.reference,
            title=each.unit_sscc or each.booking.merchant.name,
            expected=1,
            scanned=1,
        )
        for each in picture.scanned
    ] + [
        StationLine(
            sku=booking.parcel.reference, title=booking.merchant.name, expected=1, scanned=0
        )
        for booking in picture.missing
    ]
    alone = list(
        dict.fromkeys(each.unit_sscc or each.booking.parcel.reference for each in picture.scanned)
    )
    presses = [
        StationPress(label=_("Take back {what}").format(what=each), raw=f"WB:C:{BACK}{each}")
        for each in alone[:PRESSES_BACK]
    ]
    sign_url = reverse("station_pickup_sign", args=[pickup.pk])
    links = [StationDocument(label=_("Count and sign"), url=sign_url)]
    return StationState(
        order=pickup.number,
        lines=tuple(lines),
        complete=not picture.missing,
        next_action=_next_action(picture),
        notes=_notes(picture),
        presses=tuple(presses) if picture.is_open else (),
        links=tuple(links),
    )


def _next_action(picture: PickupPicture) -> str:
    if not picture.is_open:
        return _("This visit is over.")
    if not picture.missing:
        return _("Everything ready is scanned. Count with the driver and have it signed.")
    return _("Scan each parcel or bag that the driver takes.")


def _notes(picture: PickupPicture) -> tuple[str, ...]:
    counted = ngettext(
        "{parcels} parcel scanned out, {weight} g.",
        "{parcels} parcels scanned out, {weight} g.",
        picture.scanned_count,
    ).format(parcels=picture.scanned_count, weight=picture.weight_g)
    notes = [counted]
    if picture.missing:
        notes.append(_("Not scanned yet: {parcels}.").format(parcels=len(picture.missing)))
    if picture.unknown:
        notes.append(_("Not ours: {codes}.").format(codes=", ".join(picture.unknown[:5])))
    return tuple(notes)
