"""The whole picture of an order: parcels, papers, what the buyer's door costs, where it stands."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from flows.order_picture import OrderPicture
from orders.api.shapes import HOLD, LINE, ORDER, HoldShape, LineShape, OrderShape


class DocumentShape(serializers.Serializer[Any]):
    """A stored file; `url` gives its bytes."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    number = serializers.CharField()
    content_type = serializers.CharField()
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()
    url = serializers.SerializerMethodField()

    def get_url(self, row: Any) -> str:
        """Path of the bytes."""
        return f"/api/v1/documents/{row.pk}/content"


class LandedCostShape(serializers.Serializer[Any]):
    """Duty, tax and fees to the buyer's door; `not_covered` says that there is no figure yet."""

    status = serializers.CharField()
    scheme = serializers.CharField()
    currency = serializers.CharField()
    duty = serializers.DecimalField(12, 2, allow_null=True)
    tax = serializers.DecimalField(12, 2, allow_null=True)
    fees = serializers.DecimalField(12, 2, allow_null=True)
    total_charges = serializers.DecimalField(12, 2, allow_null=True)
    buyer_total = serializers.DecimalField(12, 2, allow_null=True)
    steps = serializers.ListField(child=serializers.JSONField())
    caveats = serializers.ListField(child=serializers.JSONField())


class BookingShape(serializers.Serializer[Any]):
    """A carrier's promise to carry a parcel."""

    reference = serializers.CharField()
    status = serializers.CharField()
    carrier = serializers.CharField(source="carrier_code")
    service = serializers.CharField(source="service_code")
    tracking_number = serializers.CharField()
    refusal = serializers.CharField()
    booked_at = serializers.DateTimeField(allow_null=True)


class StandingShape(serializers.Serializer[Any]):
    """Where a parcel stands."""

    milestone = serializers.CharField()
    milestone_at = serializers.DateTimeField(allow_null=True)
    problem = serializers.CharField()
    expected_from = serializers.DateField(allow_null=True)
    expected_to = serializers.DateField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)


class DeclarationShape(serializers.Serializer[Any]):
    """What customs was told, and what it said."""

    direction = serializers.CharField()
    country = serializers.CharField()
    dataset = serializers.CharField(help_text="`NONE` where none has to be lodged.")
    status = serializers.CharField()
    lrn = serializers.CharField()
    mrn = serializers.CharField()
    authority_reason = serializers.CharField()


class ParcelShape(serializers.Serializer[Any]):
    """A carton of the order."""

    reference = serializers.CharField(source="parcel.reference")
    status = serializers.CharField(source="parcel.status")
    weight_g = serializers.IntegerField(source="parcel.weight_g", allow_null=True)
    length_mm = serializers.IntegerField(source="parcel.length_mm")
    width_mm = serializers.IntegerField(source="parcel.width_mm")
    height_mm = serializers.IntegerField(source="parcel.height_mm")
    packed_at = serializers.DateTimeField(source="parcel.packed_at", allow_null=True)
    handed_over_at = serializers.DateTimeField(source="parcel.handed_over_at", allow_null=True)
    booking = BookingShape(allow_null=True)
    tracking = StandingShape(source="tracked", allow_null=True)
    landed_cost = LandedCostShape(allow_null=True)
    declarations = DeclarationShape(many=True)


class OrderDetailShape(OrderShape):
    """An order with everything known about it."""

    lines = LineShape(many=True)
    holds = HoldShape(many=True)
    parcels = ParcelShape(many=True)
    documents = DocumentShape(many=True)
    made_of = serializers.ListField(
        child=serializers.CharField(), help_text="The orders that it is a part of, or holds."
    )
    made_into = serializers.ListField(
        child=serializers.CharField(), help_text="The orders that ship its goods instead of it."
    )


PARCEL = ParcelShape()
DOCUMENT = DocumentShape()


def present(picture: OrderPicture) -> dict[str, Any]:
    """Return the picture in the shape of `OrderDetailShape`."""
    return {
        **ORDER.to_representation(picture.order),
        "lines": [LINE.to_representation(line) for line in picture.lines],
        "holds": [HOLD.to_representation(hold) for hold in picture.holds],
        "parcels": [PARCEL.to_representation(parcel) for parcel in picture.parcels],
        "documents": [DOCUMENT.to_representation(paper) for paper in picture.documents],
        "made_of": list(picture.family.made_of),
        "made_into": list(picture.family.made_into),
    }
