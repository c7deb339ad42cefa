"""The administrator's equipment: printers with addresses, print agents with keys, put walls."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import not_found, staff_page
from core.bodies import BadBody, Body, read_body, wants_json
from core.spoken import say_all
from warehouse.models import PrintAgent, Printer, PutWall, Warehouse
from warehouse.services.equipment import (
    NameTaken,
    NotAPrintersPort,
    NotInTheBuilding,
    make_wall,
    save_printer,
)
from warehouse.services.print_agents import create_agent, revoke_agent

LARGEST_ID = 2**63 - 1
MOST_SLOTS = 200
PATH = re.compile(r"/[A-Za-z0-9._~/-]*")


@staff_page("staff.equipment", "GET")
def show(request: StaffRequest) -> HttpResponse:
    """List printers, agents and walls of every building, with the forms that add to them."""
    return _page(request)


def _page(request: StaffRequest, secret: str = "") -> HttpResponse:
    printers = list(Printer.objects.select_related("warehouse").order_by("warehouse_id", "name"))
    agents = list(PrintAgent.objects.select_related("warehouse").order_by("-id")[:100])
    walls = list(PutWall.objects.select_related("warehouse").prefetch_related("slots"))
    if wants_json(request):
        told: dict[str, Any] = {
            "printers": [_printer_json(each) for each in printers],
            "agents": [{"id": each.pk, "name": each.name} for each in agents],
        }
        return JsonResponse(told | ({"key": secret} if secret else {}))
    context = {
        "warehouses": list(Warehouse.objects.filter(is_active=True).order_by("priority", "id")),
        "printers": [(each, say_all(each.fault_said or [])) for each in printers],
        "agents": agents, "walls": walls, "secret": secret, "now": timezone.now(),
        "server": f"{request.scheme}://{request.get_host()}",
        "kinds": Printer.Kind.choices, "languages": Printer.Language.choices,
    }  # fmt: skip
    return render(request, "staff/equipment.html", context)


@staff_page("staff.equipment", "POST")
def printer(request: StaffRequest) -> HttpResponseBase:
    """Add a printer, or change the one of `id`; its address must be inside the building."""
    body = read_body(request)
    printer_id = body.whole("id", least=0, most=LARGEST_ID, default=0) or None
    try:
        saved = save_printer(
            printer_id=printer_id,
            warehouse=_warehouse(body),
            name=body.text("name", most=60),
            kind=_one_of(body, "kind", Printer.Kind.values),
            accepts=_one_of(body, "accepts", Printer.Language.values),
            dpi=body.whole("dpi", least=100, most=1200, default=203),
            media=body.text("media", most=20, required=False) or "100x150",
            address=body.text("address", most=45),
            port=body.whole("port", least=1, most=65535, default=9100),
            path=_path(body),
            is_active=body.text("state", most=10, required=False) != "off",
        )
    except NotInTheBuilding as error:
        raise BadBody(
            field="address",
            fault=_("It is no fixed address inside a building."),
            remedy=_("Enter the printer's own IP address, for example 192.168.1.50; names, public"
                     " and link-local addresses are not taken."),
        ) from error  # fmt: skip
    except NotAPrintersPort as error:
        raise BadBody(
            field="port", fault=_("No printer listens on this port."),
            remedy=_("Enter 9100 to 9109 or 6101 for raw data, 631 for IPP."),
        ) from error  # fmt: skip
    except NameTaken as error:
        raise _taken() from error
    except Printer.DoesNotExist as error:
        raise not_found("id", _("Printer {number}").format(number=printer_id)) from error
    return _saved(request, saved.name)


@staff_page("staff.equipment", "POST")
def agent(request: StaffRequest) -> HttpResponseBase:
    """Make a print agent: {warehouse, name}. Its key is in this answer and nowhere else, ever."""
    body = read_body(request)
    made = create_agent(
        warehouse=_warehouse(body),
        name=body.text("name", most=60),
        actor=request.actor,
        now=timezone.now(),
    )
    return _page(request, made.secret)


@staff_page("staff.equipment", "POST")
def agent_revoke(request: StaffRequest, agent_id: int) -> HttpResponseBase:
    """End an agent's key at once."""
    if not revoke_agent(agent_id=agent_id, now=timezone.now()):
        raise not_found("agent", _("Print agent {number}").format(number=agent_id))
    return _saved(request, str(agent_id))


@staff_page("staff.equipment", "POST")
def wall(request: StaffRequest) -> HttpResponseBase:
    """Set up a put wall: {warehouse, code, slots}, the slots numbered from one."""
    body = read_body(request)
    code = body.text("code", most=10).upper()
    count = body.whole("slots", least=1, most=MOST_SLOTS)
    try:
        made = make_wall(
            warehouse=_warehouse(body),
            code=code,
            slots=[f"{code}-{number:02d}" for number in range(1, count + 1)],
        )
    except NameTaken as error:
        raise _taken() from error
    return _saved(request, made.code)


def _warehouse(body: Body) -> Warehouse:
    code = body.text("warehouse", most=20)
    found = Warehouse.objects.filter(code=code, is_active=True).first()
    if found is None:
        raise not_found("warehouse", code)
    return found


def _path(body: Body) -> str:
    path = body.text("path", most=100, required=False)
    if path and not PATH.fullmatch(path):
        raise BadBody(
            field="path", fault=_("It is no path of a printer's queue."),
            remedy=_("Enter it as the printer shows it, for example /ipp/print."),
        )  # fmt: skip
    return path


def _one_of(body: Body, field: str, known: list[str]) -> str:
    value = body.text(field, most=20)
    if value not in known:
        raise BadBody(field=field, fault=_("It is not known."), remedy=", ".join(known))
    return value


def _taken() -> BadBody:
    return BadBody(
        field="name", fault=_("The warehouse has one of this name."),
        remedy=_("Choose another name."), status=409,
    )  # fmt: skip


def _saved(request: StaffRequest, name: str) -> HttpResponseBase:
    if wants_json(request):
        return JsonResponse({"saved": name})
    messages.success(request, _("Saved."))
    return redirect("staff_equipment")


def _printer_json(each: Printer) -> dict[str, Any]:
    return {
        "id": each.pk, "name": each.name, "warehouse": each.warehouse.code, "kind": each.kind,
        "accepts": each.accepts, "address": each.address, "port": each.port,
        "fault": say_all(each.fault_said or []),
    }  # fmt: skip
