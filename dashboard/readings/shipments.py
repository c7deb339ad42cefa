"""Booked parcels on their way: the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from dashboard.readings.orders import begins_with, service_name
from dashboard.screens.common import Coded
from dashboard.screens.shipments import ShipmentRow
from shipping.models import Booking
from tracking.journey import order_journey
from tracking.models import ParcelException, TrackedParcel
from tracking.words import carrier_words

SORTS = {"country": "destination_country", "weight": "weight_g", "booked_at": "id"}


@dataclass(frozen=True, slots=True)
class ShipmentFilters:
    """What the list is narrowed to; every empty value means all."""

    query: str = ""
    milestone: str = ""
    carrier: str = ""
    has_problem: bool = False

    @property
    def is_filtered(self) -> bool:
        """Whether anything is narrowed."""
        return any((self.query, self.milestone, self.carrier, self.has_problem))


def shipments_matching(filters: ShipmentFilters) -> QuerySet[TrackedParcel]:
    """The parcels of a list, with their weighed (else expected) weight as `weight_g`."""
    followed = TrackedParcel.objects.exclude(booking__status=Booking.Status.VOIDED)
    rows = followed.select_related("booking__parcel__order").annotate(
        weight_g=Coalesce("booking__parcel__weight_g", "booking__parcel__expected_weight_g")
    )
    if filters.query:
        # The booking's column has the index; the two numbers are the same.
        rows = rows.filter(begins_with("booking__tracking_number", filters.query.upper()))
    if filters.milestone:
        rows = rows.filter(milestone=filters.milestone)
    if filters.carrier:
        rows = rows.filter(carrier_code=filters.carrier)
    if filters.has_problem:
        still_open = ParcelException.objects.filter(parcel=OuterRef("pk"), closed_at__isnull=True)
        rows = rows.filter(Exists(still_open))
    return rows


def shipment_rows(parcels: Sequence[TrackedParcel]) -> tuple[ShipmentRow, ...]:
    """Rows of the list; no further query."""
    return tuple(map(_row, parcels))


def _row(parcel: TrackedParcel) -> ShipmentRow:
    booking = parcel.booking
    packed, order = booking.parcel, booking.parcel.order
    return ShipmentRow(
        tracking_number=parcel.tracking_number,
        url=reverse("dashboard:shipment", args=[parcel.pk]),
        order_reference=order.reference,
        order_url=reverse("dashboard:order", args=[order.reference]),
        carrier=Coded(code=parcel.carrier_code.upper(), words=carrier_words(parcel.carrier_code)),
        service=service_name(booking),
        country=parcel.destination_country,
        weight_g=packed.weight_g or packed.expected_weight_g,
        booked_at=booking.booked_at or booking.created_at,
        line=order_journey(
            order=order,
            reached=parcel.reached,
            trouble=parcel.problem,
            packed_at=packed.packed_at,
        ),
    )
