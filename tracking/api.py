"""GET /tracking/{tracking_number}: where a parcel is, since when, and what is wrong."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.schema import answers
from core.routes import permission
from core.tenancy import merchant
from tracking.models import DeliveryProof, ParcelException, TrackedParcel, TrackingEvent

MOST_EVENTS = 200


class EventShape(serializers.Serializer[TrackingEvent]):
    """One fact from one source; `canonical` is our word for the source's `code`."""

    happened_at = serializers.DateTimeField()
    canonical = serializers.CharField()
    description = serializers.CharField()
    city = serializers.CharField()
    country = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field of this name
    code = serializers.CharField()


class ExceptionShape(serializers.Serializer[ParcelException]):
    """Something wrong that someone must act on."""

    kind = serializers.CharField()
    reason = serializers.CharField()
    opened_at = serializers.DateTimeField()


class ProofShape(serializers.Serializer[DeliveryProof]):
    """Who took the parcel."""

    signed_by = serializers.CharField()
    delivered_at = serializers.DateTimeField()


class TrackingShape(serializers.Serializer[TrackedParcel]):
    """Where a parcel stands, folded from its events."""

    tracking_number = serializers.CharField()
    carrier = serializers.CharField(source="carrier_code")
    shipment = serializers.CharField(source="booking.reference")
    order = serializers.CharField(source="booking.parcel.order.reference")
    destination_country = serializers.CharField()
    milestone = serializers.ChoiceField(
        TrackedParcel.Milestone.choices,
        help_text="`packed` stands from the booking until the carrier has the parcel.",
    )
    milestone_at = serializers.DateTimeField(allow_null=True)
    reached = serializers.DictField(
        child=serializers.DateTimeField(), help_text="When each milestone was reached."
    )
    expected_from = serializers.DateField(allow_null=True)
    expected_to = serializers.DateField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    lost_at = serializers.DateTimeField(allow_null=True)
    buyer_link = serializers.SerializerMethodField()

    def get_buyer_link(self, parcel: TrackedParcel) -> str:
        """Address of the page the buyer may see."""
        return f"{settings.PUBLIC_URL}/t/{parcel.link_token}/"


class TrackingDetailShape(TrackingShape):
    """Where a parcel stands, with its newest events first."""

    exception = ExceptionShape(allow_null=True)
    proof = ProofShape(allow_null=True)
    events = EventShape(many=True)


TRACKING, EVENT = TrackingShape(), EventShape()
EXCEPTION, PROOF = ExceptionShape(), ProofShape()


@permission("shipments.view")
class Tracking(Endpoint):
    """One parcel's way."""

    @extend_schema(
        operation_id="get_tracking",
        summary="Milestone, events, exception, expected window and the buyer's link",
        responses=answers({200: TrackingDetailShape}, 404),
    )
    def get(self, request: Request, tracking_number: str) -> Response:  # noqa: ARG002
        """Answer it."""
        with merchant(self.caller.merchant_id):
            # The booking carries the index over tracking numbers.
            parcel = (
                TrackedParcel.objects.select_related("booking__parcel__order")
                .filter(booking__tracking_number=tracking_number)
                .order_by("-pk")
                .first()
            )
            if parcel is None:
                raise Http404
            return Response(present(parcel))


def present(parcel: TrackedParcel) -> dict[str, Any]:
    """Return a parcel in the shape of `TrackingDetailShape`."""
    events = TrackingEvent.objects.filter(parcel=parcel).order_by("-happened_at", "-pk")
    trouble = ParcelException.objects.filter(parcel=parcel, closed_at__isnull=True)
    newest = trouble.order_by("-pk").first()
    proof = DeliveryProof.objects.filter(parcel=parcel).first()
    return {
        **TRACKING.to_representation(parcel),
        "exception": EXCEPTION.to_representation(newest) if newest else None,
        "proof": PROOF.to_representation(proof) if proof else None,
        "events": [EVENT.to_representation(row) for row in events[:MOST_EVENTS]],
    }
