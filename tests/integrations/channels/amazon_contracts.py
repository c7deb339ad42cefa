"""Amazon's contracts as one judge: three files, one per API, over one base address."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse

from tests.integrations import contracts, swagger
from tests.integrations.outgoing import Outgoing

FILES = {
    "/orders/2026-01-01/": "amazon/orders_2026-01-01.oas3.json",
    "/orders/v0/": "amazon/ordersV0.oas3.json",
    "/feeds/2021-06-30/": "amazon/feeds_2021-06-30.json",
}


@cache
def contract(prefix: str) -> dict[str, Any]:
    """The contract as written, in OpenAPI 3."""
    found = contracts.load(FILES[prefix])
    return swagger.openapi3(found) if found.get("swagger") == "2.0" else found


@cache
def judge(prefix: str, base: str, is_strict: bool) -> OpenAPI:
    written = contract(prefix)
    held = contracts.strict(written) if is_strict else written
    held = {**held, "servers": [{"url": base}]}
    return OpenAPI.from_dict(held, config=Config(spec_validator_cls=None))


def prefix_of(url: str, base: str) -> str:
    path = url.removeprefix(base)
    return next(prefix for prefix in FILES if path.startswith(prefix))


def hold_request(sent: requests.PreparedRequest, base: str) -> None:
    """Raise when the contract, in strict form, would not have this request.

    A query parameter it does not declare is a fault as well: openapi-core lets those pass.
    """
    prefix = prefix_of(str(sent.url), base)
    judge(prefix, base, is_strict=True).validate_request(Outgoing(sent))
    asked = set(parse_qs(urlsplit(str(sent.url)).query, keep_blank_values=True))
    declared = {each["name"] for each in _operation(sent, prefix, base).get("parameters", [])}
    assert asked <= declared, f"undeclared: {sorted(asked - declared)}"


def _operation(sent: requests.PreparedRequest, prefix: str, base: str) -> dict[str, Any]:
    parts = urlsplit(str(sent.url)).path.removeprefix(urlsplit(base).path).split("/")
    for path, item in contract(prefix)["paths"].items():
        wanted = path.split("/")
        if len(wanted) == len(parts) and all(
            there == here or there.startswith("{")
            for there, here in zip(wanted, parts, strict=True)
        ):
            found: dict[str, Any] = item[str(sent.method).lower()]
            return found
    raise AssertionError(f"no operation for {sent.url}")


def hold_answer(request: requests.Request, answer: requests.Response, base: str) -> None:
    """Raise when the answer is not one the contract declares, headers included."""
    prefix = prefix_of(str(request.url), base)
    judge(prefix, base, is_strict=False).validate_response(
        RequestsOpenAPIRequest(request), RequestsOpenAPIResponse(answer)
    )
    declared = _operation(request.prepare(), prefix, base)["responses"][str(answer.status_code)]
    told = {name for name in answer.headers if name.lower().startswith("x-amzn-")}
    wanted = set(declared.get("headers", {}))
    assert {name.lower() for name in told} <= {name.lower() for name in wanted}
