"""API errors as problem+json (RFC 9457) with stable codes."""

from __future__ import annotations

from math import ceil
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

CONTENT_TYPE = "application/problem+json"


class Problem(exceptions.APIException):
    """An error a service explains: `code` is stable, `detail` a sentence with the remedy."""

    def __init__(
        self, *, status: int, code: str, detail: str, field: str = "", wait_s: float = 0
    ) -> None:
        super().__init__(detail=detail, code=code)
        self.wait = wait_s
        self.status_code = status
        self.default_code = code
        self.field = field


def problem_response(
    error: Exception,
    context: dict[str, Any],  # noqa: ARG001 - DRF's signature
) -> Response | None:
    """Turn an exception of an API view into a problem document; None for what is our fault."""
    if isinstance(error, Http404 | ObjectDoesNotExist):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    body = problem_body(error)
    headers = {}
    if getattr(error, "auth_header", ""):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(ceil(error.wait))  # type: ignore[attr-defined]
    return Response(body, status=error.status_code, headers=headers, content_type=CONTENT_TYPE)


def problem_body(error: exceptions.APIException) -> dict[str, Any]:
    """Return the problem document of an error, for an answer that is stored and not raised."""
    body = {
        "type": "about:blank",
        "title": str(error.default_code).replace("_", " "),
        "status": error.status_code,
        "code": _code(error),
        "detail": "The request has errors." if _has_fields(error) else str(error.detail),
    }
    if _has_fields(error):
        body["errors"] = list(_flatten(error.detail, ""))
    elif isinstance(error, Problem) and error.field:
        body["errors"] = [{"field": error.field, "code": _code(error), "message": body["detail"]}]
    return body


def field_faults(error: exceptions.ValidationError) -> list[dict[str, str]]:
    """Return one entry (field, code, message) per faulty field."""
    return list(_flatten(error.detail, ""))


def _has_fields(error: exceptions.APIException) -> bool:
    return isinstance(error.detail, dict | list)


def _code(error: exceptions.APIException) -> str:
    if _has_fields(error):
        return "invalid"
    return str(getattr(error.detail, "code", "") or error.default_code)


def _flatten(detail: Any, path: str) -> Any:
    """Yield one entry per faulty field, with its path as in `lines[0].quantity`."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            name = "" if key == "non_field_errors" else str(key)
            yield from _flatten(value, f"{path}.{name}".strip("."))
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            nested = isinstance(value, dict | list)
            yield from _flatten(value, f"{path}[{index}]" if nested else path)
    else:
        yield {
            "field": path,
            "code": str(getattr(detail, "code", "invalid")),
            "message": str(detail),
        }
