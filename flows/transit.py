"""Stage 7, transit: what carriers say, by polling and by push, and what follows from it."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from core.jobs import Work, enqueue
from core.models import Job
from core.tenancy import across_merchants, merchant
from customs.models import Declaration
from customs.services import FINAL
from flows.partners import carrier
from integrations.carriers.base import Carrier, VendorEvent
from integrations.carriers.line import Line
from integrations.errors import Refused
from orders.models import Order
from orders.services import move_orders
from shipping.models import Booking
from shipping.rules.catalogue import service as service_of
from shipping.rules.catalogue import services
from tracking.models import FeedCursor, ParcelLookup, TrackedParcel
from tracking.rules.milestones import TrackEvent, fold
from tracking.rules.silence import LOST, silence, silence_rule
from tracking.services import (
    OURS,
    NewEvent,
    Told,
    mark_heard,
    next_poll,
    record_events,
    save_feed_cursor,
)

log = logging.getLogger("waybridge.transit")

POLL_BATCH = 25
FEED_PAGE = 500
LAST_MILE_CUES = frozenset({"in_transit.import_cleared", "in_transit.destination_hub"})


class UnknownParcel(Exception):
    """A carrier told us about a tracking number that is not ours."""


def due_polls(*, now: datetime, limit: int = 200) -> list[tuple[int, str]]:
    """Return the (merchant id, carrier) pairs that have parcels to be asked about."""
    with across_merchants("The sweep looks for parcels of every merchant that are due a poll."):
        due = TrackedParcel.objects.filter(next_poll_at__lte=now)
        return list(due.values_list("merchant_id", "carrier_code").distinct()[:limit])


def poll(*, merchant_id: int, carrier_code: str) -> int:
    """Ask a carrier about one merchant's due parcels; return how many events were new.

    The parcels' next poll is set first: a worker that dies leaves them for the next round.
    """
    now = timezone.now()
    with merchant(merchant_id):
        due = list(
            TrackedParcel.objects.filter(carrier_code=carrier_code, next_poll_at__lte=now)
            .order_by("next_poll_at")
            .select_for_update(skip_locked=True)[:POLL_BATCH]
        )
        later = now + timedelta(seconds=settings.TRACKING_POLL_SECONDS)
        next_poll(parcel_ids=[parcel.pk for parcel in due], at=later)
    if not due:
        return 0
    client = carrier(carrier_code)
    if client.events_by != "number":
        return 0
    new, heard = 0, []
    try:
        for parcel in due:
            new += _ask_about(client, merchant_id, parcel)
            heard.append(parcel.pk)
    finally:
        with merchant(merchant_id):
            mark_heard(parcel_ids=heard, at=now)
    return new


def _ask_about(client: Carrier, merchant_id: int, parcel: TrackedParcel) -> int:
    """Ask about one parcel; a number the carrier refuses must not silence the others."""
    number = parcel.tracking_number
    try:
        page = client.events(numbers=[number])
    except Refused as refused:
        log.warning("%s of merchant %s is not tracked: %s", number, merchant_id, refused)
        return 0
    return _spread(merchant_id, {number: parcel.pk}, page.events, source="poll")


def read_feed(*, carrier_code: str) -> int:
    """Read on in a carrier's feed of all merchants' events; return how many events were new.

    The cursor is saved after the events, so that a kill reads a page twice and never skips one.
    """
    client = carrier(carrier_code)
    new = 0
    while True:
        with across_merchants("A carrier's feed holds every merchant's events."):
            cursor = FeedCursor.objects.filter(feed=carrier_code).first()
        page = client.events(cursor=cursor.cursor if cursor else "")
        for merchant_id, by_number, events in _by_merchant(carrier_code, page.events):
            new += _spread(merchant_id, by_number, events, source="feed")
        with across_merchants("How far a carrier's feed was read belongs to no merchant."):
            save_feed_cursor(feed=carrier_code, cursor=page.next_cursor, now=timezone.now())
        if not page.events or page.next_cursor == (cursor.cursor if cursor else ""):
            return new


def receive_push(*, carrier_code: str, event: VendorEvent) -> int:
    """Take one pushed event; return 1 when it was new. Raises `UnknownParcel`."""
    found = _by_merchant(carrier_code, [event])
    if not found:
        raise UnknownParcel(f"{carrier_code} {event.tracking_number} is not a parcel of ours.")
    merchant_id, by_number, events = found[0]
    return _spread(merchant_id, by_number, events, source="push")


def register_push() -> None:
    """Tell the dedicated line where it may push events to; telling it again changes nothing."""
    client = carrier("line")
    if not isinstance(client, Line):
        raise TypeError("The carrier `line` is spoken to by another client than Line.")
    secret = settings.PARTNERS["line"]["push_secret"]
    client.register_callback(url=f"{settings.PUBLIC_URL}/push/line/", secret=secret)


def _by_merchant(
    carrier_code: str, events: Iterable[VendorEvent]
) -> list[tuple[int, dict[str, int], list[VendorEvent]]]:
    """Sort events by the merchant whose parcel they are about; unknown numbers are left out."""
    events = list(events)
    lookups = {
        row.tracking_number: row
        for row in ParcelLookup.objects.filter(
            carrier_code=carrier_code, tracking_number__in={e.tracking_number for e in events}
        )
    }
    sorted_out: dict[int, tuple[dict[str, int], list[VendorEvent]]] = defaultdict(lambda: ({}, []))
    for event in events:
        row = lookups.get(event.tracking_number)
        if row is not None:
            by_number, own = sorted_out[row.merchant_id]
            by_number[event.tracking_number] = row.tracked_parcel_id
            own.append(event)
    return [(merchant_id, *rest) for merchant_id, rest in sorted_out.items()]


def _spread(
    merchant_id: int, by_number: dict[str, int], events: Sequence[VendorEvent], *, source: str
) -> int:
    by_parcel: dict[int, list[NewEvent]] = defaultdict(list)
    for event in events:
        if event.tracking_number in by_number:
            by_parcel[by_number[event.tracking_number]].append(_new(event, source))
    return sum(
        tell(merchant_id=merchant_id, parcel_id=parcel_id, events=own)
        for parcel_id, own in by_parcel.items()
    )


def _new(event: VendorEvent, source: str) -> NewEvent:
    return NewEvent(
        source=source,
        vendor=event.vendor,
        code=event.code,
        happened_at=event.happened_at,
        city=event.city,
        country=event.country,
        description=event.description,
        vendor_event_id=event.vendor_event_id,
        reason_code=str(event.raw.get("reason") or ""),
        raw=event.raw,
    )


def tell(*, merchant_id: int, parcel_id: int, events: Sequence[NewEvent]) -> int:
    """Record events of one parcel and do what follows; return how many were new."""
    now = timezone.now()
    with merchant(merchant_id):
        told = record_events(parcel_id=parcel_id, events=events, now=now)
        if told.new_events:
            _follow_up(told, now)
    return told.new_events


def _follow_up(told: Told, now: datetime) -> None:
    """Move the order, and queue the proof or the last mile."""
    parcel = told.parcel
    if parcel.booking.status == Booking.Status.VOIDED:
        return  # a number that was withdrawn: the order follows the parcel's new one
    order_id = parcel.booking.parcel.order_id
    key, payload = str(parcel.pk), {"parcel_id": parcel.pk}
    if told.is_newly_delivered:
        move_orders(order_ids=[order_id], to=Order.Status.DELIVERED, actor="tracking", now=now)
        enqueue([Work("delivery.fetch_proof", key, payload)], now=now)
    elif told.is_newly_lost:
        move_orders(order_ids=[order_id], to=Order.Status.LOST, actor="tracking", now=now)
    if parcel.delivered_at is None and parcel.lost_at is None and _is_due_last_mile(parcel):
        enqueue([Work("delivery.consign", key, payload)], now=now)


def _is_due_last_mile(parcel: TrackedParcel) -> bool:
    """A dedicated-line parcel that customs has released goes to the delivery partner."""
    service = service_of(parcel.booking.service_code, timezone.now().date())
    if not service.last_mile_partner:
        return False
    return parcel.events.filter(canonical__in=LAST_MILE_CUES).exists()


def silent_parcels(*, now: datetime, limit: int = 100) -> list[tuple[int, int]]:
    """Return (merchant id, parcel id) of parcels under way that have been silent for too long.

    By the wall clock alone; `judge_silence` then leaves out those that wait for somebody else.
    """
    modes = {offered.carrier: offered.mode for offered in services(now.date())}
    too_long = Q(pk__in=[])
    for carrier_code, mode in modes.items():
        lost_after = timedelta(seconds=silence_rule(mode, now).lost_after_s)
        since = now - lost_after / settings.SILENCE_COMPRESSION
        too_long |= Q(carrier_code=carrier_code, last_event_at__lt=since)
    with across_merchants("The sweep looks for silent parcels of every merchant."):
        under_way = TrackedParcel.objects.filter(delivered_at__isnull=True, lost_at__isnull=True)
        silent = under_way.filter(too_long).order_by("-last_event_at")
        return list(silent.values_list("merchant_id", "id")[:limit])


def judge_silence(*, merchant_id: int, parcel_id: int) -> bool:
    """Count a parcel as lost when the carrier's silence has lasted beyond its service's limit.

    Only the carrier's silence counts: the clock runs until we last heard it out, and stands still
    while the parcel waits for customs or for a step of our own.
    """
    with merchant(merchant_id):
        parcel = TrackedParcel.objects.select_related("booking").get(pk=parcel_id)
    heard = heard_at(parcel)
    if heard is None:
        return False
    with merchant(merchant_id):
        if _waits_for_us(parcel):
            return False
        standing = fold(
            TrackEvent(canonical=row.canonical, happened_at=row.happened_at, reason=row.reason)
            for row in parcel.events.all()
        )
        mode = service_of(parcel.booking.service_code, heard.date()).mode
        released_at = _released_at(parcel)
    found = silence(standing, mode=mode, now=heard, compression=settings.SILENCE_COMPRESSION)
    if found is None or found.code != LOST:
        return False
    limit = timedelta(seconds=found.rule.lost_after_s / settings.SILENCE_COMPRESSION)
    if released_at is not None and heard - released_at < limit:
        return False
    lost = NewEvent(
        source="silence",
        vendor=OURS,
        code="lost",
        happened_at=heard,
        vendor_event_id=f"lost-after:{found.last_scan_at.isoformat()}",
        raw={"last_scan_at": found.last_scan_at.isoformat(), "rule": found.rule.mode},
    )
    return bool(tell(merchant_id=merchant_id, parcel_id=parcel_id, events=[lost]))


def heard_at(parcel: TrackedParcel) -> datetime | None:
    """When the carrier had last told us everything: by a poll of the parcel, or by its feed."""
    if carrier(parcel.carrier_code).events_by == "number":
        return parcel.polled_at
    with across_merchants("How far a carrier's feed was read belongs to no merchant."):
        feed = FeedCursor.objects.filter(feed=parcel.carrier_code).first()
    return feed.read_at if feed else None


def _released_at(parcel: TrackedParcel) -> datetime | None:
    """When customs had its last word: the carrier's clock begins again only then."""
    answered: datetime | None = (
        Declaration.objects.filter(
            booking_id=parcel.booking_id,
            direction=Declaration.Direction.IMPORT,
            superseded_at__isnull=True,
        )
        .values_list("answered_at", flat=True)
        .first()
    )
    return answered


def _waits_for_us(parcel: TrackedParcel) -> bool:
    """Tell whether customs has not decided, or the delivery partner was not asked yet."""
    undecided = Declaration.objects.filter(
        booking_id=parcel.booking_id,
        direction=Declaration.Direction.IMPORT,
        superseded_at__isnull=True,
    ).exclude(status__in=[*FINAL, Declaration.Status.DRAFT])
    asking = Job.objects.filter(
        kind="delivery.consign", key=str(parcel.pk), status=Job.Status.QUEUED
    )
    lodging = Job.objects.filter(
        kind="clearance.lodge_import", key=str(parcel.booking_id), status=Job.Status.QUEUED
    )
    return undecided.exists() or asking.exists() or lodging.exists()
