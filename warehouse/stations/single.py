"""The single-item station: a piece's scan prints its label, the label's packs it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import staff_page
from core.bodies import BadBody, read_body
from core.spoken import say, say_all
from flows.singles import Desk, SingleState
from warehouse.models import Parcel, PrintJob
from warehouse.screens import StationDocument, StationLine, StationPress, StationState
from warehouse.stations.common import (
    MOST_SCANS,
    state_json,
    station_page,
)
from warehouse.stations.here import Here, station_here
from warehouse.stations.memory import in_hand, keep_in_hand
from warehouse.stations.pack_state import wanted
from warehouse.stations.presses import press_of
from warehouse.stations.single_table import SingleTable, finishing, has_label

IN_HAND = "single_table"
S = PrintJob.Status


@staff_page("staff.floor", "GET")
def show(request: StaffRequest) -> HttpResponseBase:
    """Show the station with the parcel this browser claimed last."""
    here = station_here(request)
    if here is None:
        return redirect(f"{reverse('station_printing')}?for=single")
    table = _table(request, here)
    page = station_page(
        request,
        title=_("Single items"),
        key=f"single-{here.warehouse.pk}",
        scan_url=reverse("station_single_scans"),
        state=_state(table, here),
    )
    return render(request, "stations/single.html", {"page": page, "here": here})


@staff_page("staff.floor", "POST")
def scans(request: StaffRequest) -> HttpResponse:
    """Take scans; the protocol stands at the top of station.js."""
    taken = [press_of(entry) for entry in read_body(request).objects("scans", most=MOST_SCANS)]
    here = station_here(request)
    if here is None:
        raise BadBody(
            field="station", fault=_("It is not known where this browser stands."),
            remedy=_("Choose its station under Printing."), status=409,
        )  # fmt: skip
    table = _table(request, here)
    before = dict(table.kept)
    for scan in taken:
        table.take(scan)
    response = JsonResponse(
        {
            "results": [table.results[scan.client_id] for scan in taken],
            "state": state_json(_state(table, here)),
        }
    )
    if table.kept != before:
        keep_in_hand(request, response, IN_HAND, table.kept)
    return response


def _table(request: StaffRequest, here: Here) -> SingleTable:
    kept: dict[str, Any] = dict(in_hand(request, IN_HAND) or {})
    if kept.get("warehouse") != here.warehouse.pk:
        kept = {"warehouse": here.warehouse.pk}
    owner = kept.get("owner")
    desk = Desk(
        warehouse_id=here.warehouse.pk,
        station=here.name,
        printer_id=here.printer_id,
        merchant_id=owner[0] if owner else None,
        actor=request.actor,
        now=timezone.now(),
    )
    return SingleTable(desk=desk, kept=kept)


def _state(table: SingleTable, here: Here) -> StationState:
    state = table.current()
    owner = table.kept.get("owner")
    whose = (_("Goods of {merchant}").format(merchant=owner[1]),) if owner else ()
    if state is None or state.pack.parcel.status == Parcel.Status.CANCELLED:
        return StationState(
            order="", lines=(), complete=False, notes=whose,
            next_action=_("Scan a piece of a single-item wave."),
        )  # fmt: skip
    parcel = state.pack.parcel
    is_open = parcel.status == Parcel.Status.PLANNED
    return StationState(
        order=parcel.reference,
        lines=tuple(
            StationLine(
                sku=line["sku"], title=line["title"], expected=line["expected"],
                scanned=line["scanned"],
            )
            for line in state.pack.lines
        ),
        complete=not is_open,
        next_action=_next_action(state, table),
        documents=_documents(state),
        presses=(StationPress(raw="WB:C:BROKEN", label=_("Broken")),) if is_open else (),
        notes=(*whose, *_label_notes(state, here), *(map(say, parcel.carton_said or ()))),
    )  # fmt: skip


def _next_action(state: SingleState, table: SingleTable) -> str:
    if state.pack.parcel.status != Parcel.Status.PLANNED:
        return _("Scan the next piece.")
    if not has_label(state):
        return _("Label coming: put the piece aside, scan the next. Its label prints by itself.")
    besides = wanted(state.pack)
    if besides:
        return _("Put in too, then scan it: {wanted}.").format(wanted=", ".join(besides))
    return _("Stick the label on. Then scan {finish}.").format(
        finish=_(" or ").join(finishing(state, table.desk))
    )


def _label_notes(state: SingleState, here: Here) -> tuple[str, ...]:
    job = state.job
    if job is None:
        return ()
    is_here = job.printer_id == here.printer_id
    where = here.words if is_here or job.printer is None else job.printer.name
    words = {
        S.WAITING: _("Label coming; it prints at {printer}."),
        S.QUEUED: _("Label on its way to {printer}."),
        S.SENT: _("Label sent to {printer}."),
        S.CONFIRMED: _("Label printed at {printer}."),
        S.FAILED: _("Label not printed at {printer}."),
    }.get(S(job.status), "")
    said = [words.format(printer=where)] if words else []
    if job.said:
        said.append(say_all(job.said))
    return tuple(said)


def _documents(state: SingleState) -> tuple[StationDocument, ...]:
    job = state.job
    if job is None or job.document_id is None:
        return ()
    if job.printer_id is None and job.status == S.QUEUED:
        url = reverse("station_print_label", args=[job.pk])
        return (StationDocument(label=_("Print the label"), url=url),)
    again = f"{reverse('station_printing')}?parcel={state.pack.parcel.reference}"
    return (StationDocument(label=_("Printer trouble"), url=again),)
