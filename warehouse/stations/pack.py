"""The pack station: scan the parcel, scan its products, weigh it, print what belongs to it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import not_found, staff_page
from core.bodies import BadBody, Body, read_body
from flows.floor import find_parcels
from warehouse.rules.weights import LEAST_G, MOST_G
from warehouse.stations.common import (
    MOST_SCANS,
    client_id_of,
    state_json,
    station_page,
    warehouse_ids,
)
from warehouse.stations.memory import in_hand, keep_in_hand
from warehouse.stations.pack_state import empty_state, station_state
from warehouse.stations.pack_table import PackTable
from warehouse.stations.presses import presses_of
from warehouse.stations.table import OnTable, Table

IN_HAND = "pack_table"


@staff_page("staff.floor", "GET")
def show(request: StaffRequest) -> HttpResponse:
    """Show the pack station with the parcel that lies on this browser's table."""
    desk = _desk(request, Table.restore(in_hand(request, IN_HAND)))
    latest = desk.table.latest
    state = empty_state()
    if latest is not None and _is_mine(desk, latest):
        state = station_state(desk.load(latest))
    page = station_page(
        request, title=_("Pack"), key="pack", scan_url=reverse("station_pack_scans"), state=state
    )
    return render(request, "stations/pack.html", {"page": page})


@staff_page("staff.floor", "POST")
def scans(request: StaffRequest) -> JsonResponse:
    """Take scans; the protocol stands at the top of station.js.

    A program names the parcel itself, sends all its scans at once, and may close it with them:
    {"parcel", "merchant"?, "scans": […], "close": {"weight_g", "client_id"?}}. The scans count even
    when the parcel cannot be closed yet.
    """
    body = read_body(request)
    named = body.text("parcel", most=40, required=False).upper()
    merchant_code = body.text("merchant", most=40, required=False)
    if not named and body.fields.get("scans") is None:
        raise BadBody(field="scans", fault=_("It is missing."), remedy=_("Send [{…}, {…}]."))
    entries = body.objects("scans", most=MOST_SCANS)
    taken = presses_of(entries)
    closing = body.object("close")
    weight_g = _weight(closing) if closing is not None else 0
    if closing is not None and not named:
        raise BadBody(
            field="parcel", fault=_("It is missing."), remedy=_("Name the parcel to close.")
        )
    kept = in_hand(request, IN_HAND)
    desk = _desk(request, Table() if named else Table.restore(kept), merchant_code)
    here = _named(desk, named) if named else None
    for scan in taken:
        desk.take(scan)
    desk.finish()
    closed = None
    if here is not None and closing is not None:
        closed = _close(desk, here, weight_g, _reading_id(closing))
    latest = here or desk.table.latest
    shown = empty_state()
    if latest is not None and (here is not None or taken):
        state = desk.load(latest)
        desk.settle(state)
        shown = station_state(state)
    answer: dict[str, Any] = {"results": [desk.results[scan.client_id] for scan in taken]}
    if closed is not None:
        answer["close"] = closed
    response = JsonResponse({**answer, "state": state_json(shown)})
    if not named and desk.table.as_list() != kept:
        keep_in_hand(request, response, IN_HAND, desk.table.as_list())
    return response


@staff_page("staff.floor", "POST")
def close(request: StaffRequest) -> JsonResponse:
    """Close a parcel: {parcel, weight_g, merchant?, client_id?}. Again says the same.

    Verdict `done` comes with the papers, `waiting` while the label is coming, `again` asks for a
    second reading under another `client_id`, `wrong` says why not.
    """
    body = read_body(request)
    named = body.text("parcel", most=40).upper()
    weight_g = _weight(body)
    reading_id = _reading_id(body)
    desk = _desk(request, Table(), body.text("merchant", most=40, required=False))
    here = _named(desk, named)
    closed = _close(desk, here, weight_g, reading_id)
    return JsonResponse({**closed, "state": state_json(station_state(desk.load(here)))})


def _reading_id(body: Body) -> str:
    """A program may leave the id of a reading out: the same weight again is then the same one."""
    return client_id_of(body) if body.has("client_id") else ""


def _close(desk: PackTable, here: OnTable, weight_g: int, reading_id: str) -> dict[str, Any]:
    verdict, message, papers = desk.close(here, weight_g, reading_id)
    return {"verdict": verdict, "message": message, **(papers or {"parcel": here.reference})}


def _desk(request: StaffRequest, table: Table, merchant_code: str = "") -> PackTable:
    return PackTable(
        table=table,
        warehouse_ids=warehouse_ids(request),
        merchant_code=merchant_code,
        actor=request.actor,
        now=timezone.now(),
    )


def _named(desk: PackTable, code: str) -> OnTable:
    """Put the parcel a program names on its table, before all of its scans."""
    found = find_parcels(code, warehouse_ids=desk.warehouse_ids, merchant_code=desk.merchant_code)
    if not found:
        raise not_found("parcel", _("Parcel {code}").format(code=code))
    if len(found) > 1:
        raise BadBody(
            field="merchant", fault=_("Several merchants have a parcel of this number."),
            remedy=_("Name the merchant by its code."), status=409,
        )  # fmt: skip
    here = OnTable(-1, found[0].merchant_id, found[0].reference)
    desk.table.selections = [here]
    return here


def _is_mine(desk: PackTable, here: OnTable) -> bool:
    """Tell whether a parcel of an earlier day is still in a warehouse the person works in."""
    found = find_parcels(here.reference, warehouse_ids=desk.warehouse_ids, papers_too=False)
    return any(each.merchant_id == here.merchant_id for each in found)


def _weight(body: Body) -> int:
    return body.whole("weight_g", least=LEAST_G, most=MOST_G)
