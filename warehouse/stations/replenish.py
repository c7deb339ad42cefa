"""The replenish station: what goes from reserve to a pick face, along the walk."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import StaffRequest
from accounts.staff_pages import not_found, staff_page
from core.bodies import BadBody, Body, read_body, wants_json
from flows.floor import warehouses_of
from flows.replenishing import (
    ErrandState,
    errands,
    fill_by_scan,
    propose,
    set_pick_face,
)
from orders.models import Product
from warehouse.models import Location, ReplenishTask, Warehouse
from warehouse.rules.presses import Press
from warehouse.screens import StationLine, StationState
from warehouse.services import BadLevel
from warehouse.stations.common import (
    LARGEST,
    MOST_SCANS,
    client_id_of,
    merchant_at_work,
    raw_of,
    result_json,
    say_answer,
    state_json,
    station_page,
    warehouse_named,
)

VERDICTS = {"taken": "accepted", "brought": "accepted", "wrong": "wrong", "unreadable": "error"}


@staff_page("staff.floor", "GET")
def overview(request: StaffRequest) -> HttpResponse:
    """How much is to be filled up in each of the person's warehouses."""
    houses = [
        {"warehouse": house, "tasks": errands(warehouse=house, actor=request.actor).tasks}
        for house in warehouses_of(request.staff)
    ]
    if wants_json(request):
        return JsonResponse(
            {
                "warehouses": [
                    {
                        "code": house["warehouse"].code,  # type: ignore[attr-defined]
                        "tasks": [_task_json(task) for task in house["tasks"]],  # type: ignore[attr-defined]
                    }
                    for house in houses
                ]
            }
        )
    return render(request, "stations/replenish_list.html", {"houses": houses})


@staff_page("staff.floor", "GET")
def show(request: StaffRequest, code: str) -> HttpResponse:
    """Show the station of one warehouse."""
    house = warehouse_named(request, code)
    page = station_page(
        request,
        title=_("Replenish {warehouse}").format(warehouse=house.code),
        key=f"replenish-{house.pk}",
        scan_url=reverse("station_replenish_scans", args=[house.code]),
        state=_station_state(house, errands(warehouse=house, actor=request.actor)),
    )
    return render(request, "stations/replenish.html", {"page": page})


@staff_page("staff.floor", "POST")
def scans(request: StaffRequest, code: str) -> JsonResponse:
    """Take scans of the station's page; the protocol stands at the top of station.js."""
    house = warehouse_named(request, code)
    taken = [_scan(entry) for entry in read_body(request).objects("scans", most=MOST_SCANS)]
    state = fill_by_scan(warehouse=house, scans=taken, actor=request.actor, now=timezone.now())
    return JsonResponse(
        {"results": _results(taken, state), "state": state_json(_station_state(house, state))}
    )


@staff_page("staff.floor", "POST")
def look(request: StaffRequest, code: str) -> HttpResponseBase:
    """Look now at what is below its minimum; the hourly look does the same."""
    house = warehouse_named(request, code)
    made = propose(warehouse=house, now=timezone.now())
    if wants_json(request):
        return JsonResponse({"made": made})
    words = ngettext("{count} new task.", "{count} new tasks.", made).format(count=made)
    messages.success(request, words)
    return redirect("station_replenish")


@staff_page("staff.floor", "POST")
def face(request: StaffRequest, code: str) -> HttpResponseBase:
    """Set a pick face: {merchant, sku, place, minimum, maximum}; no numbers end it."""
    house = warehouse_named(request, code)
    body = read_body(request)
    owner = merchant_at_work(body.text("merchant", most=40))
    sku = body.text("sku", most=80)
    place = body.text("place", most=30, required=False)
    limits = None
    if body.fields.get("minimum") not in (None, ""):
        low = body.whole("minimum", least=1, most=LARGEST)
        limits = (low, body.whole("maximum", least=1, most=LARGEST))
    try:
        set_pick_face(
            merchant_id=owner.pk, warehouse=house, sku=sku, place=place, limits=limits,
            actor=request.actor, now=timezone.now(),
        )  # fmt: skip
    except Product.DoesNotExist as error:
        raise not_found("sku", sku) from error
    except Location.DoesNotExist as error:
        raise not_found("place", place) from error
    except BadLevel as error:
        raise BadBody(
            field="minimum",
            fault=_("The maximum must be above the minimum, and the place a pick face."),
            remedy=_("Name a bin that orders are picked from, and two numbers."),
        ) from error
    if wants_json(request):
        return JsonResponse({"status": "saved"})
    messages.success(request, _("Saved."))
    return redirect("station_replenish")


def _scan(entry: Body) -> Press:
    return Press(
        client_id=client_id_of(entry),
        sequence=entry.whole("seq", least=0, most=LARGEST, default=0),
        raw=raw_of(entry),
    )


def _results(taken: list[Press], state: ErrandState) -> list[dict[str, Any]]:
    current = state.tasks[0] if state.tasks else None
    wanted = []
    if current:
        place = current.to_location if state.is_in_hand else current.from_location
        wanted = [f"{place.code}: {current.quantity} × {current.product.sku}"]
    results = []
    for scan, answer in zip(taken, state.answers, strict=True):
        verdict = VERDICTS.get(answer.get("code", ""), "error")
        said = say_answer(answer) if answer else _("It was used at another station.")
        expected = wanted if verdict == "wrong" else []
        results.append(result_json(scan.client_id, verdict, said, expected))
    if results and current is None and results[-1]["verdict"] == "accepted":
        results[-1]["verdict"] = "done"
    return results


def _station_state(house: Warehouse, state: ErrandState) -> StationState:
    current = state.tasks[0] if state.tasks else None
    if current is None:
        action = _("Every pick face has enough.")
    elif state.is_in_hand:
        action = _("Bring it to {place} and scan the place.").format(place=current.to_location.code)
    else:
        action = ngettext(
            "Take {count} piece, then scan the product.",
            "Take {count} pieces, then scan the product.",
            current.quantity,
        ).format(count=current.quantity)
    return StationState(
        order=f"{house.code} · {house.name}",
        lines=tuple(
            StationLine(
                sku=task.product.sku,
                title=_about(task),
                expected=task.quantity,
                scanned=0,
                location=task.to_location.code
                if state.is_in_hand and task is current
                else task.from_location.code,
            )
            for task in state.tasks
        ),
        complete=current is None,
        next_action=action,
    )


def _about(task: ReplenishTask) -> str:
    """The product's title with what tells its pieces from others, and where they go."""
    said = [task.product.title, f"→ {task.to_location.code}"]
    if task.lot:
        said.append(_("Lot {lot}").format(lot=task.lot))
    if task.expires_on:
        said.append(_("Expires {day}").format(day=task.expires_on.isoformat()))
    return " · ".join(said)


def _task_json(task: ReplenishTask) -> dict[str, Any]:
    return {
        "id": task.pk,
        "merchant": task.merchant.code,
        "sku": task.product.sku,
        "quantity": task.quantity,
        "from": task.from_location.code,
        "to": task.to_location.code,
        "lot": task.lot,
        "expires_on": task.expires_on.isoformat() if task.expires_on else None,
    }
