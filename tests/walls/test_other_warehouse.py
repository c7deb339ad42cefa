"""Staff of one warehouse find, see and change nothing of another.

Every page and station of the floor is called by people of a second building with the things of the
first: its ids in the address, its ids and references in the body.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from core.tenancy import across_merchants
from orders.models import Product
from tests.factories import a_warehouse
from tests.floor import PDF, a_staff_member, logged_in
from tests.walls.routes import ADMIN, ROUTES
from tests.walls.test_every_route import WATCH, address, call
from tests.walls.world import World, build
from warehouse.models import Location, Parcel, PickTask, Wave

pytestmark = pytest.mark.django_db

FLOOR = ("staff.floor", "staff.supervise", "staff.stock")
HERE = sorted(name for name in ADMIN if ROUTES[name].read in FLOOR)
NAMED = [name for name in HERE if ROUTES[name].sample]
UNNAMED = [name for name in HERE if not ROUTES[name].sample]
POSTED = [name for name in UNNAMED if "POST" in ROUTES[name].methods]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once: no test of this file may change it."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr("core.jobs.wake_workers", lambda *_: None)
        with transaction.atomic():
            yield build()
            transaction.set_rollback(True)


@pytest.fixture(scope="module")
def strangers(world: World) -> dict[str, Client]:
    """People of another building, by role."""
    other = a_warehouse("hkg1")
    return {
        role: logged_in(a_staff_member(role, other, email=f"{role}@hkg.example"))
        for role in ("floor", "supervisor")
    }


@pytest.fixture
def as_built(world: World, strangers: dict[str, Client]) -> Iterator[None]:
    before = WATCH.digests()
    yield
    now = WATCH.digests()
    assert [name for name in before if before[name] != now[name]] == []


@pytest.fixture(scope="module")
def of_the_house(world: World) -> dict[str, Any]:
    """Ids and references of the first building, by the names that bodies and addresses use."""
    with across_merchants("The walls' test names one building's things to people of another."):
        parcel = Parcel.objects.filter(warehouse_id=world.house).order_by("id")[0]
        task = PickTask.objects.order_by("id")[0]
        wave = Wave.objects.get(pk=world.wave)
        product = Product.objects.get(sku="MUG-BLUE")
        place = Location.objects.get(warehouse_id=world.house, code="A-01")
    return {
        "parcel": parcel.reference, "task": task.pk, "wave": wave.pk, "product": product.pk,
        "location": place.pk, "warehouse": "szx1", "merchant": "acme", "code": "A-01",
        "station": "T1", "template": world.template, "change": "A-01",
    }  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_nothing_of_another_warehouse_is_found_by_its_number(
    world: World, strangers: dict[str, Client], of_the_house: dict[str, Any], as_built: None,
    name: str,
) -> None:  # fmt: skip
    rule, path = ROUTES[name], address(name, world)
    for role, client in strangers.items():
        for method in rule.methods.split():
            answer = call(client, method, path, rule)
            assert answer.status_code in (403, 404), (role, method, path, answer.status_code)
            if rule.read == "staff.floor" or role == "supervisor":
                assert answer.status_code == 404, (role, method, path, answer.status_code)
            shown = answer.content.decode()
            assert [mark for mark in world.marks if mark in shown and mark not in path] == []


@pytest.mark.parametrize("name", UNNAMED)
def test_pages_show_nothing_of_another_warehouse(
    world: World, strangers: dict[str, Client], of_the_house: dict[str, Any], name: str
) -> None:
    if "GET" not in ROUTES[name].methods:
        return
    asked = of_the_house
    for role, client in strangers.items():
        for query in ({}, asked):
            answer = client.get(address(name, world), query)
            shown = answer.content.decode()
            given = {str(value) for value in query.values()}
            seen = [mark for mark in (*world.marks, of_the_house["parcel"]) if mark in shown]
            told = [mark for mark in seen if not any(mark in each for each in given)]
            assert told == [], (role, name, query)


@pytest.mark.parametrize("name", POSTED)
def test_nothing_of_another_warehouse_is_changed_by_its_name(
    world: World, strangers: dict[str, Client], of_the_house: dict[str, Any], name: str
) -> None:
    rule = ROUTES[name]
    body = {**rule.body, **{key: of_the_house[key] for key in rule.body if key in of_the_house}}
    if "scans" in body:
        return  # below
    before = WATCH.digests()
    for role, client in strangers.items():
        if rule.file:
            file = SimpleUploadedFile("a.pdf", PDF)
            answer = client.post(address(name, world), {**body, rule.file: file})
        else:
            answer = client.post(
                address(name, world), json.dumps(body), content_type="application/json",
            )  # fmt: skip
        # A form with faults answers 400, and what is settled of no proposal is none: no row below
        # is another then.
        also = {"station_template_new": 400, "station_proposals": 200}.get(name)
        assert answer.status_code in (403, 404, also), (role, name, answer.status_code)
    now = WATCH.digests()
    assert [each for each in before if before[each] != now[each]] == []


@pytest.mark.parametrize("name", [each for each in POSTED if "scans" in ROUTES[each].body])
def test_a_scan_of_another_warehouses_parcel_finds_nothing(
    world: World, strangers: dict[str, Client], of_the_house: dict[str, Any], name: str
) -> None:
    raws = (of_the_house["parcel"], world.tracking_number, world.order, "MUG-BLUE")
    scans = [
        {"client_id": f"other-{name}-{n}", "seq": n, "raw": raw} for n, raw in enumerate(raws, 1)
    ]
    client = strangers["floor"]
    for body in (
        {"scans": scans},
        {"scans": scans, "parcel": of_the_house["parcel"], "warehouse": "szx1"},
        {"scans": scans, "order": of_the_house["parcel"], "station": "T1"},
    ):
        answer = client.post(
            address(name, world), json.dumps(body), content_type="application/json",
        )  # fmt: skip
        shown = answer.content.decode()
        told = [mark for mark in world.marks if mark in shown]
        assert answer.status_code < 500
        assert [mark for mark in told if mark not in raws] == [], (name, shown)
        assert "Buyer" not in shown
        assert "Erika" not in shown
        if answer.status_code == 200:
            verdicts = [each["verdict"] for each in answer.json().get("results", [])]
            assert "accepted" not in verdicts, (name, shown)
