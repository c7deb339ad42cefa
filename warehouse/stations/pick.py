"""The pick station: tasks in path order; a location, SKU or GTIN confirms one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import StaffRequest
from accounts.staff_pages import staff_page
from core.bodies import BadBody, Body, read_body
from flows.picking import NotPickable, PickScan, PickState, pick_all, pick_by_scan, pick_state
from warehouse.models import Wave
from warehouse.rules.picking import OpenTask, next_task
from warehouse.screens import StationDocument, StationLine, StationPress, StationState
from warehouse.stations.common import (
    LARGEST,
    MOST_SCANS,
    client_id_of,
    pressed_ms_of,
    raw_of,
    result_json,
    say_answer,
    state_json,
    station_page,
    wave_of,
)
from warehouse.stations.waves import after_picking, document_url, walk_words

MOST_PICKS = 2000
MOST_PRESSES = 5
"""Buttons for what may be found of a short task; more are typed on a page of their own."""
VERDICTS = {
    "accepted": "accepted", "wrong": "wrong", "picked_before": "duplicate", "unreadable": "error",
    "short": "noted", "not_now": "waiting", "other_lot": "wrong",
}  # fmt: skip


@staff_page("staff.floor", "GET")
def show(request: StaffRequest, wave_id: int) -> HttpResponse:
    """Show the pick station of one wave."""
    wave = wave_of(request, wave_id)
    state = pick_state(merchant_id=wave.merchant_id, wave_id=wave.pk)
    page = station_page(
        request,
        title=_("Pick {number}").format(number=wave.number),
        key=f"pick-{wave.pk}",
        scan_url=reverse("station_pick_scans", args=[wave.pk]),
        state=_station_state(wave, state),
    )
    return render(request, "stations/pick.html", {"page": page})


@staff_page("staff.floor", "POST")
def scans(request: StaffRequest, wave_id: int) -> JsonResponse:
    """Take scans of the pick station's page; the protocol stands at the top of station.js."""
    wave = wave_of(request, wave_id)
    taken = [_scan(entry) for entry in read_body(request).objects("scans", most=MOST_SCANS)]
    state = _pick(request, wave, taken)
    return JsonResponse(
        {
            "results": _results(taken, state),
            "state": state_json(
                _station_state(wave, state), wave=wave.pk, status=state.wave.status
            ),
        }
    )


@staff_page("staff.floor", "POST")
def picks(request: StaffRequest) -> JsonResponse:
    """Confirm picks as a program does: {wave, picks: [{client_id, task_id | raw}]} or {wave, all}.

    Again changes nothing and answers the same.
    """
    body = read_body(request)
    wave = wave_of(request, body.whole("wave", least=1, most=2**63 - 1))
    if body.fields.get("all") in (True, "true", "1", "on"):
        now = timezone.now()
        try:
            state = pick_all(
                merchant_id=wave.merchant_id, wave_id=wave.pk, actor=request.actor, now=now
            )
        except NotPickable as error:
            raise not_released() from error
        taken: list[PickScan] = []
    else:
        entries = body.objects("picks", most=MOST_PICKS)
        if not entries:
            raise BadBody(
                field="picks", fault=_("It is missing."), remedy=_("Send picks, or all: true.")
            )
        taken = [_pick_entry(entry, index) for index, entry in enumerate(entries)]
        state = _pick(request, wave, taken)
    return JsonResponse(
        {
            "wave": wave.pk,
            "status": state.wave.status,
            "confirmed": state.confirmed,
            "left": sum(not task.is_picked for task in state.tasks),
            "results": _results(taken, state),
        }
    )


def _pick(request: StaffRequest, wave: Wave, taken: Sequence[PickScan]) -> PickState:
    try:
        return pick_by_scan(
            merchant_id=wave.merchant_id,
            wave_id=wave.pk,
            scans=taken,
            actor=request.actor,
            now=timezone.now(),
        )
    except NotPickable as error:
        raise not_released() from error
    except IntegrityError as error:
        raise BadBody(
            field="client_id", fault=_("It was used for another scan at the same moment."),
            remedy=_("Send the request again."), status=409,
        ) from error  # fmt: skip


def not_released() -> BadBody:
    """What to raise for a wave that is planned only."""
    return BadBody(
        field="wave", fault=_("It is not released yet."), remedy=_("Release the wave first."),
        status=409,
    )  # fmt: skip


def _scan(entry: Body) -> PickScan:
    return PickScan(
        client_id=client_id_of(entry),
        sequence=entry.whole("seq", least=0, most=LARGEST, default=0),
        raw=raw_of(entry),
        pressed_ms=pressed_ms_of(entry),
    )


def _pick_entry(entry: Body, index: int) -> PickScan:
    if entry.has("task_id"):
        task_id = entry.whole("task_id", least=1, most=2**63 - 1)
        return PickScan(client_id=client_id_of(entry), sequence=index, task_id=task_id)
    raw = raw_of(entry)
    return PickScan(client_id=client_id_of(entry), sequence=index, raw=raw)


def _results(taken: Sequence[PickScan], state: PickState) -> list[dict[str, Any]]:
    current = next_task(state.tasks)
    wanted = [f"{current.location}: {current.quantity} × {current.sku}"] if current else []
    results = []
    for scan, answer in zip(taken, state.answers, strict=True):
        verdict = VERDICTS.get(answer["code"], "error")
        expected = wanted if verdict == "wrong" else []
        results.append(
            result_json(scan.client_id, verdict, say_answer(answer), expected)
            | {"task_id": answer.get("task_id", 0)}
        )
    if results and current is None and results[-1]["verdict"] == "accepted":
        results[-1]["verdict"] = "done"
    return results


def _station_state(wave: Wave, state: PickState) -> StationState:
    current = next_task(state.tasks)
    if state.wave.status == Wave.Status.PLANNED:
        action = _("This wave is not released yet: release it on its page.")
    elif current is None:
        action = _("All picked. Bring the goods to packing.")
    else:
        action = ngettext(
            "Take {count} piece, then scan the product or the location.",
            "Take {count} pieces, then scan the product or the location.",
            current.quantity,
        ).format(count=current.quantity)
    url = document_url(state.wave.pick_list_id)
    papers = (StationDocument(label=_("Print the pick list"), url=url),) if url else ()
    return StationState(
        order=f"{wave.number} · {wave.merchant.name}",
        lines=tuple(
            StationLine(
                sku=task.sku,
                title=_title(task),
                expected=task.quantity,
                scanned=task.quantity if task.is_picked else 0,
                location=task.location,
            )
            for task in state.tasks
        ),
        complete=current is None,
        next_action=action,
        documents=papers,
        presses=_presses(state.wave, current),
        links=_links(state.wave, current),
        notes=tuple(filter(None, [walk_words(wave.path_mm, wave.serpentine_mm)])),
    )


def _title(task: OpenTask) -> str:
    """What the goods are called, with the lot and expiry to take."""
    lot = _("Lot {lot}").format(lot=task.lot) if task.lot else ""
    until = ""
    if task.expires_on is not None:
        until = _("expires {date}").format(date=task.expires_on.isoformat())
    return " · ".join(filter(None, (task.title, lot, until)))


def _presses(wave: Wave, current: OpenTask | None) -> tuple[StationPress, ...]:
    """What a picker presses who finds less than wanted, one for each number that may be there."""
    if current is None or wave.status == Wave.Status.PLANNED:
        return ()
    return tuple(
        StationPress(
            label=_("Short: {found} of {wanted} there").format(
                found=found, wanted=current.quantity
            ),
            raw=f"WB:C:SHORT:{current.task_id}:{found}",
        )
        for found in range(min(current.quantity, MOST_PRESSES))
    )


def _links(wave: Wave, current: OpenTask | None) -> tuple[StationDocument, ...]:
    """Where to go from here: to packing at the end, to another number where one may be found."""
    if wave.status == Wave.Status.PLANNED:
        return ()
    if current is None:
        return tuple(
            StationDocument(label=label, url=url) for label, url in after_picking(wave.kind)
        )
    if current.quantity <= MOST_PRESSES:
        return ()
    url = f"{reverse('station_pick_short', args=[wave.pk])}?task={current.task_id}"
    return (StationDocument(label=_("Short: another number"), url=url),)
