"""Handovers: parcels given to a carrier against a signed manifest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.events import Change, record_many
from core.models import Document
from core.numbers import next_numbers
from shipping.models import Booking, Handover, Pickup
from warehouse.models import Warehouse


class NothingToHandOver(Exception):
    """None of the parcels is packed, booked and cleared for export with this carrier."""


def close_handover(
    *,
    bookings: Sequence[Booking],
    warehouse: Warehouse,
    carrier_code: str,
    signed_by: str,
    actor: str,
    now: datetime,
    pickup: Pickup | None = None,
) -> Handover:
    """Close a manifest over bookings whose rows the caller holds and whose parcels it has moved."""
    if not bookings:
        raise NothingToHandOver("No parcel is ready for this carrier.")
    number = next_numbers(kind="handover")[0]
    handover = Handover.objects.create(
        number=f"H{number:05d}",
        carrier_code=carrier_code,
        warehouse=warehouse,
        pickup=pickup,
        parcel_count=len(bookings),
        weight_g=sum(booking.parcel.weight_g or 0 for booking in bookings),
        signed_by=signed_by,
        handed_over_at=now,
    )
    Booking.objects.filter(pk__in=[booking.pk for booking in bookings]).update(handover=handover)
    changes = [
        Change(
            "parcel.handed_over", "order", booking.parcel.order_id, {"manifest": handover.number}
        )
        for booking in bookings
    ]
    record_many(changes, actor=actor, now=now)
    return handover


def mark_told(*, handover_id: int, now: datetime) -> bool:
    """The carrier knows of the handover; False when it was told before."""
    closed = Handover.objects.filter(pk=handover_id, status=Handover.Status.CLOSED)
    return bool(closed.update(status=Handover.Status.SENT, told_at=now))


def set_manifest(*, handover_id: int, manifest: Document) -> None:
    """Attach the manifest's PDF."""
    Handover.objects.filter(pk=handover_id, manifest__isnull=True).update(manifest=manifest)
