"""The API's schema and its readable reference, both served by ourselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from core.routes import PUBLIC, permission

METHODS = ("get", "post", "put", "patch", "delete")
DEEPEST = 6
GOOD = {"200": "Done.", "201": "Created.", "202": "Taken; a worker goes on."}


@lru_cache(maxsize=1)
def api_schema() -> dict[str, Any]:
    """Return the OpenAPI document, made once per process, in English."""
    with translation.override("en"):
        generator = SchemaGenerator(api_version="v1")  # type: ignore[no-untyped-call]
        schema: dict[str, Any] = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return schema


@lru_cache(maxsize=1)
def _yaml() -> bytes:
    rendered: bytes = OpenApiYamlRenderer().render(api_schema(), renderer_context={})  # type: ignore[no-untyped-call]
    return rendered


@permission(PUBLIC)
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """Serve the schema as YAML, or as JSON with `?format=json`."""
    if request.GET.get("format") == "json":
        return HttpResponse(json.dumps(api_schema()), content_type="application/json")
    return HttpResponse(_yaml(), content_type="application/yaml; charset=utf-8")


@permission(PUBLIC)
@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Serve the schema as a page to read: every route with what it takes and answers."""
    described = api_schema()
    return render(
        request,
        "api/reference.html",
        {"info": described["info"], "groups": _groups()},
    )


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a body or answer; `depth` indents what lies inside another field."""

    name: str
    kind: str
    words: str
    is_required: bool
    depth: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One status a route answers with."""

    status: str
    words: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One route and method."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Field, ...]
    body_type: str
    body: tuple[Field, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The routes of one kind of thing."""

    name: str
    operations: tuple[Operation, ...]


@lru_cache(maxsize=1)
def _groups() -> tuple[Group, ...]:
    groups: dict[str, list[Operation]] = {}
    for path, routes in api_schema()["paths"].items():
        name = path.removeprefix("/api/v1/").split("/")[0]
        for method in METHODS:
            if method in routes:
                groups.setdefault(name, []).append(_operation(path, method, routes[method]))
    return tuple(Group(name, tuple(found)) for name, found in groups.items())


def _operation(path: str, method: str, said: dict[str, Any]) -> Operation:
    bodies: dict[str, Any] = said.get("requestBody", {}).get("content", {})
    body_type, body = next(iter(bodies.items())) if bodies else ("", {})
    return Operation(
        anchor=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said.get("summary", ""),
        description=_plain(said.get("description", "")),
        parameters=tuple(_parameter(entry) for entry in said.get("parameters", [])),
        body_type=body_type,
        body=tuple(_fields(body.get("schema", {}), 0)),
        answers=tuple(_answer(*each) for each in sorted(said["responses"].items())),
    )


def _plain(words: str) -> str:
    """Return a description without the marks of the schema's own text format."""
    return words.replace("`", "")


def _parameter(entry: dict[str, Any]) -> Field:
    return Field(
        name=entry["name"],
        kind=f"{_kind(entry['schema'])} (in the {entry['in']})",
        words=_plain(entry.get("description", "")),
        is_required=entry.get("required", False),
        depth=0,
    )


def _answer(status: str, entry: dict[str, Any]) -> Answer:
    contents: list[dict[str, Any]] = list(entry.get("content", {}).values())
    shape = contents[0].get("schema", {}) if contents else {}
    is_problem = shape.get("$ref", "").endswith("/ProblemDocument")
    fields = () if is_problem else tuple(_fields(shape, 0))
    return Answer(status, entry.get("description", "") or GOOD.get(status, ""), fields)


def _resolved(shape: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, also where it stands alone beside null or in an allOf."""
    for key in ("allOf", "oneOf", "anyOf"):
        options = [option for option in shape.get(key, []) if option.get("type") != "null"]
        if len(options) == 1:
            return {**_resolved(options[0]), **{k: v for k, v in shape.items() if k != key}}
    if "$ref" in shape:
        found: dict[str, Any] = api_schema()["components"]["schemas"][shape["$ref"].split("/")[-1]]
        return found
    return shape


def _fields(shape: dict[str, Any], depth: int) -> Iterator[Field]:
    """Yield the fields of an object, and of the objects inside it."""
    shape = _resolved(shape)
    if shape.get("type") == "array":
        yield from _fields(shape["items"], depth)
        return
    required = shape.get("required", [])
    for name, given in shape.get("properties", {}).items():
        inner = _resolved(given)
        words = _plain(given.get("description", "")) if "$ref" not in given else ""
        yield Field(name, _kind(given), words, name in required, depth)
        if depth < DEEPEST:
            yield from _fields(inner, depth + 1)


def _kind(shape: dict[str, Any]) -> str:
    """Return a type in a few words: `text, at most 40`, `one of a, b`."""
    shape = _resolved(shape)
    kinds = shape.get("type", "any")
    names = kinds if isinstance(kinds, list) else [kinds]
    words = " or ".join(str(name) for name in names)
    if shape.get("enum"):
        return "one of " + ", ".join(str(value) for value in shape["enum"] if value is not None)
    if shape.get("type") == "array":
        words = f"list of {_kind(shape['items'])}"
    limits = [
        f"{label} {shape[key]}"
        for key, label in (
            ("maxLength", "at most"), ("maxItems", "at most"),
            ("minimum", "from"), ("maximum", "to"),
        )
        if key in shape
    ]  # fmt: skip
    if shape.get("format"):
        words += f" ({shape['format']})"
    return ", ".join([words, *limits])
