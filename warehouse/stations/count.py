"""The count station: blind. Scan a bin, everything in it, and its code once more when done."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import staff_page
from core.bodies import read_body
from flows.count_scans import TO_COUNT, CountState, count_by_scan, count_state
from warehouse.models import Condition, CountLine, CountList, CountTask
from warehouse.screens import StationDocument, StationLine, StationPress, StationState
from warehouse.stations.common import MOST_SCANS, refuse_suspended, station_page
from warehouse.stations.counts import count_of
from warehouse.stations.presses import answered, presses_of


@staff_page("staff.floor", "GET")
def show(request: StaffRequest, list_id: int) -> HttpResponse:
    """Show the station for one list."""
    found = count_of(request, list_id)
    state = count_state(merchant_id=found.merchant_id, list_id=found.pk, actor=request.actor)
    page = station_page(
        request,
        title=_("Count {number}").format(number=found.number),
        key=f"count-{found.pk}",
        scan_url=reverse("station_count_scans", args=[found.pk]),
        state=_station_state(found, state, request.actor),
    )
    return render(request, "stations/count.html", {"page": page})


@staff_page("staff.floor", "POST")
def scans(request: StaffRequest, list_id: int) -> JsonResponse:
    """Take scans; the protocol stands at the top of station.js."""
    found = count_of(request, list_id)
    refuse_suspended(found.merchant)
    taken = presses_of(read_body(request).objects("scans", most=MOST_SCANS))
    state = count_by_scan(
        merchant_id=found.merchant_id,
        list_id=found.pk,
        scans=taken,
        actor=request.actor,
        now=timezone.now(),
    )
    shown = _station_state(found, state, request.actor)
    return answered(taken, state.answers, shown, count=found.pk, status=state.count_list.status)


def _station_state(found: CountList, state: CountState, actor: str) -> StationState:
    in_hand = state.in_hand
    left = [task for task in state.tasks if task.status in TO_COUNT]
    mine = [task for task in left if not (task.attempt == 1 and actor in task.counters)]
    title = f"{found.number} · {found.merchant.name}"
    return StationState(
        order=f"{in_hand.location.code} · {title}" if in_hand else title,
        lines=tuple(map(_line, state.lines)) if in_hand else tuple(map(_bin, mine[:50])),
        complete=not left,
        next_action=_next_words(in_hand, left, mine),
        links=() if left else (_back(found),),
        notes=tuple(_notes(state)),
        presses=_presses(state) if in_hand else (),
    )


def _back(found: CountList) -> StationDocument:
    url = reverse("station_count_list", args=[found.pk])
    return StationDocument(label=_("See the result"), url=url)


def _line(row: CountLine) -> StationLine:
    parts = [row.product.title]
    if row.lot:
        parts.append(_("Lot {lot}").format(lot=row.lot))
    return StationLine(
        sku=row.product.sku,
        title=" · ".join(parts),
        expected=None,
        scanned=row.counted,
        location="" if row.condition == Condition.GOOD else str(row.get_condition_display()),
    )


def _bin(task: CountTask) -> StationLine:
    """A bin that is left to count."""
    return StationLine(
        sku=task.location.code,
        title="" if task.status == CountTask.Status.OPEN else str(task.get_status_display()),
        expected=1,
        scanned=0,
    )


def _next_words(in_hand: CountTask | None, left: list[CountTask], mine: list[CountTask]) -> str:
    if in_hand is not None:
        text = _("Scan everything in {place}, or type how many. Scan its code again when done.")
        return text.format(place=in_hand.location.code)
    if mine:
        return _("Go to {place} and scan its code.").format(place=mine[0].location.code)
    if left:
        return _("The bins that are left are for somebody else: you counted them the first time.")
    return _("All bins are counted.")


def _notes(state: CountState) -> list[str]:
    notes = []
    if state.in_hand is not None and state.desk.get("condition") == Condition.DAMAGED:
        notes.append(_("What you scan now counts as damaged."))
    if state.in_hand is not None and state.desk.get("lot"):
        notes.append(_("Lot {lot}").format(lot=state.desk["lot"]))
    return notes


def _presses(state: CountState) -> tuple[StationPress, ...]:
    is_damaged = state.desk.get("condition") == Condition.DAMAGED
    return (
        StationPress(raw="WB:C:DONE", label=_("Bin done")),
        StationPress(raw="WB:C:GOOD" if is_damaged else "WB:C:DAMAGED", label=_("Damaged"),
            pressed=is_damaged,
        ),
        StationPress(raw="WB:C:UNDO", label=_("Take the last back")),
        StationPress(raw="WB:C:AGAIN", label=_("Count this bin from the start")),
    )  # fmt: skip
