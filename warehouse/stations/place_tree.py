"""Places of a warehouse: the tree, one place made or measured, a file of them, their labels."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import LONGEST_ID, not_found, staff_page
from core.bodies import BadBody, read_body, wants_json
from core.spoken import say
from flows.floor import warehouses_of
from flows.places import PlacePage, read_places, save_place, save_places
from warehouse.documents_places import MOST_LABELS, render_place_labels
from warehouse.models import Location, Warehouse
from warehouse.rules.place_rows import (
    COLUMNS,
    KINDS,
    USES,
    Fault,
    NotAPlaceFile,
    ReadRow,
    read_row,
    read_rows,
)
from warehouse.services.places import BadPlace
from warehouse.stations.common import refuse_unless_supervisor, supervised_ids, warehouse_named

LARGEST_FILE = 2_000_000
MOST_SHOWN = 200
LONGEST_VALUE = 40


@staff_page("staff.floor", "GET")
def houses(request: StaffRequest) -> HttpResponseBase:
    """Go to the places of the person's first warehouse."""
    mine = warehouses_of(request.staff)
    if not mine:
        raise not_found("warehouse", _("A warehouse"))
    return redirect("station_places", mine[0].code)


@staff_page("staff.floor", "GET")
def show(request: StaffRequest, code: str) -> HttpResponse:
    """Show a level of the tree: `?in=ID`, `?code=` for one place, `?after=` goes on."""
    house = warehouse_named(request, code)
    page = _page(request, house)
    if wants_json(request):
        return JsonResponse({"places": [_json(each) for each in page.rows], "after": page.after})
    return _render(request, house, page)


@staff_page("staff.supervise", "POST")
def save(request: StaffRequest, code: str) -> HttpResponseBase:
    """Make a place, or change the one of that code: the columns of a file as fields."""
    house = _supervised(request, code)
    body = read_body(request)
    said = {
        name: body.text(name, most=LONGEST_VALUE, required=False) for name in COLUMNS
    }  # fmt: skip
    row = read_row(1, said)
    try:
        if row.facts is None:
            raise BadPlace(row.fault or _nothing())
        named = {name for name in COLUMNS if name in body.fields}
        is_new = save_place(warehouse=house, facts=row.facts, actor=request.actor, named=named)
    except BadPlace as error:
        raise BadBody(
            field=error.fault.column, fault=say(error.fault.sentence.as_dict()),
            remedy=_("Correct it and send it again."),
        ) from error  # fmt: skip
    if wants_json(request):
        return JsonResponse({"code": row.facts.code, "is_new": is_new})
    messages.success(request, _("{code} is saved.").format(code=row.facts.code))
    parent = Location.objects.filter(warehouse=house, code=row.facts.parent).first()
    answer = redirect("station_places", house.code)
    if parent is not None:
        answer["Location"] += f"?in={parent.pk}"
    return answer


@staff_page("staff.supervise", "POST")
def upload(request: StaffRequest, code: str) -> HttpResponse:
    """Take over a CSV file of places; what is rejected is said row by row, the rest is saved."""
    house = _supervised(request, code)
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > LARGEST_FILE:
        raise BadBody(
            field="file", fault=_("There is no file, or it is larger than 2 MB."),
            remedy=_("Choose a CSV file."),
        )  # fmt: skip
    try:
        made, changed, rejected = save_places(
            warehouse=house, rows=list(read_rows(file.read())), actor=request.actor
        )
    except NotAPlaceFile as error:
        raise BadBody(
            field="file", fault=say(error.sentence.as_dict()),
            remedy=_("Correct the file and send it again."),
        ) from error  # fmt: skip
    rows = [_rejected(each) for each in rejected]
    if wants_json(request):
        return JsonResponse({"made": made, "changed": changed, "rejected": rows})
    page = _page(request, house)
    return _render(request, house, page, made=made, changed=changed, rejected=rows[:MOST_SHOWN],
                   rejected_count=len(rows))  # fmt: skip


@staff_page("staff.floor", "GET")
def labels(request: StaffRequest, code: str) -> HttpResponse:
    """Answer the labels of the places that the page with the same question shows, as a PDF."""
    house = warehouse_named(request, code)
    page = _page(request, house)
    places = page.rows or ((page.inside,) if page.inside else ())
    if not places:
        raise not_found("place", _("A place to label"))
    content = render_place_labels(
        warehouse=house, places=places[:MOST_LABELS], created_at=timezone.now()
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="places-{house.code}.pdf"'
    return response


def _supervised(request: StaffRequest, code: str) -> Warehouse:
    house = warehouse_named(request, code)
    refuse_unless_supervisor(request, house.pk)
    return house


def _page(request: StaffRequest, house: Warehouse) -> PlacePage:
    inside = request.GET.get("in", "")
    is_number = inside.isascii() and inside.isdigit() and len(inside) < LONGEST_ID
    page = read_places(
        warehouse=house,
        inside_id=int(inside) if is_number else 0,
        code=_plain(request, "code"),
        after=_plain(request, "after"),
    )
    if page is None:
        raise not_found("place", _("Place {number}").format(number=inside))
    return page


def _plain(request: StaffRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "")[:LONGEST_VALUE].strip()


def _render(request: StaffRequest, house: Warehouse, page: PlacePage, **more: Any) -> HttpResponse:
    context = {
        "house": house, "houses": warehouses_of(request.staff), "page": page,
        "may_change": house.pk in supervised_ids(request), "kinds": _kinds(),
        "uses": [(use, Location.Use(use).label) for use in USES], "columns": ", ".join(COLUMNS),
        "query": request.GET.urlencode(), "changing": _changing(request, house), **more,
    }  # fmt: skip
    return render(request, "stations/places.html", context)


def _kinds() -> list[tuple[str, Any]]:
    return [(kind, Location.Kind(kind).label) for kind in KINDS]


def _changing(request: StaffRequest, house: Warehouse) -> Location | None:
    """The place whose numbers stand in the form, by ?change=CODE."""
    wanted = _plain(request, "change")
    found = Location.objects.filter(warehouse=house, code=wanted).select_related("parent").first()
    return found if found is not None and found.kind in KINDS else None


def _rejected(row: ReadRow) -> dict[str, Any]:
    fault = row.fault or _nothing()
    return {
        "line": row.line, "code": row.said.get("code", ""), "column": fault.column,
        "reason": say(fault.sentence.as_dict()),
    }  # fmt: skip


def _nothing() -> Fault:
    raise AssertionError("a row without facts says what is wrong with it")


def _json(place: Location) -> dict[str, Any]:
    names = tuple(name for name in COLUMNS if name != "parent")
    return {"id": place.pk, **{name: getattr(place, name) for name in names}}
