"""How the API describes itself: the key, problem documents, pages, and filters as parameters."""

from __future__ import annotations

from typing import Any

from django_filters import ChoiceFilter, FilterSet
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from core.pagination import DEFAULT_LIMIT, MAX_LIMIT

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Makes a repeated call harmless: the same key and body get the first answer again"
    " (with `Idempotency-Replayed: true`); the same key with another body is a 409.",
)


class ApiSchema(AutoSchema):
    """Describes a route by what is said of it for callers, never by its docstring."""

    def get_description(self) -> str:  # type: ignore[override]  # as AutoSchema has it
        """Leave what `extend_schema` does not say empty."""
        return ""


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """`Authorization: Bearer wb_…`."""

    target_class = "accounts.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:  # noqa: ARG002
        """Describe the key."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A key of your merchant, made under Settings, API keys: `wb_…`.",
        }


class FieldFault(serializers.Serializer[Any]):
    """One faulty field of a request."""

    field = serializers.CharField(help_text="Path of the field, for example lines[0].quantity.")
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemDocument(serializers.Serializer[Any]):
    """An error (RFC 9457). `code` is stable; `detail` says what would be right."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = FieldFault(many=True, required=False)  # type: ignore[assignment]  # RFC's extension


def answers(
    good: dict[int, Any], *problems: int, content_type: str = "application/json"
) -> dict[Any, Any]:
    """Return the responses of a route: the good ones, and problem documents for the others."""
    described: dict[Any, Any] = {(status, content_type): shape for status, shape in good.items()}
    for status in (401, 403, 429, *problems):
        described[status, "application/problem+json"] = OpenApiResponse(
            ProblemDocument, PROBLEM_WORDS[status]
        )
    return described


PROBLEM_WORDS = {
    400: "The request has errors; each names its field.",
    401: "No API key, or one that is unknown or revoked.",
    403: "The key's role does not allow this, or the merchant is suspended"
    " (code `merchant_suspended`).",
    404: "There is no such thing among yours.",
    409: "It stands in conflict with what is known.",
    413: "The body or the file is too large.",
    415: "The body is of another type than this route takes.",
    422: "The request is readable but cannot be done.",
    429: "The key makes more calls than it may; `Retry-After` says how many seconds to wait.",
}


def page_of(shape: type[serializers.Serializer[Any]], name: str) -> serializers.Serializer[Any]:
    """Return the shape of one page of a list."""
    page: serializers.Serializer[Any] = inline_serializer(
        f"{name}Page",
        {
            "results": shape(many=True),
            "next": serializers.URLField(
                allow_null=True, help_text="Address of the next page; null on the last."
            ),
        },
    )
    return page


def list_parameters(filters: type[FilterSet]) -> list[OpenApiParameter]:
    """Return the parameters of a list: its filters, `limit` and `cursor`."""
    parameters = [
        OpenApiParameter(
            name,
            int if name.endswith("_id") else str,
            description=str(declared.extra.get("help_text", "")),
            enum=_choices(declared),
        )
        for name, declared in filters.base_filters.items()
    ]
    return [
        *parameters,
        OpenApiParameter(
            "limit",
            {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
            description="How many results a page has at most.",
        ),
        OpenApiParameter("cursor", str, description="Taken from `next`; opaque."),
    ]


def _choices(declared: Any) -> list[str] | None:
    if not isinstance(declared, ChoiceFilter):
        return None
    return [str(value) for value, _ in declared.extra["choices"]]
