"""Cartons: GET /cartons, and one by its code."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import BooleanFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.schema import IDEMPOTENCY_KEY, answers, list_parameters, page_of
from core.fields import OneOf, StrictSerializer, Text, Whole
from core.problems import Problem
from core.routes import permission
from core.tenancy import merchant
from warehouse.models import CartonType
from warehouse.services.cartons import (
    MOST_CARTONS,
    CartonFacts,
    TooManyCartons,
    retire_carton,
    save_carton,
)

LONGEST_MM, HEAVIEST_G, LONGEST_CODE = 3000, 100_000, 20


def _side() -> Whole:
    return Whole(min_value=1, max_value=LONGEST_MM)


class CartonBody(StrictSerializer):
    """A carton as it stands; an outer side is never shorter than the inner one."""

    name = Text(max_length=80)
    material = OneOf(CartonType.Material.values, default="corrugated")
    inner_length_mm = _side()
    inner_width_mm = _side()
    inner_height_mm = _side()
    outer_length_mm = _side()
    outer_width_mm = _side()
    outer_height_mm = _side()
    tare_g = Whole(min_value=0, max_value=HEAVIEST_G)
    max_gross_g = Whole(min_value=1, max_value=HEAVIEST_G, help_text="Contents and carton.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Hold the outside against the inside."""
        for side in ("length", "width", "height"):
            if attrs[f"outer_{side}_mm"] < attrs[f"inner_{side}_mm"]:
                raise ValidationError(
                    {f"outer_{side}_mm": [_("It must not be shorter than the inner side.")]},
                    code="outer_below_inner",
                )
        if attrs["max_gross_g"] <= attrs["tare_g"]:
            raise ValidationError(
                {"max_gross_g": [_("It must be more than the carton weighs empty.")]},
                code="carries_nothing",
            )
        return attrs


class CartonShape(serializers.ModelSerializer[CartonType]):
    """A carton of your list."""

    class Meta:
        model = CartonType
        fields = (
            "code", "name", "material", "inner_length_mm", "inner_width_mm", "inner_height_mm",
            "outer_length_mm", "outer_width_mm", "outer_height_mm", "tare_g", "max_gross_g",
            "is_active", "created_at",
        )  # fmt: skip


class CartonFilter(FilterSet):  # type: ignore[misc]  # untyped library
    """Filters of GET /cartons."""

    is_active = BooleanFilter()


CARTON, CARTON_BODY = CartonShape(), CartonBody()


@permission("products.view")
class Cartons(Endpoint):
    """The merchant's own cartons."""

    @extend_schema(
        operation_id="list_cartons",
        summary="List your own cartons, newest first",
        description="Without an active one your parcels are planned in the operator's cartons.",
        parameters=list_parameters(CartonFilter),
        responses=answers({200: page_of(CartonShape, "Carton")}, 400),
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Answer one page."""
        with merchant(self.caller.merchant_id):
            return self.page(CartonType.objects.all(), CartonFilter, CARTON.to_representation)


@permission("products.view", write="products.edit")
class OneCarton(Endpoint):
    """One carton of the list."""

    @extend_schema(
        operation_id="get_carton",
        summary="One of your cartons",
        responses=answers({200: CartonShape}, 404),
    )
    def get(self, request: Request, code: str) -> Response:  # noqa: ARG002
        """Answer it."""
        with merchant(self.caller.merchant_id):
            return Response(CARTON.to_representation(_carton(code)))

    @extend_schema(
        operation_id="put_carton",
        summary="Add or replace a carton",
        description="A carton taken off the list comes back.",
        parameters=[IDEMPOTENCY_KEY],
        request=CartonBody,
        responses=answers({201: CartonShape, 200: CartonShape}, 400, 409, 413, 415),
    )
    def put(self, request: Request, code: str) -> Response:  # noqa: ARG002
        """Write it whole."""
        body, now = self.read(CARTON_BODY), timezone.now()
        if len(code) > LONGEST_CODE:
            raise Problem(
                status=400, code="too_long", field="code",
                detail=_("A code has at most {most} characters.").format(most=LONGEST_CODE),
            )  # fmt: skip

        def effect() -> tuple[int, Any]:
            try:
                carton, is_new = save_carton(
                    facts=CartonFacts(code=code, **body), actor=self.caller.actor, now=now
                )
            except TooManyCartons as error:
                raise Problem(
                    status=409, code="too_many_cartons",
                    detail=_("A list holds up to {most} cartons. Take one off first.").format(
                        most=MOST_CARTONS
                    ),
                ) from error  # fmt: skip
            return 201 if is_new else 200, CARTON.to_representation(carton)

        return self.answer(effect, now=now)

    @extend_schema(
        operation_id="delete_carton",
        summary="Take a carton off your list",
        description="Parcels planned before keep it.",
        responses=answers({204: None}, 404),
    )
    def delete(self, request: Request, code: str) -> Response:  # noqa: ARG002
        """Retire it; again changes nothing."""
        with merchant(self.caller.merchant_id):
            carton = _carton(code)
            retire_carton(carton_id=carton.pk, actor=self.caller.actor, now=timezone.now())
        return Response(status=204)


def _carton(code: str) -> CartonType:
    carton = CartonType.objects.filter(code=code).first()
    if carton is None:
        raise Http404
    return carton
