"""The floor at a glance: what waits, in which warehouse, for which merchant, and what is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, Subquery, Sum

from core.jobs import Work, enqueue
from core.models import Job
from core.spoken import say_all
from core.tenancy import across_merchants, merchant
from customs.models import Declaration
from flows.words import work_words
from orders.models import Order
from shipping.models import Booking, Handover
from tracking.words import carrier_words
from warehouse.models import Parcel, Wave

PROBLEMS = 50
LIVE = (Parcel.Status.PLANNED, Parcel.Status.PACKED)
NEEDS_PERSON = (Booking.Status.REFUSED, Booking.Status.UNCLEAR)
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """A job that a person must look at, and where; `reason` in the reader's language."""

    job_id: int
    kind: str
    about: str
    merchant_code: str
    warehouse_id: int
    reason: str
    since: datetime

    @property
    def words(self) -> str:
        """What kind of work stopped."""
        return work_words(self.kind)


@dataclass(frozen=True, slots=True)
class Board:
    """Rows by warehouse and merchant; each has `warehouse_id`, `owner` (code) and `owner_name`.

    `waiting` (orders), `waves` (with counts), `labels` (parcels without a label, by state coming or
    person), `exporting` (packed, export not released, by state coming or person), `ready` (per
    carrier: parcels, weight_g), `problems`.
    """

    waiting: tuple[Row, ...]
    waves: tuple[Row, ...]
    labels: tuple[Row, ...]
    exporting: tuple[Row, ...]
    ready: tuple[Row, ...]
    problems: tuple[Problem, ...]


def board(*, warehouse_ids: Collection[int]) -> Board:
    """Read the whole board in one transaction."""
    with across_merchants("The station board shows staff every merchant's work at hand."):
        return Board(
            waiting=tuple(_waiting(warehouse_ids)),
            waves=tuple(_waves(warehouse_ids)),
            labels=tuple(_labels(warehouse_ids)),
            exporting=tuple(_exporting(warehouse_ids)),
            ready=tuple(_ready(warehouse_ids)),
            problems=tuple(_problems(warehouse_ids)),
        )


def ready_to_hand_over(*, warehouse_ids: Collection[int]) -> list[Row]:
    """Return parcels that may leave: per warehouse, merchant and carrier, with count and weight."""
    with across_merchants("The hand-over station shows every merchant's parcels for a carrier."):
        return list(_ready(warehouse_ids))


def _waiting(warehouse_ids: Collection[int]) -> Iterable[Row]:
    orders = Order.objects.filter(
        status=Order.Status.ALLOCATED, allocations__warehouse_id__in=warehouse_ids
    ).exclude(parcels__status__in=LIVE)
    return (
        orders.values(warehouse_id=F("allocations__warehouse_id"), owner=F("merchant__code"),
                      owner_name=F("merchant__name"))
        .annotate(orders=Count("pk"), ship_by=Max("ship_by"))
        .order_by("owner")
    )  # fmt: skip


def _waves(warehouse_ids: Collection[int]) -> Iterable[Row]:
    """Waves that still have parcels to pack, or wait to be released."""
    return (
        Wave.objects.filter(
            warehouse_id__in=warehouse_ids, parcels__status=Parcel.Status.PLANNED
        )
        .exclude(status=Wave.Status.CLOSED)
        .values("id", "warehouse_id", "number", "status", "created_at", "pick_list_id",
                owner=F("merchant__code"), owner_name=F("merchant__name"))
        .annotate(to_pack=Count("parcels"))
        .order_by("id")[:200]
    )  # fmt: skip


def _labels(warehouse_ids: Collection[int]) -> Iterable[Row]:
    newest = Booking.objects.filter(parcel_id=OuterRef("pk")).order_by("-id")
    parcels = (
        Parcel.objects.filter(
            warehouse_id__in=warehouse_ids, status=Parcel.Status.PLANNED,
            wave__status__in=[Wave.Status.RELEASED, Wave.Status.PICKED],
        )
        .annotate(
            label=Subquery(newest.values("label_id")[:1]),
            booking=Subquery(newest.values("status")[:1]),
        )
        .filter(label__isnull=True)
    )  # fmt: skip
    return _by_state(parcels, Q(booking__in=NEEDS_PERSON))


def _exporting(warehouse_ids: Collection[int]) -> Iterable[Row]:
    export = Declaration.objects.filter(
        booking__parcel_id=OuterRef("pk"), direction=Declaration.Direction.EXPORT
    ).order_by("-id")
    parcels = (
        Parcel.objects.filter(warehouse_id__in=warehouse_ids, status=Parcel.Status.PACKED)
        .annotate(export=Subquery(export.values("status")[:1]))
        .exclude(export=Declaration.Status.RELEASED)
    )
    stuck = (Declaration.Status.HELD, Declaration.Status.REFUSED, Declaration.Status.INCOMPLETE)
    return _by_state(parcels, Q(export__in=stuck))


def _by_state(parcels: Any, person: Q) -> Iterable[Row]:
    """Count parcels per warehouse and merchant: on their way, and those that need a person."""
    rows = (
        parcels.values("warehouse_id", owner=F("merchant__code"), owner_name=F("merchant__name"))
        .annotate(all=Count("pk"), person=Count("pk", filter=person))
        .order_by("owner")
    )
    return [{**row, "coming": row["all"] - row["person"]} for row in rows]


def _ready(warehouse_ids: Collection[int]) -> Iterable[Row]:
    rows = (
        Booking.objects.filter(
            status=Booking.Status.BOOKED,
            handover__isnull=True,
            parcel__status=Parcel.Status.PACKED,
            parcel__warehouse_id__in=warehouse_ids,
            declarations__direction=Declaration.Direction.EXPORT,
            declarations__status=Declaration.Status.RELEASED,
        )
        .values(
            "carrier_code",
            warehouse_id=F("parcel__warehouse_id"),
            owner=F("merchant__code"),
            owner_name=F("merchant__name"),
            warehouse=F("parcel__warehouse__code"),
        )
        .annotate(parcels=Count("pk"), weight_g=Sum("parcel__weight_g"))
        .order_by("warehouse", "carrier_code", "owner")
    )
    return [{**row, "carrier": carrier_words(row["carrier_code"])} for row in rows]


def _problems(warehouse_ids: Collection[int]) -> Iterable[Problem]:
    """Failed jobs about a parcel, booking, wave or handover in the warehouses, newest first."""
    jobs = list(
        Job.objects.filter(status=Job.Status.FAILED)
        .select_related("merchant")
        .order_by("-id")[: PROBLEMS * 4]
    )
    places = _places(jobs)
    found = 0
    for job in jobs:
        about, warehouse_id = next(
            (places[key] for key in _subjects(job) if key in places), ("", 0)
        )
        if warehouse_id in warehouse_ids and found < PROBLEMS:
            found += 1
            yield Problem(
                job.pk, job.kind, about, job.merchant.code, warehouse_id,
                say_all(job.said, otherwise=job.last_error)[:300], job.created_at,
            )  # fmt: skip


def _subjects(job: Job) -> list[tuple[str, int]]:
    return [(name, value) for name, value in job.payload.items() if name.endswith("_id")]


def _places(jobs: Iterable[Job]) -> dict[tuple[str, int], tuple[str, int]]:
    """Map what jobs are about to its reference and warehouse, one query per kind."""
    ids: dict[str, set[int]] = {}
    for name, value in (subject for job in jobs for subject in _subjects(job)):
        ids.setdefault(name, set()).add(value)
    readings: dict[str, tuple[Any, str, str]] = {
        "parcel_id": (Parcel.objects, "reference", "warehouse_id"),
        "booking_id": (Booking.objects, "parcel__reference", "parcel__warehouse_id"),
        "wave_id": (Wave.objects, "number", "warehouse_id"),
        "handover_id": (Handover.objects, "number", "warehouse_id"),
    }
    return {
        (name, pk): (about, warehouse_id)
        for name, (rows, label, place) in readings.items()
        if name in ids
        for pk, about, warehouse_id in rows.filter(pk__in=ids[name]).values_list("pk", label, place)
    }


def try_again(*, merchant_id: int, job: Job, now: datetime) -> None:
    """Put a failed job back on the list, on a person's word."""
    with merchant(merchant_id):
        enqueue([Work(job.kind, job.key, job.payload)], now=now, again=True)
