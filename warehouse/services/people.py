"""Who works in which warehouse, and as what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import Staff
from accounts.services import settle_supervisor
from warehouse.models import FloorRole, StaffAssignment, Warehouse

FLOOR_ROLES = (Staff.Role.FLOOR, Staff.Role.SUPERVISOR)
NOWHERE = ""


class NotOfTheFloor(Exception):
    """The person's role is not one of a warehouse: customs and support see all, others none."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a person is in one warehouse; `role` is "" where they do not work."""

    warehouse: Warehouse
    role: str


@dataclass(frozen=True, slots=True)
class PersonOfFloor:
    """A person and their warehouses, all of the operator's in one order."""

    staff: Staff
    places: tuple[Place, ...]


def people_of_floor() -> list[PersonOfFloor]:
    """Return everybody of the floor, active people first, by e-mail."""
    houses = list(Warehouse.objects.filter(is_active=True).order_by("priority", "id"))
    people = (
        Staff.objects.filter(role__in=FLOOR_ROLES)
        .select_related("user")
        .order_by("-is_active", "user__email")
    )
    rows = StaffAssignment.objects.filter(staff__role__in=FLOOR_ROLES)
    roles = {
        (staff_id, house_id): role
        for staff_id, house_id, role in rows.values_list("staff_id", "warehouse_id", "role")
    }
    return [PersonOfFloor(staff, tuple(_places(staff, houses, roles))) for staff in people]


def _places(
    staff: Staff, houses: Iterable[Warehouse], roles: dict[tuple[int, int], str]
) -> Iterable[Place]:
    return (Place(house, roles.get((staff.pk, house.pk), NOWHERE)) for house in houses)


def set_floor_role(
    *, staff_id: int, warehouse: Warehouse, role: str, actor: str, now: datetime
) -> None:
    """Let a person work in a warehouse as `role`, or not any more with ""; again changes nothing.

    Their own role becomes that of a supervisor while they supervise any warehouse. Raises
    `Staff.DoesNotExist` and `NotOfTheFloor`.
    """
    if role not in (NOWHERE, *FloorRole.values):
        raise ValueError(f"role: {role} is none of a warehouse")
    with transaction.atomic():
        staff = Staff.objects.select_for_update().get(pk=staff_id)
        if staff.role not in FLOOR_ROLES:
            raise NotOfTheFloor(staff.role)
        here = StaffAssignment.objects.filter(staff=staff, warehouse=warehouse)
        if role == NOWHERE:
            here.delete()
        elif not here.filter(role=role).exists():
            StaffAssignment.objects.update_or_create(
                staff=staff,
                warehouse=warehouse,
                defaults={"role": role, "role_by": actor, "role_at": now},
            )
        supervises = StaffAssignment.objects.filter(
            staff=staff, role=FloorRole.SUPERVISOR, warehouse__is_active=True
        ).exists()
        settle_supervisor(staff_id=staff.pk, supervises=supervises)
