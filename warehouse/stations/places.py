"""The administrator's places: a warehouse's tree of zones, aisles, racks and bins."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import staff_page
from core.bodies import BadBody, Body, read_body, wants_json
from warehouse.models import Location, Warehouse
from warehouse.services import NotInTree, Place, save_place
from warehouse.stations.common import LARGEST, warehouse_named

PAGE = 200
LONGEST_CODE = 30
CAPACITIES = ("capacity_units", "capacity_volume_cm3", "capacity_weight_g")
KINDS = (
    Location.Kind.ZONE, Location.Kind.AISLE, Location.Kind.RACK, Location.Kind.BIN,
    Location.Kind.RECEIVING, Location.Kind.STAGING,
)  # fmt: skip


@staff_page("staff.equipment", "GET")
def places(request: StaffRequest, code: str) -> HttpResponse:
    """List a warehouse's places by code; ?q= is the beginning of one, ?after=CODE goes on."""
    house = warehouse_named(request, code)
    query, after = _said(request, "q"), _said(request, "after")
    rows = Location.objects.filter(warehouse=house, kind__in=KINDS, code__gt=after)
    if query:
        rows = rows.filter(code__startswith=query)
    found = list(rows.select_related("parent").order_by("code")[: PAGE + 1])
    following = found[PAGE - 1].code if len(found) > PAGE else ""
    if wants_json(request):
        told = [_place_json(each) for each in found[:PAGE]]
        return JsonResponse({"places": told, "next_after": following or None})
    context = {
        "house": house, "places": found[:PAGE], "query": query, "next_after": following,
        "kinds": [(kind.value, kind.label) for kind in KINDS],
        "uses": Location.Use.choices,
        "houses": Warehouse.objects.filter(is_active=True).order_by("priority", "id"),
    }  # fmt: skip
    return render(request, "staff/places.html", context)


@staff_page("staff.equipment", "POST")
def save(request: StaffRequest, code: str) -> HttpResponseBase:
    """Make a place or change it: {code, kind, parent, use, pick_sequence, capacity_…}."""
    house = warehouse_named(request, code)
    body = read_body(request)
    place = Place(
        code=body.text("code", most=LONGEST_CODE),
        kind=body.text("kind", most=12),
        parent=body.text("parent", most=LONGEST_CODE, required=False),
        use=_use(body),
        pick_sequence=_number(body, "pick_sequence"),
        capacity_units=_number(body, "capacity_units"),
        capacity_volume_cm3=_number(body, "capacity_volume_cm3"),
        capacity_weight_g=_number(body, "capacity_weight_g"),
    )
    try:
        saved = save_place(warehouse=house, place=place)
    except NotInTree as error:
        raise BadBody(
            field="parent",
            fault=_("It cannot lie there, or is of another kind already."),
            remedy=_("A bin lies in a rack, an aisle or a zone; a rack in an aisle or a zone; an"
                     " aisle in a zone."),
        ) from error  # fmt: skip
    if wants_json(request):
        return JsonResponse({"place": _place_json(saved)})
    messages.success(request, _("Saved."))
    return redirect("staff_places", code=house.code)


def _use(body: Body) -> str:
    said = body.text("use", most=8, required=False) or Location.Use.PICK.value
    if said not in Location.Use.values:
        raise BadBody(
            field="use", fault=_("It is neither pick nor reserve."), remedy=_("Choose one.")
        )
    return said


def _number(body: Body, name: str) -> int | None:
    if body.fields.get(name) in (None, ""):
        return None
    return body.whole(name, least=0, most=LARGEST)


def _said(request: StaffRequest, name: str) -> str:
    return str(request.GET.get(name, "")).replace("\x00", "").strip()[:LONGEST_CODE]


def _place_json(place: Location) -> dict[str, Any]:
    return {
        "code": place.code,
        "kind": place.kind,
        "parent": place.parent.code if place.parent else None,
        "use": place.use,
        "pick_sequence": place.pick_sequence,
        **{name: getattr(place, name) for name in CAPACITIES},
    }
