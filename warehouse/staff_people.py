"""The administrator's people of the floor: who works in which warehouse, and supervises it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.models import Staff
from accounts.staff_pages import staff_page
from core.bodies import BadBody, read_body, wants_json
from warehouse.models import FloorRole, Warehouse
from warehouse.services.people import (
    NOWHERE,
    NotOfTheFloor,
    PersonOfFloor,
    people_of_floor,
    set_floor_role,
)


@staff_page("staff.people", "GET")
def people(request: StaffRequest) -> HttpResponse:
    """List the people of the floor with what they are in each warehouse."""
    found = people_of_floor()
    if wants_json(request):
        return JsonResponse({"people": [_person_json(each) for each in found]})
    houses = Warehouse.objects.filter(is_active=True).order_by("priority", "id")
    context = {"people": found, "houses": houses, "roles": FloorRole.choices}
    return render(request, "staff/people.html", context)


@staff_page("staff.people", "POST")
def set_role(request: StaffRequest, staff_id: int) -> HttpResponseBase:
    """Set what a person is in a warehouse: {warehouse, role}; an empty role takes them out."""
    body = read_body(request)
    role = body.text("role", most=10, required=False)
    if role not in (NOWHERE, *FloorRole.values):
        raise BadBody(
            field="role", fault=_("There is no such role."),
            remedy=_("Send one of: {roles}, or nothing.").format(roles=", ".join(FloorRole.values)),
        )  # fmt: skip
    house = _house(body.text("warehouse", most=20))
    try:
        set_floor_role(
            staff_id=staff_id, warehouse=house, role=role, actor=request.actor, now=timezone.now()
        )
    except (Staff.DoesNotExist, NotOfTheFloor) as error:
        raise BadBody(
            field="staff", fault=_("Nobody of the floor has this number."),
            remedy=_("Choose one from the list."), status=404,
        ) from error  # fmt: skip
    if wants_json(request):
        mine = next(each for each in people_of_floor() if each.staff.pk == staff_id)
        return JsonResponse({"person": _person_json(mine)})
    messages.success(request, _("Saved. It counts from their next page on."))
    return redirect("staff_people")


def _house(code: str) -> Warehouse:
    house = Warehouse.objects.filter(code=code, is_active=True).first()
    if house is None:
        raise BadBody(
            field="warehouse", fault=_("There is no such warehouse."),
            remedy=_("Choose one from the list."), status=404,
        )  # fmt: skip
    return house


def _person_json(person: PersonOfFloor) -> dict[str, Any]:
    return {
        "id": person.staff.pk,
        "email": person.staff.user.email,
        "name": person.staff.user.get_full_name(),
        "role": person.staff.role,
        "active": person.staff.is_active,
        "warehouses": {each.warehouse.code: each.role for each in person.places if each.role},
    }
