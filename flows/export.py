"""Stage 6, export: parcels handed to the carrier against a manifest, and the carrier told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.jobs import ForAPerson, Later, Work, enqueue, handler
from core.models import Merchant
from core.tenancy import merchant
from customs.models import Declaration
from flows.addresses import sender_address
from flows.channels.telling import tell_channels
from flows.faults import sentences_of
from flows.partners import carrier, later
from integrations.carriers.base import Handover as HandoverRequest
from integrations.carriers.base import HandoverParcel
from integrations.errors import AnswerLost, PartnerError, Refused
from orders.models import Order
from orders.services import move_orders
from shipping.models import Booking, Handover, Pickup
from shipping.services import NothingToHandOver, close_handover, mark_told
from tracking.models import TrackedParcel, TrackingEvent
from tracking.services import OURS, NewEvent, follow_from, record_events_of
from warehouse.models import Parcel, Warehouse
from warehouse.services import hand_over_parcels

CAP = 500


def hand_over(
    *,
    merchant_id: int,
    warehouse: Warehouse,
    carrier_code: str,
    signed_by: str,
    actor: str,
    now: datetime,
) -> Handover:
    """Close a manifest over every packed parcel of the carrier that is released for export.

    Raises `NothingToHandOver` when there is none.
    """
    with merchant(merchant_id):
        rows = ready_bookings(warehouse_id=warehouse.pk, carrier_code=carrier_code)
        held = rows.select_for_update(of=("parcel",), skip_locked=True)[:CAP]
        ids = [booking.pk for booking in held]
        # Read again under the parcels' locks: what was weighed anew meanwhile may not leave.
        bookings = list(rows.filter(pk__in=ids).select_for_update(of=("self",), skip_locked=True))
        return hand_over_bookings(
            bookings=bookings,
            warehouse=warehouse,
            carrier_code=carrier_code,
            signed_by=signed_by,
            actor=actor,
            now=now,
        )


READY_TO_LEAVE = Q(
    status=Booking.Status.BOOKED,
    handover__isnull=True,
    parcel__status=Parcel.Status.PACKED,
    declarations__direction=Declaration.Direction.EXPORT,
    declarations__status=Declaration.Status.RELEASED,
    declarations__superseded_at__isnull=True,
)
"""Bookings of packed parcels that customs has released for export, waiting for their carrier."""


def ready_bookings(*, warehouse_id: int, carrier_code: str) -> QuerySet[Booking]:
    """Packed parcels of a carrier that customs has released for export, in the active scope."""
    return (
        Booking.objects.filter(
            READY_TO_LEAVE, carrier_code=carrier_code, parcel__warehouse_id=warehouse_id
        )
        .select_related("parcel__order")
        .order_by("id")
    )


def hold_parcels(*, booking_ids: Collection[int]) -> None:
    """Lock the parcels of bookings, before the bookings themselves, as whoever weighs, books or
    cancels a parcel does. What is read of them afterwards is true until the block ends."""
    rows = Parcel.objects.filter(bookings__in=list(booking_ids)).order_by("pk")
    list(rows.select_for_update(of=("self",)).values_list("pk"))


def hand_over_bookings(
    *,
    bookings: list[Booking],
    warehouse: Warehouse,
    carrier_code: str,
    signed_by: str,
    actor: str,
    now: datetime,
    pickup: Pickup | None = None,
) -> Handover:
    """Close a manifest over bookings whose rows the caller holds, in the active block.

    Raises `NothingToHandOver` when there is none.
    """
    handover = close_handover(
        bookings=bookings,
        warehouse=warehouse,
        carrier_code=carrier_code,
        signed_by=signed_by,
        actor=actor,
        now=now,
        pickup=pickup,
    )
    hand_over_parcels(parcel_ids=[booking.parcel_id for booking in bookings], now=now)
    # Tracked parcels before orders, as a carrier's event locks them.
    _start_the_way(bookings, handover, now)
    order_ids = [booking.parcel.order_id for booking in bookings]
    move_orders(order_ids=order_ids, to=Order.Status.SHIPPED, actor=actor, now=now)
    key, told = str(handover.pk), {"handover_id": handover.pk}
    enqueue([Work("export.tell_carrier", key, told)], now=now)
    enqueue([Work("papers.manifest", key, told)], now=now)
    tell_channels(bookings=bookings, at="handover", now=now)
    return handover


def _start_the_way(bookings: list[Booking], handover: Handover, now: datetime) -> None:
    """The first event of the way is ours; the import declaration is lodged before arrival."""
    booking_ids = [booking.pk for booking in bookings]
    ours = NewEvent(
        source="waybridge",
        vendor=OURS,
        code="handed_over",
        happened_at=handover.handed_over_at,
        city=handover.warehouse.city,
        country=handover.warehouse.country,
        vendor_event_id=handover.number,
    )
    tracked = TrackedParcel.objects.filter(booking_id__in=booking_ids)
    parcel_ids = tracked.values_list("id", flat=True)
    record_events_of(events={parcel_id: [ours] for parcel_id in parcel_ids}, now=now)
    follow_from(booking_ids=booking_ids, now=now)
    works = [
        Work("clearance.lodge_import", str(booking_id), {"booking_id": booking_id})
        for booking_id in booking_ids
    ]
    enqueue(works, now=now)


@handler("export.tell_carrier", queue="calls")
def tell_carrier(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Tell the carrier which parcels it was given; our handover number makes it once.

    Where the carrier does not know the number again (a courier's pickup), a lost answer is settled
    by the first scan: only while there is none is the carrier asked once more.
    """
    with merchant(merchant_id):
        handover = Handover.objects.select_related("warehouse").get(pk=payload["handover_id"])
        owner = Merchant.objects.get(pk=merchant_id)
        bookings = list(handover.bookings.select_related("parcel").order_by("id"))
        is_told = _has_carriers_word(bookings)
    if handover.status == Handover.Status.SENT:
        return
    if is_told:
        with merchant(merchant_id):
            mark_told(handover_id=handover.pk, now=timezone.now())
        return
    request = HandoverRequest(
        handover_id=f"{owner.code}-{handover.number}",
        at=handover.handed_over_at,
        sender=sender_address(owner, handover.warehouse),
        parcels=tuple(
            HandoverParcel(
                tracking_number=booking.tracking_number,
                service_code=booking.service_code,
                weight_g=booking.parcel.weight_g or booking.parcel.expected_weight_g,
                length_mm=booking.parcel.length_mm,
                width_mm=booking.parcel.width_mm,
                height_mm=booking.parcel.height_mm,
            )
            for booking in bookings
        ),
    )
    try:
        carrier(handover.carrier_code).hand_over(request)
    except Refused as refused:
        raise ForAPerson(*sentences_of(refused, partner=handover.carrier_code)) from refused
    except AnswerLost as lost:
        raise Later(settings.LOOK_UP_AFTER_SECONDS, str(lost)) from lost
    except PartnerError as away:
        raise later(away, again_after_s=5) from away
    with merchant(merchant_id):
        mark_told(handover_id=handover.pk, now=timezone.now())


def _has_carriers_word(bookings: list[Booking]) -> bool:
    """Tell whether the carrier has scanned any of the parcels; that it knows of one is no scan."""
    parcels = TrackedParcel.objects.filter(booking__in=[booking.pk for booking in bookings])
    scans = TrackingEvent.objects.filter(parcel__in=parcels).exclude(vendor=OURS)
    return scans.exclude(canonical__startswith="pre_transit.").exists()


__all__ = [
    "NothingToHandOver", "hand_over", "hand_over_bookings", "hold_parcels", "ready_bookings",
]  # fmt: skip
