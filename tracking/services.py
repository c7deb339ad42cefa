"""The only writer of the tracking tables."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.services import key_hmac
from core.events import record
from core.models import Document
from core.tenancy import active_merchant_id
from shipping.models import Booking
from shipping.rules.catalogue import service as service_of
from tracking.models import (
    DeliveryProof,
    FeedCursor,
    ParcelException,
    ParcelLookup,
    PartnerDelivery,
    TrackedParcel,
    TrackingEvent,
    TrackingLink,
)
from tracking.rules.eta import delivery_window
from tracking.rules.milestones import ParcelStanding, TrackEvent, fold
from tracking.rules.status_map import canonical

TOKEN_BYTES = 24
LOST_POLL = timedelta(hours=12)
LOST_FOR_GOOD = timedelta(days=60)
OURS = "WAYBRIDGE"


@dataclass(frozen=True, slots=True)
class NewEvent:
    """One fact from a source, in the vendor's own code."""

    source: str
    vendor: str
    code: str
    happened_at: datetime
    city: str = ""
    country: str = ""
    description: str = ""
    vendor_event_id: str = ""
    reason_code: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """What makes the event the same event when it is told twice, by whatever way."""
        same = self.vendor_event_id or json.dumps(
            [self.code, self.happened_at.isoformat(), self.city, self.country]
        )
        return hashlib.sha256(f"{self.vendor}|{same}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Told:
    """What new events changed: the parcel after them, and what became true just now."""

    parcel: TrackedParcel
    new_events: int
    is_newly_delivered: bool
    is_newly_lost: bool


def start_tracking(*, booking: Booking, now: datetime) -> TrackedParcel:
    """Begin to follow a booked parcel and make the buyer's link; once per booking."""
    known = TrackedParcel.objects.filter(booking=booking).first()
    if known is not None:
        return known
    service = service_of(booking.service_code, now.date())
    window = delivery_window(
        handed_over_at=now,
        origin_zone=booking.parcel.warehouse.time_zone,
        days_min=service.days_min,
        days_max=service.days_max,
        day_kind=service.day_kind,
    )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    parcel = TrackedParcel.objects.create(
        booking=booking,
        carrier_code=booking.carrier_code,
        tracking_number=booking.tracking_number,
        destination_country=booking.parcel.order.country,
        expected_from=window.first,
        expected_to=window.last,
        link_token=token,
        created_at=now,
    )
    merchant_id = active_merchant_id()
    ParcelLookup.objects.create(
        carrier_code=booking.carrier_code,
        tracking_number=booking.tracking_number,
        merchant_id=merchant_id,
        tracked_parcel_id=parcel.pk,
    )
    TrackingLink.objects.create(
        token_hmac=key_hmac(token), merchant_id=merchant_id, tracked_parcel_id=parcel.pk
    )
    return parcel


def follow_from(*, booking_ids: Sequence[int], now: datetime) -> None:
    """Begin to ask the carriers about parcels that were handed over."""
    TrackedParcel.objects.filter(
        booking_id__in=booking_ids, delivered_at__isnull=True, next_poll_at__isnull=True
    ).update(next_poll_at=now)


def next_poll(*, parcel_ids: Sequence[int], at: datetime) -> None:
    """Set when parcels that are not delivered are asked about again.

    A lost one may turn up: it is asked about more rarely, and after a while no more.
    """
    waiting = TrackedParcel.objects.filter(pk__in=parcel_ids, delivered_at__isnull=True)
    waiting.filter(lost_at__isnull=True).update(next_poll_at=at)
    waiting.filter(lost_at__isnull=False).update(next_poll_at=at + LOST_POLL)
    waiting.filter(lost_at__lt=at - LOST_FOR_GOOD).update(next_poll_at=None)


def mark_heard(*, parcel_ids: Sequence[int], at: datetime) -> None:
    """The carrier has told us all it knew of these parcels at `at`."""
    TrackedParcel.objects.filter(pk__in=parcel_ids).update(polled_at=at)


def record_events(*, parcel_id: int, events: Sequence[NewEvent], now: datetime) -> Told:
    """Add what is new, fold everything anew, and say what changed.

    The parcel's row is locked first, so that a push and a poll at the same time agree. An event
    from the future is kept, but with the instant we heard of it: no screen shows a future scan.
    """
    parcel = TrackedParcel.objects.select_for_update().get(pk=parcel_id)
    known = set(
        TrackingEvent.objects.filter(
            parcel=parcel, digest__in=[event.digest for event in events]
        ).values_list("digest", flat=True)
    )
    fresh = {event.digest: event for event in events if event.digest not in known}
    if not fresh:
        return Told(parcel, 0, is_newly_delivered=False, is_newly_lost=False)
    TrackingEvent.objects.bulk_create(_row(parcel, event, now) for event in fresh.values())
    standing = fold(_folded(row) for row in TrackingEvent.objects.filter(parcel=parcel))
    was_delivered, was_lost = parcel.delivered_at is not None, parcel.lost_at is not None
    _stand(parcel, standing, now)
    return Told(
        parcel,
        len(fresh),
        is_newly_delivered=parcel.delivered_at is not None and not was_delivered,
        is_newly_lost=parcel.lost_at is not None and not was_lost,
    )


def _row(parcel: TrackedParcel, event: NewEvent, now: datetime) -> TrackingEvent:
    status = canonical(event.vendor, event.code, has_reason_code=bool(event.reason_code))
    return TrackingEvent(
        merchant_id=active_merchant_id(),
        parcel=parcel,
        source=event.source,
        vendor=event.vendor,
        code=event.code[:60],
        canonical=status.code,
        reason=status.reason,
        digest=event.digest,
        happened_at=min(event.happened_at, now),
        received_at=now,
        city=event.city[:80],
        country=event.country[:2],
        description=(event.description or status.meaning)[:300],
        raw=dict(event.raw),
    )


def _folded(row: TrackingEvent) -> TrackEvent:
    return TrackEvent(canonical=row.canonical, happened_at=row.happened_at, reason=row.reason)


def _stand(parcel: TrackedParcel, standing: ParcelStanding, now: datetime) -> None:
    """Write the standing, the order's history of it, and open or close the exception."""
    before = parcel.milestone
    if standing.milestone in TrackedParcel.Milestone.values:
        parcel.milestone, parcel.milestone_at = str(standing.milestone), standing.since
    parcel.reached = {stage: at.isoformat() for stage, at in standing.reached.items()}
    trouble = standing.exception
    parcel.problem = trouble.kind if trouble else ""
    parcel.problem_since = trouble.since if trouble else None
    parcel.last_event_at = standing.last_scan_at
    parcel.delivered_at = standing.delivered_at
    is_lost = trouble is not None and trouble.kind == "lost" and standing.delivered_at is None
    parcel.lost_at = trouble.since if trouble is not None and is_lost else None
    if standing.eta is not None:
        parcel.expected_from = parcel.expected_to = standing.eta
    if standing.is_final:
        parcel.next_poll_at = None
    parcel.save(
        update_fields=[
            "milestone", "milestone_at", "reached", "problem", "problem_since", "last_event_at",
            "delivered_at", "lost_at", "expected_from", "expected_to", "next_poll_at",
        ]
    )  # fmt: skip
    _exceptions(parcel, standing, now)
    if parcel.milestone != before:
        record(
            kind=f"parcel.{parcel.milestone}",
            subject_kind="order",
            subject_id=_order_id(parcel),
            actor="tracking",
            now=now,
        )


def _exceptions(parcel: TrackedParcel, standing: ParcelStanding, now: datetime) -> None:
    still = parcel.problem
    still_open = ParcelException.objects.filter(parcel=parcel, closed_at__isnull=True)
    still_open.exclude(kind=still).update(closed_at=now, closed_by="tracking")
    trouble = standing.exception
    if trouble is None or still_open.filter(kind=still).exists():
        return
    ParcelException.objects.create(
        parcel=parcel, kind=trouble.kind, reason=trouble.reason, opened_at=trouble.since
    )
    record(
        kind=f"exception.{trouble.kind}",
        subject_kind="order",
        subject_id=_order_id(parcel),
        actor="tracking",
        now=now,
        data={"reason": trouble.reason},
    )


def _order_id(parcel: TrackedParcel) -> int:
    order_id: int = TrackedParcel.objects.values_list("booking__parcel__order_id", flat=True).get(
        pk=parcel.pk
    )
    return order_id


def ask_partner(*, parcel: TrackedParcel, reference: str, now: datetime) -> PartnerDelivery:
    """Write down that a delivery partner is asked for the last mile; once per parcel."""
    delivery, _ = PartnerDelivery.objects.get_or_create(
        merchant_id=active_merchant_id(),
        parcel=parcel,
        defaults={"reference": reference, "created_at": now, "updated_at": now},
    )
    return delivery


def note_partner(*, delivery_id: int, status: str, attempts: int, now: datetime) -> None:
    """Write down what the delivery partner says."""
    PartnerDelivery.objects.filter(pk=delivery_id).update(
        status=status, attempts=attempts, updated_at=now
    )


def save_proof(
    *,
    parcel: TrackedParcel,
    source: str,
    signed_by: str,
    delivered_at: datetime,
    latitude: float | None,
    longitude: float | None,
    picture: Document | None,
    now: datetime,
) -> DeliveryProof:
    """Keep who took the parcel, when and where; the first proof stands."""
    proof, _ = DeliveryProof.objects.get_or_create(
        merchant_id=active_merchant_id(),
        parcel=parcel,
        defaults={
            "source": source,
            "signed_by": signed_by[:120],
            "delivered_at": delivered_at,
            "latitude": None if latitude is None else Decimal(str(round(latitude, 5))),
            "longitude": None if longitude is None else Decimal(str(round(longitude, 5))),
            "picture": picture,
            "created_at": now,
        },
    )
    return proof


def close_exception(*, exception_id: int, actor: str, now: datetime) -> bool:
    """A person has dealt with an exception; False when it was closed before."""
    still_open = ParcelException.objects.filter(pk=exception_id, closed_at__isnull=True)
    return bool(still_open.update(closed_at=now, closed_by=actor))


def save_feed_cursor(*, feed: str, cursor: str, now: datetime) -> None:
    """Remember how far a carrier's feed was read."""
    FeedCursor.objects.update_or_create(
        feed=feed, defaults={"cursor": cursor[:200], "read_at": now}
    )
