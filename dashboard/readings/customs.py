"""Declarations, and the gaps in the data that stop parcels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from customs.models import Declaration
from dashboard.readings.words import (
    declaration_badge,
    problem_words,
    sentence,
)
from dashboard.screens.customs import DeclarationListRow, MissingData
from orders.models import Hold
from orders.words import hold_words
from tracking.models import TrackedParcel
from warehouse.models import ParcelItem

SORTS = {"changed_at": "id"}
CUSTOMS_HOLDS = (Hold.Code.CUSTOMS_DATA, Hold.Code.RECIPIENT_ID)
LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class CustomsFilters:
    """What the list is narrowed to; every empty value means all."""

    status: str = ""
    direction: str = ""
    country: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether anything is narrowed."""
        return any((self.status, self.direction, self.country))


def declarations_matching(filters: CustomsFilters) -> QuerySet[Declaration]:
    """The declarations of a list."""
    rows = Declaration.objects.select_related("booking__parcel__order")
    chosen = {
        "status": filters.status,
        "direction": filters.direction,
        "country": filters.country,
    }
    if filters.status in (Declaration.Status.REFUSED, Declaration.Status.INCOMPLETE):
        # What stands to be mended: one that was corrected is history.
        rows = rows.filter(superseded_at__isnull=True)
    return rows.filter(**{name: value for name, value in chosen.items() if value})


def declaration_rows(declarations: Sequence[Declaration]) -> tuple[DeclarationListRow, ...]:
    """Rows of the list; one more query for any number of declarations."""
    bookings = [row.booking_id for row in declarations]
    parcels = dict(
        TrackedParcel.objects.filter(booking_id__in=bookings).values_list("booking_id", "id")
    )
    return tuple(_row(row, parcels.get(row.booking_id)) for row in declarations)


def _row(row: Declaration, parcel_id: int | None) -> DeclarationListRow:
    order = row.booking.parcel.order
    return DeclarationListRow(
        local_reference=row.lrn,
        movement_reference=row.mrn,
        direction=str(row.get_direction_display()),
        country=row.country,
        tracking_number=row.booking.tracking_number or order.reference,
        shipment_url=reverse("dashboard:shipment", args=[parcel_id])
        if parcel_id
        else reverse("dashboard:order", args=[order.reference]),
        badge=declaration_badge(row),
        changed_at=row.answered_at or row.lodged_at or row.created_at,
        reason=declaration_reason(row),
        url=reverse("dashboard:declaration", args=[row.pk]),
    )


def declaration_reason(row: Declaration) -> str:
    """Why a declaration does not go on: its gaps in words, else what the authority said."""
    if row.status == Declaration.Status.INCOMPLETE:
        return " ".join(problem_words(problem)[0] for problem in row.problems)
    if row.superseded_at is not None:
        return _("Corrected since. {reason}").format(reason=row.authority_reason)
    return row.authority_reason


@dataclass(slots=True)
class _Gap:
    subject: str
    url: str
    fault: str
    remedy: str
    waiting: int
    oldest_at: datetime


def read_missing() -> tuple[MissingData, ...]:
    """What is missing, the oldest gaps' subjects once each; held orders come before parcels."""
    gaps: dict[tuple[str, str], _Gap] = {}
    for gap in (*_held(), *_incomplete()):
        known = gaps.setdefault((gap.subject, gap.fault), gap)
        if known is not gap:
            known.waiting += 1
            known.oldest_at = min(known.oldest_at, gap.oldest_at)
    return tuple(
        MissingData(
            subject=gap.subject,
            subject_url=gap.url,
            field=gap.fault,
            remedy=gap.remedy,
            waiting=gap.waiting,
            oldest_at=gap.oldest_at,
        )
        for gap in gaps.values()
    )


def _held() -> Iterable[_Gap]:
    holds = Hold.objects.filter(code__in=CUSTOMS_HOLDS, released_at__isnull=True)
    for hold in holds.select_related("order").order_by("-id")[:LOOKED_AT]:
        fault, remedy = hold_words(hold)
        sku = str(hold.params.get("sku", ""))
        yield _gap(sku, hold.order.reference, fault, remedy, hold.raised_at)


def _incomplete() -> Iterable[_Gap]:
    rows = list(
        Declaration.objects.filter(status=Declaration.Status.INCOMPLETE)
        .select_related("booking__parcel__order")
        .order_by("-id")[:LOOKED_AT]
    )
    skus: dict[int, list[str]] = {}
    items = ParcelItem.objects.filter(parcel_id__in=[row.booking.parcel_id for row in rows])
    for parcel_id, sku in items.order_by("id").values_list("parcel_id", "product__sku"):
        skus.setdefault(parcel_id, []).append(sku)
    for row in rows:
        names = skus.get(row.booking.parcel_id, [])
        for problem in row.problems:
            line = int(problem.get("line") or 0)
            sku = names[line - 1] if 0 < line <= len(names) else ""
            fault, remedy = sentence(problem.get("fault") or {}), problem_words(problem)[1]
            reference = row.booking.parcel.order.reference
            yield _gap(sku, reference, fault, remedy, row.created_at)


def _gap(sku: str, reference: str, fault: str, remedy: str, since: datetime) -> _Gap:
    url = (
        f"{reverse('dashboard:products')}?q={sku}"
        if sku
        else reverse("dashboard:order", args=[reference])
    )
    return _Gap(sku or reference, url, fault, remedy, 1, since)
