"""Vendors' contract files, read where they lie (../shared/contracts) and never copied."""

from __future__ import annotations

import copy
import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

CONTRACTS = Path(__file__).resolve().parents[2].parent / "shared" / "contracts"


def load(relative: str) -> dict[str, Any]:
    """The contract as written. Without the folder: skipped in a plain checkout, fails in CI."""
    path = there(relative)
    if path.suffix == ".json":
        return dict(json.loads(path.read_text(encoding="utf-8")))
    # Literal tabs in the vendors' files are refused by YAML.
    text = path.read_text(encoding="utf-8").replace("\t", "  ")
    contract = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    assert isinstance(contract, dict)
    return contract


def introspection(relative: str) -> dict[str, Any]:
    """A packed GraphQL introspection, the answer's `data`. Missing: as `load`."""
    with gzip.open(there(relative)) as packed:
        answer = json.load(packed)
    found = answer.get("data", answer)
    assert isinstance(found, dict)
    return found


def there(relative: str) -> Path:
    path = CONTRACTS / relative
    if not path.is_file():
        message = f"the vendor contract {relative} is not beside this checkout ({CONTRACTS})"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path


def strict(contract: dict[str, Any]) -> dict[str, Any]:
    """A copy whose request bodies allow no undeclared field, so that a typo is seen.

    Left alone inside allOf/anyOf/oneOf, where a branch must not forbid its siblings' fields.
    """
    closed = copy.deepcopy(contract)
    seen: set[int] = set()
    for path in closed["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "requestBody" in operation:
                body = resolve(closed, operation["requestBody"])
                for media in body["content"].values():
                    _close(closed, media["schema"], seen)
    return closed


def resolve(contract: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        found: Any = contract
        for key in node["$ref"].removeprefix("#/").split("/"):
            found = found[key.replace("~1", "/").replace("~0", "~")]
        node = found
    return node


def _close(contract: dict[str, Any], node: dict[str, Any], seen: set[int]) -> None:
    schema = resolve(contract, node)
    if id(schema) in seen:
        return
    seen.add(id(schema))
    composed = any(key in schema for key in ("allOf", "anyOf", "oneOf"))
    if schema.get("properties") and not composed:
        schema.setdefault("additionalProperties", False)
    for child in schema.get("properties", {}).values():
        _close(contract, child, seen)
    if isinstance(schema.get("items"), dict):
        _close(contract, schema["items"], seen)
