"""Shipments and documents: what was booked, and the bytes of every stored file."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django_filters import CharFilter, FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.schema import answers, list_parameters, page_of
from core.documents import EXTENSIONS, read
from core.models import Document
from core.routes import permission
from core.tenancy import merchant
from shipping.models import Booking

BYTES = "application/octet-stream"
SERVED_AS = {**EXTENSIONS, "image/jpeg": "jpg"}
"""Types that are sent as what they are; anything else as mere bytes."""


class PaperShape(serializers.Serializer[Document]):
    """A stored file; `url` gives its bytes."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    number = serializers.CharField()
    content_type = serializers.CharField()
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()
    url = serializers.SerializerMethodField()

    def get_url(self, row: Document) -> str:
        """Path of the bytes."""
        return f"/api/v1/documents/{row.pk}/content"


class ShipmentShape(serializers.Serializer[Booking]):
    """A booked parcel."""

    reference = serializers.CharField()
    parcel = serializers.CharField(source="parcel.reference")
    order = serializers.CharField(source="parcel.order.reference")
    external_order = serializers.CharField(source="parcel.order.external_order")
    parcel_status = serializers.CharField(source="parcel.status")
    country = serializers.CharField(source="parcel.order.country")
    weight_g = serializers.IntegerField(source="parcel.weight_g", allow_null=True)
    carrier = serializers.CharField(source="carrier_code")
    service = serializers.CharField(source="service_code")
    service_reason = serializers.CharField(source="choice.reason.text")
    tracking_number = serializers.CharField()
    label = PaperShape(allow_null=True)  # type: ignore[assignment]  # a field of this name
    invoice = PaperShape(allow_null=True)
    booked_at = serializers.DateTimeField(allow_null=True)
    handed_over_at = serializers.DateTimeField(source="parcel.handed_over_at", allow_null=True)


SHIPMENT = ShipmentShape()


class ShipmentFilter(FilterSet):  # type: ignore[misc]  # untyped library
    """Filters of GET /shipments."""

    carrier = CharFilter(field_name="carrier_code", max_length=20)
    service = CharFilter(field_name="service_code", max_length=40)
    tracking_number = CharFilter(max_length=40)
    order = CharFilter(
        field_name="parcel__order__reference", max_length=20, help_text="An order's reference."
    )


SHOWN = ("parcel__order", "label", "invoice")


def booked() -> Any:
    """Return the bookings a carrier has confirmed."""
    return Booking.objects.filter(status=Booking.Status.BOOKED)


@permission("shipments.view")
class Shipments(Endpoint):
    """The merchant's booked parcels."""

    @extend_schema(
        operation_id="list_shipments",
        summary="List booked parcels, newest first",
        parameters=list_parameters(ShipmentFilter),
        responses=answers({200: page_of(ShipmentShape, "Shipment")}, 400),
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Answer one page."""
        with merchant(self.caller.merchant_id):
            present = SHIPMENT.to_representation
            return self.page(booked(), ShipmentFilter, present, related=SHOWN)


@permission("shipments.view")
class OneShipment(Endpoint):
    """One booked parcel."""

    @extend_schema(
        operation_id="get_shipment",
        summary="One booked parcel with its label and invoice",
        responses=answers({200: ShipmentShape}, 404),
    )
    def get(self, request: Request, reference: str) -> Response:  # noqa: ARG002
        """Answer it."""
        with merchant(self.caller.merchant_id):
            booking = booked().select_related(*SHOWN).get(reference=reference)
            return Response(SHIPMENT.to_representation(booking))


@permission("shipments.view")
class DocumentContent(Endpoint):
    """The bytes of a stored file."""

    @extend_schema(
        operation_id="get_document_content",
        summary="The stored bytes of a document",
        responses={
            **{(200, kind): OpenApiTypes.BINARY for kind in (*SERVED_AS, BYTES)},
            **answers({}, 404),
        },
    )
    def get(self, request: Request, document_id: int) -> HttpResponse:  # noqa: ARG002
        """Answer them as they were stored; a download, never a page."""
        with merchant(self.caller.merchant_id):
            document = Document.objects.get(pk=document_id)
        extension = SERVED_AS.get(document.content_type, "bin")
        is_known = document.content_type in SERVED_AS
        name = f"{document.kind}-{document.number}.{extension}"
        return HttpResponse(
            read(document),
            content_type=document.content_type if is_known else BYTES,
            headers={
                "Content-Disposition": content_disposition_header(as_attachment=True, filename=name)
                or "attachment",
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "private, max-age=31536000, immutable",
                "ETag": f'"{document.sha256}"',
            },
        )
