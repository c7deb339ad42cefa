"""The only writer of the tracking tables."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.services import key_hmac
from core.events import Change, record_many
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
OURS = "WAYBRIDGE"
STANDING = [
    "milestone", "milestone_at", "reached", "problem", "problem_since", "last_event_at",
    "delivered_at", "lost_at", "expected_from", "expected_to", "next_poll_at",
]  # fmt: skip


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
    before = _withdrawn(booking)
    token = before.link_token if before else secrets.token_urlsafe(TOKEN_BYTES)
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
    # The buyer's link stays the same when a parcel is booked anew; it leads to the new number.
    TrackingLink.objects.update_or_create(
        token_hmac=key_hmac(token),
        defaults={"merchant_id": merchant_id, "tracked_parcel_id": parcel.pk},
    )
    return parcel


def _withdrawn(booking: Booking) -> TrackedParcel | None:
    """What was followed under the parcel's booking before this one."""
    rows = TrackedParcel.objects.filter(
        booking__parcel=booking.parcel_id, booking__status=Booking.Status.VOIDED
    )
    return rows.order_by("-pk").first()


def follow_from(*, booking_ids: Sequence[int], now: datetime) -> None:
    """Begin to ask the carriers about parcels that were handed over."""
    TrackedParcel.objects.filter(
        booking_id__in=booking_ids, delivered_at__isnull=True, next_poll_at__isnull=True
    ).update(next_poll_at=now)


def next_poll(*, parcel_ids: Sequence[int], at: datetime) -> None:
    """Set when parcels that are still under way are asked about again."""
    TrackedParcel.objects.filter(
        pk__in=parcel_ids, delivered_at__isnull=True, lost_at__isnull=True
    ).update(next_poll_at=at)


def mark_heard(*, parcel_ids: Sequence[int], at: datetime) -> None:
    """The carrier has told us all it knew of these parcels at `at`."""
    TrackedParcel.objects.filter(pk__in=parcel_ids).update(polled_at=at)


def record_events(*, parcel_id: int, events: Sequence[NewEvent], now: datetime) -> Told:
    """Add what is new about one parcel, fold everything anew, and say what changed.

    Raises `TrackedParcel.DoesNotExist`. See `record_events_of`.
    """
    [told] = record_events_of(events={parcel_id: events}, now=now)
    return told


def record_events_of(*, events: Mapping[int, Sequence[NewEvent]], now: datetime) -> list[Told]:
    """Add what is new about parcels (by id), in a handful of statements; parcels in key order.

    The parcels' rows are locked first, so that a push and a poll at the same time agree. An event
    from the future is kept, but with the instant we heard of it: no screen shows a future scan.
    """
    parcels = list(
        TrackedParcel.objects.filter(pk__in=events)
        .select_related("booking__parcel")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    if len(parcels) != len(events):
        raise TrackedParcel.DoesNotExist("A parcel of these events is not followed.")
    fresh = _fresh(events)
    changed = [parcel for parcel in parcels if fresh[parcel.pk]]
    before = {parcel.pk: (parcel.delivered_at, parcel.lost_at) for parcel in parcels}
    if changed:
        TrackingEvent.objects.bulk_create(
            _row(parcel, event, now) for parcel in changed for event in fresh[parcel.pk]
        )
        _stand(changed, now)
    return [
        Told(
            parcel,
            len(fresh[parcel.pk]),
            is_newly_delivered=parcel.delivered_at is not None and before[parcel.pk][0] is None,
            is_newly_lost=parcel.lost_at is not None and before[parcel.pk][1] is None,
        )
        for parcel in parcels
    ]


def _fresh(events: Mapping[int, Sequence[NewEvent]]) -> dict[int, list[NewEvent]]:
    """Return each parcel's events that are not stored yet, each once."""
    by_digest = {
        parcel_id: {event.digest: event for event in told} for parcel_id, told in events.items()
    }
    known = TrackingEvent.objects.filter(
        parcel__in=list(events),
        digest__in={digest for told in by_digest.values() for digest in told},
    )
    for parcel_id, digest in known.values_list("parcel_id", "digest"):
        by_digest[parcel_id].pop(digest, None)
    return {parcel_id: list(told.values()) for parcel_id, told in by_digest.items()}


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


def _stand(parcels: Sequence[TrackedParcel], now: datetime) -> None:
    """Write the standings, the orders' history of them, and open or close exceptions."""
    ways: dict[int, list[TrackEvent]] = {parcel.pk: [] for parcel in parcels}
    rows = TrackingEvent.objects.filter(parcel__in=parcels).order_by("pk")
    for parcel_id, status, at, reason in rows.values_list(
        "parcel_id", "canonical", "happened_at", "reason"
    ):
        ways[parcel_id].append(TrackEvent(canonical=status, happened_at=at, reason=reason))
    changes = []
    standings = {}
    for parcel in parcels:
        before = parcel.milestone
        standings[parcel.pk] = standing = fold(ways[parcel.pk])
        _set_standing(parcel, standing)
        if parcel.milestone != before and not _is_told(parcel):
            changes.append(
                Change(f"parcel.{parcel.milestone}", "order", parcel.booking.parcel.order_id)
            )
    if len(parcels) == 1:
        parcels[0].save(update_fields=STANDING)
    else:
        TrackedParcel.objects.bulk_update(parcels, STANDING, batch_size=100)
    changes += _exceptions(parcels, standings, now)
    if changes:
        record_many(changes, actor="tracking", now=now)


def _is_told(parcel: TrackedParcel) -> bool:
    """Tell whether our own handover, which names its manifest and person, is in the history."""
    return parcel.milestone == "handed_over" and parcel.booking.handover_id is not None


def _set_standing(parcel: TrackedParcel, standing: ParcelStanding) -> None:
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


def _exceptions(
    parcels: Sequence[TrackedParcel], standings: Mapping[int, ParcelStanding], now: datetime
) -> list[Change]:
    """Close the exceptions that are over and open those that are new; return the latter."""
    still = {parcel.pk: parcel.problem for parcel in parcels}
    still_open: set[tuple[int, str]] = set()
    over = []
    rows = ParcelException.objects.filter(parcel__in=parcels, closed_at__isnull=True)
    for pk, parcel_id, kind in rows.values_list("pk", "parcel_id", "kind"):
        if kind == still[parcel_id]:
            still_open.add((parcel_id, kind))
        else:
            over.append(pk)
    if over:
        ParcelException.objects.filter(pk__in=over).update(closed_at=now, closed_by="tracking")
    opened, changes = [], []
    for parcel in parcels:
        trouble = standings[parcel.pk].exception
        if trouble is None or (parcel.pk, trouble.kind) in still_open:
            continue
        opened.append(
            ParcelException(
                parcel=parcel, kind=trouble.kind, reason=trouble.reason, opened_at=trouble.since
            )
        )
        told = {"reason": trouble.reason}
        changes.append(
            Change(f"exception.{trouble.kind}", "order", parcel.booking.parcel.order_id, told)
        )
    if opened:
        ParcelException.objects.bulk_create(opened)
    return changes


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
