"""The schema and its readable page."""

from __future__ import annotations

from io import StringIO

import yaml
from django.core.management import call_command
from django.test import Client

from core.routes import all_routes
from tests.api.conftest import SCHEMA_FILE


def test_the_committed_schema_is_the_one_the_code_makes(db: None) -> None:
    made = StringIO()
    call_command("spectacular", api_version="v1", validate=True, fail_on_warn=True, stdout=made)
    assert made.getvalue().strip() == SCHEMA_FILE.read_text(encoding="utf-8").strip()


def test_the_served_schema_is_the_committed_one(client: Client) -> None:
    committed = yaml.safe_load(SCHEMA_FILE.read_text(encoding="utf-8"))
    assert yaml.safe_load(client.get("/api/schema/").content) == committed
    assert client.get("/api/schema/?format=json").json() == committed


def test_every_route_of_the_api_is_in_the_schema() -> None:
    described = set(yaml.safe_load(SCHEMA_FILE.read_text(encoding="utf-8"))["paths"])
    served = {route.name for route in all_routes() if route.pattern.startswith("api/v1/")}
    assert len(described) == len(served - {"api-no-such-route"})


def test_the_reference_names_every_operation_and_asks_nobody_else(client: Client) -> None:
    page = client.get("/api/reference/").content.decode()
    described = yaml.safe_load(SCHEMA_FILE.read_text(encoding="utf-8"))["paths"]
    for path, routes in described.items():
        assert path in page
        for said in routes.values():
            assert said["summary"].replace("'", "&#x27;") in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
