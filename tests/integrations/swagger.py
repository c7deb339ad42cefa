"""Swagger 2.0 as OpenAPI 3.0, as far as the vendors' files we hold need it, in memory only."""

from __future__ import annotations

from typing import Any

_SCHEMA_KEYS = (
    "type", "format", "enum", "items", "minimum", "maximum", "minLength", "maxLength", "minItems",
    "maxItems", "pattern", "default",
)  # fmt: skip


def openapi3(swagger: dict[str, Any]) -> dict[str, Any]:
    """The same contract in the newer language. Raises `ValueError` for what it does not know."""
    if swagger.get("swagger") != "2.0":
        raise ValueError("not a Swagger 2.0 file")
    unknown = swagger.keys() & {"parameters", "responses", "securityDefinitions"}
    if unknown:
        raise ValueError(f"not converted: {sorted(unknown)}")
    found: dict[str, Any] = _moved({
        "openapi": "3.0.3",
        "info": swagger["info"],
        "paths": {path: _path(item, swagger) for path, item in swagger["paths"].items()},
        "components": {"schemas": swagger["definitions"]},
    })  # fmt: skip
    return found


def _path(item: dict[str, Any], swagger: dict[str, Any]) -> dict[str, Any]:
    if item.get("parameters"):
        raise ValueError("not converted: parameters of a path")
    return {
        method: _operation(operation, swagger)
        for method, operation in item.items()
        if isinstance(operation, dict) and "responses" in operation
    }


def _operation(operation: dict[str, Any], swagger: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"parameters": [], "responses": {}}
    consumes = operation.get("consumes") or swagger.get("consumes") or ["application/json"]
    produces = operation.get("produces") or swagger.get("produces") or ["application/json"]
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "body":
            media = {kind: {"schema": parameter["schema"]} for kind in consumes}
            found["requestBody"] = {"required": parameter.get("required", False), "content": media}
        elif parameter["in"] in {"query", "path", "header"}:
            found["parameters"].append(_parameter(parameter))
        else:
            raise ValueError(f"not converted: a parameter in {parameter['in']}")
    for status, answer in operation["responses"].items():
        headers = {
            name: {"schema": {key: value for key, value in header.items() if key in _SCHEMA_KEYS}}
            for name, header in answer.get("headers", {}).items()
        }
        told: dict[str, Any] = {"description": answer.get("description", ""), "headers": headers}
        if "schema" in answer:
            told["content"] = {kind: {"schema": answer["schema"]} for kind in produces}
        found["responses"][status] = told
    return found


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    schema = {key: value for key, value in parameter.items() if key in _SCHEMA_KEYS}
    kept: dict[str, Any] = {
        "name": parameter["name"],
        "in": parameter["in"],
        "required": parameter.get("required", False),
        "schema": schema,
    }
    if schema.get("type") == "array":
        style = parameter.get("collectionFormat", "csv")
        if style not in {"csv", "multi"} or parameter["in"] != "query":
            raise ValueError(f"not converted: a list as {style} in {parameter['in']}")
        kept |= {"style": "form", "explode": style == "multi"}
    return kept


def _moved(node: Any) -> Any:
    """The node with every reference pointing at where the schemas lie now."""
    if isinstance(node, list):
        return [_moved(each) for each in node]
    if not isinstance(node, dict):
        return node
    moved = {key: _moved(value) for key, value in node.items()}
    target = moved.get("$ref")
    if isinstance(target, str):
        moved["$ref"] = target.replace("#/definitions/", "#/components/schemas/")
    return moved
