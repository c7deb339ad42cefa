"""A short pick with a number that has no button: typed on a page, judged as if it were scanned."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.access import StaffRequest
from accounts.staff_pages import staff_page
from core.bodies import read_body
from flows.picking import NotPickable, PickScan, pick_by_scan, pick_state
from warehouse.models import Wave
from warehouse.rules.picking import OpenTask
from warehouse.stations.common import say_answer, wave_of
from warehouse.stations.pick import not_released

LARGEST_ID = 2**63 - 1
MOST_PIECES = 999_999


@staff_page("staff.floor", "GET", "POST")
def short(request: StaffRequest, wave_id: int) -> HttpResponseBase:
    """Ask how many of a task are there (?task=ID), and take the answer: {task, found}."""
    wave = wave_of(request, wave_id)
    if request.method == "POST":
        return _say(request, wave)
    task = _task(wave, request.GET.get("task", ""))
    context = {"wave": wave, "task": task, "now": timezone.now()}
    return render(request, "stations/pick_short.html", context)


def _task(wave: Wave, named: str) -> OpenTask | None:
    """The open task that was named, else the first open one; None when all is picked."""
    open_tasks = [
        task
        for task in pick_state(merchant_id=wave.merchant_id, wave_id=wave.pk).tasks
        if not task.is_picked
    ]
    return next(
        (task for task in open_tasks if str(task.task_id) == named),
        next(iter(open_tasks), None),
    )


def _say(request: StaffRequest, wave: Wave) -> HttpResponse:
    body = read_body(request)
    task_id = body.whole("task", least=1, most=LARGEST_ID)
    found = body.whole("found", least=0, most=MOST_PIECES)
    scan = PickScan(
        client_id=str(uuid4()), sequence=0, raw=f"WB:C:SHORT:{task_id}:{found}"
    )  # fmt: skip
    try:
        state = pick_by_scan(
            merchant_id=wave.merchant_id, wave_id=wave.pk, scans=[scan], actor=request.actor,
            now=timezone.now(),
        )  # fmt: skip
    except NotPickable as error:
        raise not_released() from error
    (answer,) = state.answers
    tell = messages.success if answer["code"] == "short" else messages.warning
    tell(request, say_answer(answer))
    return redirect("station_wave", wave.pk)
