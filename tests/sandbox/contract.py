"""The vendor's MyDHL contract as a judge, with its reviewed errata."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
import requests
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import (
    RequestsOpenAPIRequest,
    RequestsOpenAPIResponse,
)
from openapi_core.exceptions import OpenAPIError

from tests.sandbox.program import ROOT

FILE = ROOT.parent / "shared/contracts/dhl_express/dpdhl-express-api-3.1.1_swagger.yaml"


def _mended(node: Any) -> Any:
    """Return the contract without its known slips.

    - `multipleOf` fails on binary floats (0.7): decimals are judged by the stand-in itself.
    - some enums list a value twice; the unit NO is read by YAML as false.
    """
    if isinstance(node, list):
        return [_mended(each) for each in node]
    if not isinstance(node, dict):
        return node
    mended = {key: _mended(value) for key, value in node.items() if key != "multipleOf"}
    if isinstance(mended.get("enum"), list) and mended.get("type") == "string":
        spelled = ["NO" if each is False else each for each in mended["enum"]]
        mended["enum"] = list(dict.fromkeys(spelled))
    return mended


@cache
def contract(base: str) -> OpenAPI:
    if not FILE.exists():
        pytest.skip("the vendor contracts are not beside this checkout")
    text = FILE.read_text(encoding="utf-8")
    spec = _mended(json.loads(json.dumps(yaml.load(text, Loader=yaml.CSafeLoader), default=str)))
    spec["servers"] = [{"url": base}]
    return OpenAPI.from_dict(spec, config=Config(spec_validator_cls=None))


def accepts(base: str, request: requests.Request) -> bool:
    """Whether the contract accepts the request."""
    try:
        contract(base).validate_request(RequestsOpenAPIRequest(request))
    except OpenAPIError:
        return False
    return True


class _Answer(RequestsOpenAPIResponse):
    """An answer whose problem documents count as JSON.

    The contract declares the header application/problem+json and the media type application/json.
    """

    @property
    def content_type(self) -> str:
        kind: str = super().content_type
        return kind.replace("application/problem+json", "application/json")


def check_answer(base: str, request: requests.Request, answer: requests.Response) -> None:
    """Raise when the answer is not one the contract declares."""
    contract(base).validate_response(RequestsOpenAPIRequest(request), _Answer(answer))
