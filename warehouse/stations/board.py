"""The board: per warehouse what waits for a wave, a label, customs, a carrier, or a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.rules import staff_may
from accounts.staff_pages import not_found, staff_page
from core.bodies import wants_json
from flows.board import board
from flows.floor import supervised_by, warehouses_of
from flows.fulfilment import WAVE_CAP
from flows.inbound_floor import inbounds_due
from flows.new_work import email_wishes, wish_email
from flows.problems import NotFailed, find_job, partner_problems, try_job_again
from flows.wave_board import Proposal, open_put_backs, proposals
from warehouse.models import PutBack
from warehouse.staff import stop_row
from warehouse.stations.common import by_warehouse, to_json, warehouse_ids, warehouse_named

BESIDE = ("inbounds", "problems", "proposed", "put_backs")
SECTIONS = ("waiting", "waves", "labels", "exporting", "ready")


@staff_page("staff.floor", "GET")
def show(request: StaffRequest) -> HttpResponse:
    """Show everything at hand in the person's warehouses."""
    mine = warehouses_of(request.staff)
    picture = board(warehouse_ids=[warehouse.pk for warehouse in mine])
    due = inbounds_due(warehouse_ids=[warehouse.pk for warehouse in mine])
    stops = [stop_row(stop) for stop in partner_problems()]
    wishes = email_wishes(request.staff)
    supervised = {warehouse.pk for warehouse in supervised_by(request.staff)}
    ids = [warehouse.pk for warehouse in mine]
    proposed, put_backs = proposals(warehouse_ids=ids), open_put_backs(warehouse_ids=ids)
    houses: list[dict[str, Any]] = [
        {
            "warehouse": warehouse,
            "gets_email": warehouse.pk in wishes,
            "may_release": warehouse.pk in supervised,
            **{name: by_warehouse(getattr(picture, name), warehouse.pk) for name in SECTIONS},
            "inbounds": by_warehouse(due, warehouse.pk),
            "problems": [each for each in picture.problems if each.warehouse_id == warehouse.pk],
            "proposed": [each for each in proposed if each.warehouse_id == warehouse.pk],
            "put_backs": [row for row in put_backs if row.location.warehouse_id == warehouse.pk],
        }
        for warehouse in mine
    ]
    if wants_json(request):
        listed = [_house_json(house) for house in houses]
        partners = [{name: to_json(value) for name, value in stop.items()} for stop in stops]
        return JsonResponse({"warehouses": listed, "partners": partners, "failed": picture.failed})
    for house in houses:
        house["is_empty"] = not any(house[name] for name in (*SECTIONS, *BESIDE))
    context = {
        "houses": houses, "cap": WAVE_CAP, "staff": request.staff, "now": timezone.now(),
        "stops": stops, "failed": picture.failed,
        "may_mend": staff_may(request.staff.role, "staff.problems"),
    }  # fmt: skip
    return render(request, "stations/board.html", context)


@staff_page("staff.floor", "POST")
def retry(request: StaffRequest, job_id: int) -> HttpResponseBase:
    """Try a failed piece of work once more, on a person's word."""
    job = find_job(job_id)
    problems = board(warehouse_ids=warehouse_ids(request)).problems
    if job is None or job.pk not in {problem.job_id for problem in problems}:
        raise not_found("problem", _("Problem {number}").format(number=job_id))
    try:
        try_job_again(job=job, actor=request.actor, now=timezone.now())
    except NotFailed as error:
        raise not_found("problem", _("Problem {number}").format(number=job_id)) from error
    if wants_json(request):
        return JsonResponse({"job": job.pk, "status": "queued"})
    messages.success(request, _("It is tried again now; look here in a moment."))
    return redirect("station_board")


@staff_page("staff.floor", "POST")
def email(request: StaffRequest) -> HttpResponseBase:
    """Switch the person's e-mails about new work in a warehouse on or off."""
    warehouse = warehouse_named(request, request.POST.get("warehouse", ""))
    wants = request.POST.get("wants") == "yes"
    wish_email(staff=request.staff, warehouse=warehouse, wants=wants, now=timezone.now())
    said = (
        _("You get an e-mail about new work here, at most four an hour.")
        if wants
        else _("You get no more e-mails about new work here.")
    )
    messages.success(request, said)
    return redirect("station_board")


def _house_json(house: Mapping[str, Any]) -> dict[str, Any]:
    """Return one warehouse as programs read it; the rows name the merchant by its code."""
    sections = {name: [_row_json(row) for row in house[name]] for name in SECTIONS}
    problems = [
        {name: to_json(value) for name, value in asdict(problem).items()}
        for problem in house["problems"]
    ]
    return {
        "warehouse": house["warehouse"].code,
        **sections,
        "problems": problems,
        "proposed": [_proposal_json(each) for each in house["proposed"]],
        "put_backs": [_put_back_json(each) for each in house["put_backs"]],
        "inbounds": [_inbound_json(row) for row in house["inbounds"]],
    }


def _inbound_json(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("id", "number", "reference", "status")
    return {"merchant": row["owner"], **{name: row[name] for name in kept}}


def _proposal_json(proposal: Proposal) -> dict[str, Any]:
    left_out = ("merchant_id", "template_id", "name", "carrier_code", "cut_off_at")
    return {
        "template": proposal.template_id,
        "name": proposal.name,
        "carrier": proposal.carrier_code,
        "cut_off_at": proposal.cut_off_at.isoformat(),
        "waves": [
            _row_json({name: value for name, value in wave.items() if name not in left_out})
            for wave in proposal.waves
        ],
    }


def _put_back_json(row: PutBack) -> dict[str, Any]:
    return {
        "id": row.pk,
        "merchant": row.merchant.code,
        "order": row.order.reference,
        "sku": row.product.sku,
        "quantity": row.quantity,
        "lot": row.lot,
        "location": row.location.code,
        "is_promised": row.staging_id == row.location_id,
        "since": row.created_at.isoformat(),
    }


def _row_json(row: Mapping[str, Any]) -> dict[str, Any]:
    left_out = ("owner", "owner_name", "warehouse_id", "warehouse", "carrier")
    rest = {name: to_json(value) for name, value in row.items() if name not in left_out}
    return {"merchant": row["owner"], **rest}
