"""The floor at a glance: what waits, in which warehouse, for which merchant, and what is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, OuterRef, Q, Subquery, Sum

from core.models import Job
from core.spoken import say_all
from core.tenancy import across_merchants
from customs.models import Declaration
from flows.export import READY_TO_LEAVE
from flows.problems import About, count_failed, subjects
from flows.words import work_words
from orders.models import Order
from shipping.models import Booking
from tracking.words import carrier_words
from warehouse.models import Allocation, Parcel, Wave

PROBLEMS = 50
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

    Those that a person acts on also say whether the merchant is active (`owner_active`).

    `waiting` (orders), `waves` (with counts), `labels` (parcels without a label, by state coming or
    person), `exporting` (packed, export not released, by state coming or person), `ready` (per
    carrier: parcels, weight_g), `problems`. `failed` counts jobs that stopped in all warehouses,
    up to a thousand.
    """

    waiting: tuple[Row, ...]
    waves: tuple[Row, ...]
    labels: tuple[Row, ...]
    exporting: tuple[Row, ...]
    ready: tuple[Row, ...]
    problems: tuple[Problem, ...]
    failed: int


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
            failed=count_failed(),
        )


def ready_to_hand_over(*, warehouse_ids: Collection[int]) -> list[Row]:
    """Return parcels that may leave: per warehouse, merchant and carrier, with count and weight."""
    with across_merchants("The hand-over station shows every merchant's parcels for a carrier."):
        return list(_ready(warehouse_ids))


def _waiting(warehouse_ids: Collection[int]) -> Iterable[Row]:
    waiting = Allocation.objects.filter(
        planned_at__isnull=True, warehouse_id__in=warehouse_ids,
        order__status=Order.Status.ALLOCATED,
    )  # fmt: skip
    return (
        waiting.values(
            "warehouse_id",
            owner=F("merchant__code"),
            owner_name=F("merchant__name"),
            owner_active=F("merchant__is_active"),
        )
        .annotate(orders=Count("pk"), ship_by=Min("ship_by"))
        .order_by("owner")
    )


def _waves(warehouse_ids: Collection[int]) -> Iterable[Row]:
    """Waves that still have parcels to pack, or that a person planned; proposals stand apart."""
    return (
        Wave.objects.filter(
            warehouse_id__in=warehouse_ids, parcels__status=Parcel.Status.PLANNED
        )
        .exclude(status__in=[Wave.Status.CLOSED, Wave.Status.DISMISSED])
        .exclude(status=Wave.Status.PLANNED, template__isnull=False)
        .values("id", "warehouse_id", "number", "status", "created_at", "pick_list_id", "kind",
                owner=F("merchant__code"), owner_name=F("merchant__name"),
                owner_active=F("merchant__is_active"))
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
        Booking.objects.filter(READY_TO_LEAVE, parcel__warehouse_id__in=warehouse_ids)
        .values(
            "carrier_code",
            warehouse_id=F("parcel__warehouse_id"),
            owner=F("merchant__code"),
            owner_name=F("merchant__name"),
            owner_active=F("merchant__is_active"),
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
    about = subjects(jobs)
    here = [job for job in jobs if about.get(job.pk, About()).warehouse_id in warehouse_ids]
    for job in here[:PROBLEMS]:
        subject = about[job.pk]
        yield Problem(
            job.pk, job.kind, subject.name, job.merchant.code, subject.warehouse_id,
            say_all(job.said, otherwise=job.last_error)[:300], job.created_at,
        )  # fmt: skip
