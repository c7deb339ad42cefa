"""The put wall: scan a piece, put it into the slot it says; a complete slot's label prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import StaffRequest
from accounts.staff_pages import not_found, staff_page
from core.bodies import Body, read_body, wants_json
from flows.floor import warehouses_of
from flows.put_wall import PutDesk, PutScan, left_to_put, put_by_scan, slots_of, walls_and_waves
from warehouse.models import PutWall, Wave
from warehouse.rules.station_rules import double_press_within
from warehouse.screens import StationDocument, StationLine, StationState
from warehouse.stations.common import (
    LARGEST,
    MOST_SCANS,
    client_id_of,
    pressed_ms_of,
    raw_of,
    refuse_suspended,
    result_json,
    say_answer,
    state_json,
    station_page,
    warehouse_ids,
    wave_of,
)
from warehouse.stations.here import station_here
from warehouse.stations.memory import in_hand, keep_in_hand

IN_HAND = "put_wall_press"
VERDICTS = {
    "put": "accepted", "complete": "done", "emptied": "accepted", "full": "wrong",
    "surplus": "surplus", "wrong": "wrong", "echo": "duplicate",
}  # fmt: skip


@staff_page("staff.floor", "GET")
def walls(request: StaffRequest) -> HttpResponseBase:
    """Choose a wall and the wave that is put together there."""
    ids = [warehouse.pk for warehouse in warehouses_of(request.staff)]
    found, waves = walls_and_waves(ids)
    pairs = [(wall, wave) for wall in found for wave in waves
             if wall.warehouse_id == wave.warehouse_id]  # fmt: skip
    if wants_json(request):
        told = [{"wall": wall.pk, "code": wall.code, "wave": wave.pk, "number": wave.number}
                for wall, wave in pairs]  # fmt: skip
        return JsonResponse({"walls": told})
    return render(
        request, "stations/put_walls.html",
        {"pairs": pairs, "walls": found, "now": timezone.now()},
    )  # fmt: skip


@staff_page("staff.floor", "GET")
def show(request: StaffRequest, wall_id: int, wave_id: int) -> HttpResponseBase:
    """Show a wall with the slots of one wave."""
    wall, wave = _wall_and_wave(request, wall_id, wave_id)
    if station_here(request) is None:
        return redirect(f"{reverse('station_printing')}?for=wall")
    page = station_page(
        request,
        title=_("Wall {wall} · {wave}").format(wall=wall.code, wave=wave.number),
        key=f"wall-{wall.pk}-{wave.pk}",
        scan_url=reverse("station_wall_scans", args=[wall.pk, wave.pk]),
        state=_state(wall, wave),
    )
    return render(request, "stations/put_wall.html", {"page": page})


@staff_page("staff.floor", "POST")
def scans(request: StaffRequest, wall_id: int, wave_id: int) -> HttpResponse:
    """Take scans; the protocol stands at the top of station.js. `big` is the slot."""
    taken = read_body(request).objects("scans", most=MOST_SCANS)
    wall, wave = _wall_and_wave(request, wall_id, wave_id)
    refuse_suspended(wave.merchant)
    here = station_here(request)
    is_here = here is not None and here.warehouse.pk == wall.warehouse_id
    desk = PutDesk(
        merchant_id=wave.merchant_id,
        wave_id=wave.pk,
        wall_id=wall.pk,
        warehouse_id=wall.warehouse_id,
        station=here.name if here is not None and is_here else "",
        printer_id=here.printer_id if here is not None and is_here else None,
        actor=request.actor,
        now=timezone.now(),
    )
    results, job = [], 0
    press = in_hand(request, IN_HAND) or ["", "", None]
    for entry in taken:
        scan = _scan(press, entry, desk)
        press = [scan.client_id, scan.raw, scan.pressed_ms]
        answer = put_by_scan(scan=scan, desk=desk)
        results.append(_result(scan, answer))
        if answer["code"] == "complete" and desk.printer_id is None and answer.get("has_label"):
            job = int(answer["job"])
    response = JsonResponse({"results": results, "state": state_json(_state(wall, wave, job))})
    keep_in_hand(request, response, IN_HAND, press)
    return response


def _wall_and_wave(request: StaffRequest, wall_id: int, wave_id: int) -> tuple[PutWall, Wave]:
    wave = wave_of(request, wave_id)
    wall = PutWall.objects.filter(
        pk=wall_id, warehouse_id__in=warehouse_ids(request), warehouse_id=wave.warehouse_id
    ).first()
    if wall is None:
        raise not_found("wall", _("Put wall {number}").format(number=wall_id))
    return wall, wave


def _scan(before: Sequence[Any], entry: Body, desk: PutDesk) -> PutScan:
    raw, client_id, pressed_ms = raw_of(entry), client_id_of(entry), pressed_ms_of(entry)
    is_echo = (
        before[0] != client_id
        and before[1] == raw
        and before[2] is not None
        and pressed_ms is not None
        and abs(pressed_ms - before[2]) < double_press_within(desk.now.date())
    )
    return PutScan(
        client_id=client_id,
        sequence=entry.whole("seq", least=0, most=LARGEST, default=0),
        raw=raw,
        pressed_ms=pressed_ms,
        is_echo=is_echo,
    )


def _result(scan: PutScan, answer: Mapping[str, Any]) -> dict[str, Any]:
    verdict = VERDICTS.get(answer["code"], "error")
    message = say_answer(answer)
    if answer["code"] == "complete" and not answer.get("has_label"):
        message = f"{message} {_('Label coming; it prints by itself.')}"
    result = result_json(scan.client_id, verdict, message, answer.get("expected", ()))
    return result | ({"big": answer["slot"]} if answer.get("slot") else {})


def _state(wall: PutWall, wave: Wave, job: int = 0) -> StationState:
    slots = slots_of(merchant_id=wave.merchant_id, wall_id=wall.pk, wave_id=wave.pk)
    left = left_to_put(merchant_id=wave.merchant_id, wave_id=wave.pk)
    cancelled = [each.slot for each in slots if each.is_cancelled]
    complete = [each.slot for each in slots if each.put == each.wanted and not each.is_cancelled]
    if cancelled:
        action = _("Cancelled: put the goods of slot {slot} back, then scan the slot.").format(
            slot=cancelled[0]
        )
    elif left:
        action = ngettext(
            "Scan a product of the wave. {count} piece is left.",
            "Scan a product of the wave. {count} pieces are left.",
            left,
        ).format(count=left)
    elif complete:
        action = _("All put. Pack the complete slots.")
    else:
        action = _("Nothing is left to put.")
    notes = (_("Complete, to be packed: {slots}").format(slots=", ".join(complete)),)
    papers = (
        (StationDocument(label=_("Print the label"), url=reverse("station_print_label",
                                                                 args=[job])),)
        if job
        else ()
    )  # fmt: skip
    return StationState(
        order=f"{wave.number} · {wave.merchant.name}",
        lines=tuple(
            StationLine(
                sku=each.parcel, title=_("Cancelled") if each.is_cancelled else "",
                expected=each.wanted, scanned=each.put, location=each.slot,
            )
            for each in slots
        ),
        complete=not left,
        next_action=action,
        documents=papers,
        notes=notes if complete else (),
    )  # fmt: skip
