"""Inbounds: GET and POST /inbounds, one by its number, cancelled."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.schema import IDEMPOTENCY_KEY, answers, list_parameters, page_of
from core.fields import StrictSerializer, Text, Whole
from core.problems import Problem
from core.routes import permission
from core.tenancy import merchant
from flows.inbounds import SaidLine, UnknownSkus, announce
from orders.models import Product
from warehouse.models import Inbound, InboundUnknown, Warehouse
from warehouse.services.inbounds import (
    LARGEST_QUANTITY,
    MOST_LINES,
    InboundFacts,
    SameLineTwice,
    TooLateForInbound,
    cancel_inbound,
)
from warehouse.services.receiving import result_of

RECEIVED = (Inbound.Status.RECEIVED, Inbound.Status.PUT_AWAY)


class InboundLineBody(StrictSerializer):
    """So many pieces of a product; without a lot they may be of any."""

    sku = Text(max_length=80)
    quantity = Whole(min_value=1, max_value=LARGEST_QUANTITY)
    lot = Text(max_length=40, required=False, allow_blank=True, default="")
    expires_on = serializers.DateField(required=False, allow_null=True, default=None)


class InboundBody(StrictSerializer):
    """Goods you send to a warehouse."""

    warehouse = Text(max_length=20, help_text="Code of the warehouse.")
    reference = Text(
        max_length=60, required=False, allow_blank=True, default="",
        help_text="Your own number of it; the dock can scan or type it.",
    )  # fmt: skip
    expected_on = serializers.DateField(required=False, allow_null=True, default=None)
    carrier_note = Text(max_length=200, required=False, allow_blank=True, default="")
    cartons = Whole(min_value=1, max_value=100_000, required=False, allow_null=True, default=None)
    lines = serializers.ListField(child=InboundLineBody(), allow_empty=False, max_length=MOST_LINES)


class InboundShape(serializers.ModelSerializer[Inbound]):
    """An inbound."""

    warehouse = serializers.CharField(source="warehouse.code")

    class Meta:
        model = Inbound
        fields = (
            "number", "reference", "warehouse", "status", "source", "expected_on", "carrier_note",
            "cartons", "has_differences", "created_at", "arrived_at", "received_at",
            "put_away_at", "cancelled_at",
        )  # fmt: skip


class InboundLineShape(serializers.Serializer[Any]):
    """A product of an inbound. Until it is received, what came is 0; a row with `expected` 0 came
    without being announced."""

    sku = serializers.CharField()
    lot = serializers.CharField()
    expires_on = serializers.DateField(allow_null=True)
    expected = serializers.IntegerField()
    good = serializers.IntegerField()
    damaged = serializers.IntegerField(help_text="Damaged or expired.")
    over = serializers.IntegerField()
    short = serializers.IntegerField()


class InboundUnknownShape(serializers.ModelSerializer[InboundUnknown]):
    """A thing whose code names no product of yours; it is set aside."""

    class Meta:
        model = InboundUnknown
        fields = ("code", "note", "quantity", "at")


class InboundDetailShape(InboundShape):
    """An inbound with its lines, and what is unknown of it."""

    lines = serializers.SerializerMethodField()
    unknown = serializers.SerializerMethodField()

    class Meta(InboundShape.Meta):
        fields = (*InboundShape.Meta.fields, "lines", "unknown")  # type: ignore[assignment]

    @extend_schema_field(InboundLineShape(many=True))
    def get_lines(self, inbound: Inbound) -> list[dict[str, Any]]:
        """The lines, what came of each once the dock has closed it."""
        is_received = inbound.status in RECEIVED
        rows = result_of(inbound)
        products = Product.objects.in_bulk([row.product_id for row in rows])
        return [
            {
                "sku": products[row.product_id].sku,
                "lot": row.lot,
                "expires_on": row.expires_on.isoformat() if row.expires_on else None,
                "expected": row.expected,
                "good": row.good if is_received else 0,
                "damaged": row.damaged if is_received else 0,
                "over": row.over if is_received else 0,
                "short": row.short if is_received else 0,
            }
            for row in rows
            if is_received or row.expected
        ]

    @extend_schema_field(InboundUnknownShape(many=True))
    def get_unknown(self, inbound: Inbound) -> list[Any]:
        """What was set aside."""
        if inbound.status not in RECEIVED:
            return []
        rows = InboundUnknown.objects.filter(inbound=inbound).order_by("id")
        return [UNKNOWN.to_representation(row) for row in rows]


class InboundFilter(FilterSet):  # type: ignore[misc]  # untyped library
    """Filters of GET /inbounds."""

    status = ChoiceFilter(choices=Inbound.Status.choices)
    reference = CharFilter(max_length=60)
    has_differences = BooleanFilter()


BODY, SHAPE, DETAIL, UNKNOWN = (
    InboundBody(), InboundShape(), InboundDetailShape(), InboundUnknownShape(),
)  # fmt: skip


@permission("products.view", write="products.edit")
class Inbounds(Endpoint):
    """Goods on their way to a warehouse."""

    @extend_schema(
        operation_id="list_inbounds",
        summary="List inbounds, newest first",
        parameters=list_parameters(InboundFilter),
        responses=answers({200: page_of(InboundShape, "Inbound")}, 400),
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Answer one page."""
        with merchant(self.caller.merchant_id):
            rows = Inbound.objects.select_related("warehouse")
            return self.page(rows, InboundFilter, SHAPE.to_representation)

    @extend_schema(
        operation_id="announce_inbound",
        summary="Announce goods you send to a warehouse",
        description="They are received by scan, without the dock knowing what you announced; the"
        " result shows what was over, short and damaged. Stock can be sold once it is put away.",
        parameters=[IDEMPOTENCY_KEY],
        request=InboundBody,
        responses=answers({201: InboundDetailShape}, 400, 409, 413, 415),
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Announce one."""
        body, now = self.read(BODY), timezone.now()
        house = Warehouse.objects.filter(code=body["warehouse"], is_active=True).first()
        if house is None:
            raise Problem(
                status=400, code="unknown_warehouse", field="warehouse",
                detail=_("There is no such warehouse."),
            )  # fmt: skip
        facts = InboundFacts(
            warehouse=house, reference=body["reference"], expected_on=body["expected_on"],
            carrier_note=body["carrier_note"], cartons=body["cartons"],
        )  # fmt: skip
        lines = [SaidLine(**line) for line in body["lines"]]

        def effect() -> tuple[int, Any]:
            try:
                inbound = announce(
                    facts=facts, lines=lines, source=Inbound.Source.API, actor=self.caller.actor,
                    now=now,
                )  # fmt: skip
            except UnknownSkus as error:
                raise Problem(
                    status=400, code="unknown_product", field="lines",
                    detail=_("No product of your list has the SKU {skus}.").format(
                        skus=", ".join(error.skus[:20])
                    ),
                ) from error  # fmt: skip
            except SameLineTwice as error:
                raise Problem(
                    status=400, code="repeated_line", field="lines",
                    detail=_("A SKU stands twice in the same lot; add the pieces up."),
                ) from error  # fmt: skip
            return 201, DETAIL.to_representation(inbound)

        return self.answer(effect, now=now)


@permission("products.view")
class OneInbound(Endpoint):
    """One inbound."""

    @extend_schema(
        operation_id="get_inbound",
        summary="One inbound with its lines and what came of it",
        responses=answers({200: InboundDetailShape}, 404),
    )
    def get(self, request: Request, number: str) -> Response:  # noqa: ARG002
        """Answer it."""
        with merchant(self.caller.merchant_id):
            return Response(DETAIL.to_representation(_inbound(number)))


@permission("products.edit")
class CancelInbound(Endpoint):
    """An inbound that will not come."""

    @extend_schema(
        operation_id="cancel_inbound",
        summary="Cancel an inbound of which nothing has come",
        description="Again answers the same. From the first goods on it is a 409.",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses=answers({200: InboundDetailShape}, 404, 409),
    )
    def post(self, request: Request, number: str) -> Response:  # noqa: ARG002
        """Cancel it."""
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            inbound = _inbound(number)
            try:
                cancel_inbound(inbound_id=inbound.pk, actor=self.caller.actor, now=now)
            except TooLateForInbound as error:
                raise Problem(
                    status=409, code="inbound_under_way",
                    detail=_("It is being received, or is received."),
                ) from error  # fmt: skip
            return 200, DETAIL.to_representation(_inbound(number))

        return self.answer(effect, now=now)


def _inbound(number: str) -> Inbound:
    found = Inbound.objects.select_related("warehouse").filter(number=number).first()
    if found is None:
        raise Http404
    return found
