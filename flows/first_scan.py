"""Stage 7, transit: what was signed for at the handover and the carrier never scanned.

Found by a sweep and shown as an exception to staff and merchant; the carrier's first scan ends it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from core.tenancy import across_merchants, merchant
from flows.transit import heard_at, tell
from shipping.models import Booking
from shipping.rules.catalogue import service as service_of
from shipping.rules.catalogue import services
from tracking.models import TrackedParcel, TrackingEvent
from tracking.rules.first_scan import first_scan_within
from tracking.services import OURS, NewEvent

NOT_RECEIVED = "not_received"
JUST_AFTER = timedelta(seconds=1)
"""The event stands just after our own handover, so that the clock of silence runs on from there."""


def unscanned_parcels(*, now: datetime, limit: int = 100) -> list[tuple[int, int]]:
    """Return (merchant id, parcel id) of parcels whose first scan is overdue by the wall clock."""
    overdue = Q(pk__in=[])
    for offered in services(now.date()):
        within = first_scan_within(offered.mode, now.date()) / settings.SILENCE_COMPRESSION
        overdue |= Q(carrier_code=offered.carrier, last_event_at__lt=now - within)
    with across_merchants("The sweep looks for parcels that no carrier scanned after handover."):
        rows = TrackedParcel.objects.filter(
            overdue,
            milestone=TrackedParcel.Milestone.HANDED_OVER,
            problem="",
            delivered_at__isnull=True,
            lost_at__isnull=True,
            booking__status=Booking.Status.BOOKED,
        )
        return list(rows.order_by("last_event_at").values_list("merchant_id", "id")[:limit])


def judge_first_scan(*, merchant_id: int, parcel_id: int) -> bool:
    """Open an exception for a parcel that was handed over and never scanned; False for any other.

    Only when the carrier was heard out after its time was over: our own outage is no fault of its.
    """
    with merchant(merchant_id):
        parcel = TrackedParcel.objects.select_related("booking__handover").get(pk=parcel_id)
        handover = parcel.booking.handover
        scans = TrackingEvent.objects.filter(parcel=parcel).exclude(vendor=OURS)
        is_scanned = scans.exclude(canonical__startswith="pre_transit.").exists()
    if handover is None or is_scanned or parcel.problem:
        return False
    heard = heard_at(parcel)
    mode = service_of(parcel.booking.service_code, handover.handed_over_at.date()).mode
    within = first_scan_within(mode, handover.handed_over_at.date()) / settings.SILENCE_COMPRESSION
    if heard is None or heard < handover.handed_over_at + within:
        return False
    missing = NewEvent(
        source="waybridge",
        vendor=OURS,
        code="not_scanned",
        happened_at=handover.handed_over_at + JUST_AFTER,
        vendor_event_id=f"not-scanned:{handover.number}",
        raw={"manifest": handover.number, "hours": within.total_seconds() / 3600},
    )
    return bool(tell(merchant_id=merchant_id, parcel_id=parcel_id, events=[missing]))
