"""A driver's visit: what is scanned out to him, and what he signs. Inside `across_merchants`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from shipping.models import Booking, Pickup, PickupParcel
from warehouse.models import Warehouse

S = Pickup.Status
Strokes = list[list[list[int]]]


def open_pickup(*, warehouse: Warehouse, carrier_code: str, actor: str, now: datetime) -> Pickup:
    """Begin a visit, or go on with the one that is open: a carrier has one at a time."""
    pickup, is_new = Pickup.objects.get_or_create(
        warehouse=warehouse,
        carrier_code=carrier_code,
        status=S.OPEN,
        # Named after its own key, which it has only once it is written.
        defaults={"number": f"new-{now.isoformat()}"[:20], "opened_at": now, "opened_by": actor},
    )
    if is_new:
        pickup.number = f"P{pickup.pk:06d}"
        pickup.save(update_fields=["number"])
    return pickup


def scan_out(
    *, pickup: Pickup, bookings: Sequence[Booking], unit_sscc: str, actor: str, now: datetime
) -> int:
    """Note parcels as given to the driver; return how many were new."""
    known = set(
        PickupParcel.objects.filter(pickup=pickup, booking__in=list(bookings)).values_list(
            "booking_id", flat=True
        )
    )
    new = [booking for booking in bookings if booking.pk not in known]
    PickupParcel.objects.bulk_create(
        PickupParcel(
            merchant_id=booking.merchant_id,
            pickup=pickup,
            booking=booking,
            unit_sscc=unit_sscc,
            actor=actor,
            at=now,
        )
        for booking in new
    )
    return len(new)


def take_back(*, pickup: Pickup, booking_ids: Collection[int]) -> int:
    """Take parcels back from the driver; return how many there were."""
    rows = PickupParcel.objects.filter(pickup=pickup, booking_id__in=list(booking_ids))
    gone, _ = rows.delete()
    return gone


def sign_pickup(
    *,
    pickup: Pickup,
    parcel_count: int,
    weight_g: int,
    signed_by: str,
    signature: Strokes,
    now: datetime,
) -> None:
    """Close a visit over what was counted and weighed, with the driver's strokes."""
    pickup.status, pickup.signed_at = S.SIGNED, now
    pickup.parcel_count, pickup.weight_g = parcel_count, weight_g
    pickup.signed_by, pickup.signature = signed_by, signature
    pickup.save(
        update_fields=[
            "status",
            "signed_at",
            "parcel_count",
            "weight_g",
            "signed_by",
            "signature",
        ]
    )


def cancel_pickup(*, pickup: Pickup) -> None:
    """The driver leaves with nothing: what was scanned out stays in the house."""
    PickupParcel.objects.filter(pickup=pickup).delete()
    pickup.status = S.CANCELLED
    pickup.save(update_fields=["status"])
