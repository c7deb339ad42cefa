"""The tree of a warehouse: made and changed by an administrator, in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.floor import ask
from warehouse.models import Location, Warehouse

Staff = Callable[[str], Client]
PATH = "/staff/places/szx1/"


def saved(client: Client, **said: Any) -> int:
    return int(ask(client, f"{PATH}save/", said).status_code)


def test_a_tree_is_made_from_zone_to_bin(staff: Staff, house: Warehouse) -> None:
    admin = staff("admin")
    assert saved(admin, code="COLD", kind="zone") == 200
    assert saved(admin, code="COLD/1", kind="aisle", parent="COLD") == 200
    bin_ = {"code": "C-1", "kind": "bin", "parent": "COLD/1", "use": "reserve"}
    assert saved(admin, **bin_, capacity_units=40, pick_sequence=7) == 200
    found = Location.objects.get(code="C-1")
    assert (found.parent.code if found.parent else "", found.use) == ("COLD/1", "reserve")
    assert (found.capacity_units, found.capacity_weight_g, found.pick_sequence) == (40, None, 7)
    listed = ask(admin, f"{PATH}?q=CO").json()["places"]
    assert [each["code"] for each in listed] == ["COLD", "COLD/1"]
    assert "COLD/1" in admin.get(PATH).content.decode()
    assert saved(admin, code="C-1", kind="bin", use="pick") == 200
    found = Location.objects.get(code="C-1")
    assert (found.use, found.capacity_units) == ("pick", None)
    assert (found.parent.code if found.parent else "", found.pick_sequence) == ("COLD/1", 7)
    assert staff("floor").get(PATH).status_code == 403


@pytest.mark.parametrize(
    "said",
    [
        {"code": "Z", "kind": "zone", "parent": "A-01"},
        {"code": "B", "kind": "bin", "parent": "A-01"},
        {"code": "B", "kind": "bin", "parent": "NOWHERE"},
        {"code": "A-01", "kind": "zone"},
        {"code": "S", "kind": "supplier"},
        {"code": "B", "kind": "bin", "use": "other"},
        {"code": "B", "kind": "bin", "capacity_units": -1},
    ],
)
def test_what_cannot_be_is_refused(staff: Staff, house: Warehouse, said: dict[str, Any]) -> None:
    before = list(Location.objects.order_by("id").values())
    assert saved(staff("admin"), **said) == 400
    assert list(Location.objects.order_by("id").values()) == before
