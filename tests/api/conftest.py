"""A merchant with a key, a warehouse and products, and a client that speaks as it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from openapi_core import Config, OpenAPI
from openapi_core.contrib.django import DjangoOpenAPIResponse
from openapi_core.testing import MockRequest

from core.models import Merchant
from tests.factories import a_merchant, a_product, a_warehouse, an_api_key

SCHEMA_FILE = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"


@cache
def contract() -> OpenAPI:
    """The committed schema, which every answer in these tests is held against."""
    config = Config(extra_media_type_deserializers={"application/problem+json": json.loads})
    return OpenAPI.from_dict(yaml.safe_load(SCHEMA_FILE.read_text(encoding="utf-8")), config=config)


@dataclass
class Api:
    """Calls the API with a key and holds every answer against the committed schema."""

    secret: str
    client: Client

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        if body is not None:
            options.setdefault("content_type", "application/json")
            options["data"] = body
        if self.secret:
            options["headers"] = {
                "Authorization": f"Bearer {self.secret}", **options.get("headers", {})
            }  # fmt: skip
        response = getattr(self.client, method.lower())(f"/api/v1{path}", **options)
        self._hold_against_contract(f"/api/v1{path}".partition("?")[0], response)
        return response

    def get(self, path: str, **options: Any) -> Any:
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        return self.call("POST", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> Any:
        return self.call("PUT", path, body, **options)

    def upload(self, path: str, **options: Any) -> Any:
        return self.call("POST", path, **options)

    def _hold_against_contract(self, path: str, response: Any) -> None:
        if response.status_code == 405 or response.streaming or _is_unknown_route(response):
            return
        if not response["Content-Type"].endswith("json"):
            return  # stored bytes: their test compares them
        # The request's body is spent; the route is all that is needed to find the answer's shape.
        route = MockRequest("http://testserver", response.wsgi_request.method.lower(), path)
        contract().validate_response(route, DjangoOpenAPIResponse(response))


def _is_unknown_route(response: Any) -> bool:
    return b"no_such_route" in response.content


@pytest.fixture
def acme(db: None) -> Merchant:
    a_warehouse()
    owner = a_merchant("acme")
    a_product(owner)
    a_product(owner, "BOWL-RED", stock=0, title="Stoneware bowl, red", unit_value="12.00")
    return owner


@pytest.fixture
def rival(acme: Merchant) -> Merchant:
    return a_merchant("rival")


@pytest.fixture
def api(acme: Merchant, client: Client) -> Api:
    return Api(an_api_key(acme), client)


@pytest.fixture
def rival_api(rival: Merchant, client: Client) -> Api:
    return Api(an_api_key(rival), client)


@pytest.fixture
def read_only_api(acme: Merchant, client: Client) -> Api:
    return Api(an_api_key(acme, "read_only"), client)
