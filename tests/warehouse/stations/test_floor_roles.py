"""Who supervises which warehouse, who says so, and what only a supervisor may do there."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Staff
from core.models import Merchant
from core.tenancy import merchant
from tests.factories import ACTOR, NOW, a_warehouse
from tests.floor import a_staff_member, allocated_orders, ask, logged_in
from warehouse.models import StaffAssignment, Warehouse, Wave
from warehouse.services.people import NotOfTheFloor, set_floor_role

PLAN = {"merchant": "acme", "warehouse": "szx1"}


@pytest.fixture
def planned(floor: Client, acme: Merchant) -> int:
    allocated_orders(acme, 1)
    wave_id: int = ask(floor, "/stations/waves/", PLAN).json()["wave"]["id"]
    return wave_id


def status_of(owner: Merchant, wave_id: int) -> str:
    with merchant(owner):
        return Wave.objects.get(pk=wave_id).status


def test_a_person_of_the_floor_releases_no_wave_and_sees_who_does(
    floor: Client, acme: Merchant, planned: int
) -> None:
    assert ask(floor, f"/stations/waves/{planned}/release/", {}).status_code == 403
    assert status_of(acme, planned) == "planned"
    for page in ("/stations/", f"/stations/waves/{planned}/"):
        shown = floor.get(page).content.decode()
        assert "A supervisor releases it" in shown
        assert "/release/" not in shown


def test_a_supervisor_of_another_warehouse_is_of_the_floor_here(
    house: Warehouse, acme: Merchant, planned: int
) -> None:
    staff = a_staff_member("supervisor", a_warehouse("hkg1"))
    StaffAssignment.objects.create(staff=staff, warehouse=house, role="floor")
    client = logged_in(staff)
    refused = ask(client, f"/stations/waves/{planned}/release/", {})
    assert refused.status_code == 403
    assert refused.json()["errors"][0]["field"] == "warehouse"
    assert status_of(acme, planned) == "planned"
    set_floor_role(staff_id=staff.pk, warehouse=house, role="supervisor", actor=ACTOR, now=NOW)
    assert ask(client, f"/stations/waves/{planned}/release/", {}).status_code == 200
    assert status_of(acme, planned) == "released"


def test_the_administrator_makes_a_supervisor_and_takes_it_back(house: Warehouse) -> None:
    staff, admin = a_staff_member("floor", house), logged_in(a_staff_member("admin"))
    path = f"/staff/people/{staff.pk}/role/"
    said = ask(admin, path, {"warehouse": "szx1", "role": "supervisor"}).json()["person"]
    assert (said["role"], said["warehouses"]) == ("supervisor", {"szx1": "supervisor"})
    row = StaffAssignment.objects.get(staff=staff)
    assert (row.role_by, row.role_at is None) == ("staff:admin@operator.example", False)
    assert admin.post(path, {"warehouse": "szx1", "role": "floor"}).status_code == 302
    staff.refresh_from_db()
    assert staff.role == "floor"
    page = admin.get("/staff/people/").content.decode()
    assert "floor@operator.example" in page
    said = ask(admin, path, {"warehouse": "szx1", "role": ""}).json()["person"]
    assert (said["role"], said["warehouses"]) == ("floor", {})


def test_what_cannot_be_is_refused_by_its_field(house: Warehouse) -> None:
    staff, admin = a_staff_member("floor", house), logged_in(a_staff_member("admin"))
    path = f"/staff/people/{staff.pk}/role/"
    for address, body, field, status in (
        (path, {"warehouse": "szx1", "role": "king"}, "role", 400),
        (path, {"warehouse": "nowhere", "role": "floor"}, "warehouse", 404),
        ("/staff/people/999999/role/", {"warehouse": "szx1", "role": "floor"}, "staff", 404),
    ):
        refused = ask(admin, address, body)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (status, field)
    assert StaffAssignment.objects.get(staff=staff).role == "floor"


def test_customs_and_support_are_made_no_supervisors(house: Warehouse) -> None:
    staff = a_staff_member("customs")
    with pytest.raises(NotOfTheFloor):
        set_floor_role(staff_id=staff.pk, warehouse=house, role="supervisor", actor=ACTOR, now=NOW)
    assert Staff.objects.get(pk=staff.pk).role == "customs"


def test_a_supervisor_of_two_stays_one_while_one_is_left(house: Warehouse) -> None:
    staff = a_staff_member("supervisor", house, a_warehouse("hkg1"))
    for role, becomes in (("floor", "supervisor"), ("floor", "floor")):
        here = StaffAssignment.objects.filter(staff=staff, role="supervisor").order_by("id")[0]
        set_floor_role(staff_id=staff.pk, warehouse=here.warehouse, role=role, actor=ACTOR, now=NOW)
        assert Staff.objects.get(pk=staff.pk).role == becomes
