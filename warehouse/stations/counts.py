"""Count lists: asked for by class, zone, bin or short picks; their differences decided."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import not_found, staff_page
from core.bodies import BadBody, read_body, wants_json
from flows.count_floor import find_count, open_counts, owners_in
from flows.counting import (
    CountMoved,
    CountPicture,
    StillPromised,
    approve,
    ask_for_count,
    count_again,
    count_picture,
)
from flows.floor import warehouses_of
from warehouse.models import CountList, CountTask
from warehouse.services.counts import NothingToCount, NotYours
from warehouse.stations.common import (
    by_warehouse,
    merchant_at_work,
    to_json,
    warehouse_ids,
    warehouse_named,
)


@staff_page("staff.floor", "GET")
def counts(request: StaffRequest) -> HttpResponseBase:
    """Show the open lists of the person's warehouses and how to ask for one."""
    mine = warehouses_of(request.staff)
    ids = [house.pk for house in mine]
    rows, owners = open_counts(warehouse_ids=ids), owners_in(warehouse_ids=ids)
    if wants_json(request):
        codes = {house.pk: house.code for house in mine}
        return JsonResponse({"counts": [_row_json(row, codes) for row in rows]})
    labels = dict(CountList.Basis.choices)
    houses = [
        {
            "warehouse": house,
            "rows": [
                {**row, "words": labels[row["basis"]]} for row in by_warehouse(rows, house.pk)
            ],
            "owners": by_warehouse(owners, house.pk),
        }
        for house in mine
    ]
    return render(request, "stations/counts.html", {"houses": houses, "now": timezone.now()})


def _row_json(row: Any, codes: dict[int, str]) -> dict[str, Any]:
    left_out = ("owner", "owner_name", "owner_active", "warehouse_id")
    rest = {name: to_json(value) for name, value in row.items() if name not in left_out}
    return {"merchant": row["owner"], "warehouse": codes[row["warehouse_id"]], **rest}


@staff_page("staff.floor", "POST")
def make(request: StaffRequest) -> HttpResponseBase:
    """Ask for a count: {merchant, warehouse, basis: abc|zone|bin|short_pick, chosen}."""
    body = read_body(request)
    owner = merchant_at_work(body.text("merchant", most=40))
    warehouse = warehouse_named(request, body.text("warehouse", most=20))
    basis = body.text("basis", most=10)
    if basis not in CountList.Basis.values:
        raise BadBody(
            field="basis", fault=_("There is no such way to choose bins."),
            remedy=_("Send abc, zone, bin or short_pick."),
        )  # fmt: skip
    chosen = body.text("chosen", most=60, required=basis != CountList.Basis.SHORT_PICK)
    chosen = chosen.upper() if basis == CountList.Basis.ABC else chosen
    if basis == CountList.Basis.SHORT_PICK:
        chosen = ""  # the form's field stands there all the same
    try:
        made = ask_for_count(
            merchant_id=owner.pk, warehouse=warehouse, basis=basis, chosen=chosen,
            actor=request.actor, now=timezone.now(),
        )  # fmt: skip
    except ValueError as error:
        raise BadBody(
            field="chosen", fault=_("There is no such class."), remedy=_("Send A, B or C.")
        ) from error
    except NothingToCount as error:
        raise BadBody(
            field="chosen", fault=_("No bin fits that is not on an open list already."),
            remedy=_("Choose another class, zone or bin."), status=409,
        ) from error  # fmt: skip
    if wants_json(request):
        return JsonResponse({"id": made.pk, "number": made.number}, status=201)
    return redirect("station_count_list", made.pk)


@staff_page("staff.floor", "GET")
def one(request: StaffRequest, list_id: int) -> HttpResponseBase:
    """Show one list: its bins, the differences to decide, and how true the ledger was."""
    found = count_of(request, list_id)
    picture = count_picture(merchant_id=found.merchant_id, list_id=found.pk)
    rows = [_task_row(task, picture, request.actor) for task in picture.tasks]
    if wants_json(request):
        return JsonResponse({"count": _picture_json(picture)})
    context = {
        "found": found, "picture": picture, "rows": rows, "now": timezone.now(),
        "left": sum(task.status in ("open", "counting", "second") for task in picture.tasks),
        "words": found.get_basis_display(),
    }  # fmt: skip
    return render(request, "stations/count_list.html", context)


def count_of(request: StaffRequest, list_id: int) -> CountList:
    """Return a list in the person's warehouses; raise `BadBody`."""
    found = find_count(list_id, warehouse_ids=warehouse_ids(request))
    if found is None:
        raise not_found("count", _("Count {number}").format(number=list_id))
    return found


def _task_row(task: CountTask, picture: CountPicture, actor: str) -> dict[str, Any]:
    return {
        "task": task,
        "status": task.get_status_display(),
        "differences": [
            {
                "sku": picture.products[row.goods[0]].sku,
                "lot": row.goods[1],
                "expires_on": row.goods[2],
                "expected": row.expected,
                "counted": row.counted,
                "pieces": row.pieces,
            }
            for row in picture.differing.get(task.pk, ())
        ],
        "may_decide": task.status == CountTask.Status.DECIDE
        and not (task.counters and task.counters[-1] == actor),
    }


def _picture_json(picture: CountPicture) -> dict[str, Any]:
    found = picture.count_list
    return {
        "id": found.pk,
        "number": found.number,
        "status": found.status,
        "accuracy": {
            "bins_percent": picture.accuracy.bins_percent,
            "pieces_percent": picture.accuracy.pieces_percent,
        },
        "bins": [
            {"id": task.pk, "bin": task.location.code, "status": task.status,
             "attempt": task.attempt, "recounts": task.recounts}
            for task in picture.tasks
        ],
    }  # fmt: skip


@staff_page("staff.floor", "POST")
def decide(request: StaffRequest, list_id: int, task_id: int) -> HttpResponseBase:
    """Decide on a difference: {decision: approve|again}."""
    found = count_of(request, list_id)
    decision = read_body(request).text("decision", most=10)
    if decision not in ("approve", "again"):
        raise BadBody(
            field="decision", fault=_("There is no such decision."),
            remedy=_("Send approve or again."),
        )  # fmt: skip
    try:
        if decision == "again":
            count_again(merchant_id=found.merchant_id, list_id=found.pk, task_id=task_id)
        else:
            approve(
                merchant_id=found.merchant_id, list_id=found.pk, task_id=task_id,
                actor=request.actor, now=timezone.now(),
            )  # fmt: skip
    except CountTask.DoesNotExist as error:
        raise not_found("bin", _("Bin {number}").format(number=task_id)) from error
    except NotYours as error:
        raise BadBody(
            field="decision", fault=_("Who counted it last does not decide, or it is decided."),
            remedy=_("Ask somebody else."), status=409,
        ) from error  # fmt: skip
    except CountMoved as error:
        raise BadBody(
            field="decision", fault=_("Goods moved in the bin since it was counted."),
            remedy=_("It is open again: have it counted once more."), status=409,
        ) from error  # fmt: skip
    except StillPromised as error:
        raise BadBody(
            field="decision",
            fault=_("Pieces that are not there are promised to {orders}, which are being picked.")
            .format(orders=", ".join(error.orders)),
            remedy=_("Note their picks as short first; then approve again."), status=409,
        ) from error  # fmt: skip
    if wants_json(request):
        picture = count_picture(merchant_id=found.merchant_id, list_id=found.pk)
        return JsonResponse({"count": _picture_json(picture)})
    again = _("The bin is open again.")
    messages.success(request, again if decision == "again" else _("Written into the ledger."))
    return redirect("station_count_list", found.pk)
