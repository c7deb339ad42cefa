"""Every route of every door refuses whom it must, and a refused call changes nothing.

The routes are found by walking the URL resolver. One that tests/walls/routes.py does not know
fails here with what to do about it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from accounts.rules import MEMBER_PERMISSIONS, STAFF_PERMISSIONS
from core.routes import FOREIGN_ROUTES, Route, all_routes
from tests.floor import PDF
from tests.walls.routes import API, BUYER, DASHBOARD, NOT_OF_A_MERCHANT, ROUTES, Rule
from tests.walls.world import Watch, World, build

pytestmark = pytest.mark.django_db

OWN = {route.name: route for route in all_routes() if not route.pattern.startswith(FOREIGN_ROUTES)}
FOREIGN = {
    route.pattern: route for route in all_routes() if route.pattern.startswith(FOREIGN_ROUTES)
}
RECORDS = sorted(pattern for pattern in FOREIGN if pattern.startswith("records/"))
ACCOUNTS = sorted(pattern for pattern in FOREIGN if pattern.startswith("accounts/"))
GUARDED = sorted(name for name, rule in ROUTES.items() if "." in rule.needs)
MEMBER_ROUTES = sorted({*API, *DASHBOARD} & set(GUARDED))
STAFF_ROUTES = sorted(set(GUARDED) - set(MEMBER_ROUTES))
OBJECTS = sorted(
    name for name in MEMBER_ROUTES if ROUTES[name].sample and name not in NOT_OF_A_MERCHANT
)
LISTS = sorted(name for name in MEMBER_ROUTES if not ROUTES[name].sample)
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
WATCH = Watch()


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once: no test of this file may change it, which every test checks."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr("core.jobs.wake_workers", lambda *_: None)
        with transaction.atomic():
            yield build()
            transaction.set_rollback(True)


@pytest.fixture(scope="module")
def as_built(world: World) -> dict[str, str]:
    """What the database holds before any of the calls."""
    return WATCH.digests()


@pytest.fixture
def unchanged(as_built: dict[str, str]) -> Iterator[None]:
    """Fail when a row of any table is other than it was built."""
    yield
    now = WATCH.digests()
    assert [name for name in as_built if as_built[name] != now[name]] == []


def address(name: str, world: World) -> str:
    """Fill in the parts of a route with acme's things."""
    sample = ROUTES[name].sample

    def fill(part: re.Match[str]) -> str:
        return str(getattr(world, sample[part.group(1)]) if sample else "wall")

    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", fill, OWN[name].pattern)


def call(client: Client, method: str, path: str, rule: Rule, key: str = "") -> Any:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    if rule.file and method == "POST":
        file = SimpleUploadedFile("evidence.pdf", PDF, "application/pdf")
        return client.post(path, {**rule.body, rule.file: file}, headers=headers)
    return client.generic(
        method, path, json.dumps(rule.body) if method in UNSAFE else "",
        content_type="application/json", headers=headers,
    )  # fmt: skip


def is_refused(response: Any) -> bool:
    """Sent to the login, or told no; 405 for a method the route does not take."""
    if response.status_code == 302:
        return str(response["Location"]).startswith("/accounts/login/")
    return response.status_code in (401, 403, 404, 405)


def test_every_route_is_in_the_table() -> None:
    names = [route.name for route in all_routes() if not route.pattern.startswith(FOREIGN_ROUTES)]
    assert sorted(set(names)) == sorted(names), "Two routes share a name: give one another."
    unknown = [f"{route.name!r} at {route.pattern!r}" for route in OWN.values()
               if route.name not in ROUTES]  # fmt: skip
    assert unknown == [], (
        "Routes that tests/walls/routes.py does not know. Add a line for each: its permission, its"
        f" methods, and which of acme's things stand in its address: {', '.join(unknown)}"
    )
    gone = sorted(set(ROUTES) - set(OWN))
    assert gone == [], f"tests/walls/routes.py has routes that are gone: {', '.join(gone)}"


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_table_says_what_the_view_declares(name: str) -> None:
    route: Route = OWN[name]
    cls = getattr(route.callback, "cls", None) or getattr(route.callback, "view_class", None)
    declared = getattr(route.callback, "waybridge_write_permission", None) or getattr(
        cls, "waybridge_write_permission", None
    )
    assert (route.permission, declared) == (ROUTES[name].read, ROUTES[name].write)


@pytest.mark.parametrize("name", GUARDED)
def test_anonymous_callers_are_refused(world: World, unchanged: None, name: str) -> None:
    path = address(name, world)
    for method in ("GET", *UNSAFE):
        response = call(Client(), method, path, ROUTES[name])
        assert is_refused(response), (method, path, response.status_code)


@pytest.mark.parametrize("name", GUARDED)
def test_people_who_belong_nowhere_are_refused(world: World, unchanged: None, name: str) -> None:
    for method in ("GET", *UNSAFE):
        response = call(world.stranger, method, address(name, world), ROUTES[name])
        assert is_refused(response), (method, name, response.status_code)


@pytest.mark.parametrize("name", STAFF_ROUTES)
def test_members_are_refused_on_the_staffs_side(world: World, unchanged: None, name: str) -> None:
    for method in ("GET", *UNSAFE):
        response = call(world.members["owner"], method, address(name, world), ROUTES[name])
        assert response.status_code in (403, 405), (method, name, response.status_code)


@pytest.mark.parametrize("name", sorted(set(MEMBER_ROUTES) - set(API)))
def test_staff_are_refused_in_the_merchants_dashboard(
    world: World, unchanged: None, name: str
) -> None:
    for method in ("GET", *UNSAFE):
        response = call(world.staff["admin"], method, address(name, world), ROUTES[name])
        assert response.status_code in (403, 405), (method, name, response.status_code)


@pytest.mark.parametrize("name", OBJECTS)
def test_another_merchants_things_are_not_found(world: World, unchanged: None, name: str) -> None:
    rule, path = ROUTES[name], address(name, world)
    for method in rule.methods.split():
        if name in API:
            response = call(Client(), method, path, rule, world.rival_keys["owner"])
        else:
            response = call(world.rivals["owner"], method, path, rule)
        assert response.status_code == 404, (method, path, response.status_code)


@pytest.mark.parametrize("name", LISTS)
def test_lists_show_nothing_of_another_merchant(world: World, unchanged: None, name: str) -> None:
    rule, path = ROUTES[name], address(name, world)
    if name in API:
        response = call(Client(), "GET", path, rule, world.rival_keys["owner"])
    else:
        response = world.rivals["owner"].get(path)
    shown = (b"".join(response) if response.streaming else response.content).decode()
    assert [mark for mark in world.marks if mark in shown] == []


def roles_without(permission: str, roles: dict[str, frozenset[str]]) -> list[str]:
    return [role for role, granted in roles.items() if permission not in granted]


@pytest.mark.parametrize("name", MEMBER_ROUTES)
def test_members_without_the_permission_are_refused(
    world: World, unchanged: None, name: str
) -> None:
    rule, path = ROUTES[name], address(name, world)
    for method in rule.methods.split():
        for role in roles_without(rule.demands(method), MEMBER_PERMISSIONS):
            if name in API:
                response = call(Client(), method, path, rule, world.keys[role])
            else:
                response = call(world.members[role], method, path, rule)
            assert response.status_code == 403, (method, path, role, response.status_code)


@pytest.mark.parametrize("name", STAFF_ROUTES)
def test_staff_without_the_permission_are_refused(world: World, unchanged: None, name: str) -> None:
    rule, path = ROUTES[name], address(name, world)
    for method in rule.methods.split():
        for role in roles_without(rule.demands(method), STAFF_PERMISSIONS):
            response = call(world.staff[role], method, path, rule)
            assert response.status_code == 403, (method, path, role, response.status_code)


@pytest.mark.parametrize("name", sorted(name for name in GUARDED if "GET" in ROUTES[name].methods))
def test_those_with_the_permission_are_let_in(world: World, name: str) -> None:
    """The refusals above are then about the caller and not about a broken address."""
    rule, path = ROUTES[name], address(name, world)
    if name in API:
        response = call(Client(), "GET", path, rule, world.keys["owner"])
    else:
        people = world.staff["admin"] if name in STAFF_ROUTES else world.members["owner"]
        response = people.get(path)
    assert response.status_code in (200, 302), (path, response.status_code)
    assert not (response.status_code == 302 and is_refused(response))


@pytest.mark.parametrize("name", sorted(BUYER))
def test_buyers_door_tells_nothing_without_link_or_signature(
    world: World, unchanged: None, name: str
) -> None:
    response = call(Client(), ROUTES[name].methods, address(name, world), ROUTES[name])
    assert response.status_code in (401, 404)
    assert [mark for mark in world.marks if mark in response.content.decode()] == []


@pytest.mark.parametrize("section", sorted({pattern.split("/")[1] for pattern in RECORDS}))
def test_records_are_refused_to_all_but_those_who_look_things_up(
    world: World, unchanged: None, section: str
) -> None:
    callers = (Client(), world.stranger, world.members["owner"], world.staff["floor"])
    for pattern in (pattern for pattern in RECORDS if pattern.split("/")[1] == section):
        path = "/" + re.sub(r"<[^>]+>|\(\?P<\w+>[^)]*\)|[\^$?]", "1", pattern)
        for client in callers:
            for method in ("GET", "POST"):
                response = client.generic(method, path)
                # Pages of the theme that only lead on to our login, logout and password pages.
                refused = is_refused(response) or response.status_code == 302
                assert refused, (method, path, response.status_code)
                assert [mark for mark in world.marks if mark in response.content.decode()] == []


@pytest.mark.parametrize("pattern", ACCOUNTS)
def test_account_pages_stay_up_and_change_nothing_for_strangers(
    world: World, unchanged: None, pattern: str
) -> None:
    path = "/" + re.sub(r"<[^>]+>|\(\?P<\w+>(?:\[[^\]]*\]|[^)])*\)|[\^$]", "1", pattern)
    for method in ("GET", "POST"):
        response = Client().generic(method, path)
        assert response.status_code < 500, (method, path, response.status_code)
