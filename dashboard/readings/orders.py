"""The list of orders: filtered by columns that have an index, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from core.money import Money
from dashboard.readings.words import hold_name
from dashboard.screens.orders import OrderRow
from orders.models import Channel, Hold, Import, Order, OrderLine, OrderTag, RuleNotice
from orders.states import AWAY
from shipping.words import service_words
from tracking.journey import order_journey
from tracking.models import TrackedParcel

SORTS = {
    "placed_at": "arrived_at", "reference": "reference", "value": "goods_value",
    "country": "country",
}  # fmt: skip
STAGE_STATUSES = {
    "ordered": (Order.Status.RECEIVED, Order.Status.HELD, Order.Status.ACCEPTED,
                Order.Status.BACKORDERED),
    "allocated": (Order.Status.ALLOCATED,),
    "packed": (Order.Status.PACKED,),
}  # fmt: skip
LAST_LETTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class OrderFilters:
    """What a list is narrowed to; every empty value means all. `since` is a day in UTC.

    `upload` is the id of an uploaded file: the orders that came in by it. `rule` is the id of a
    rule: the orders it wants looked at.
    """

    query: str = ""
    status: str = ""
    country: str = ""
    hold: str = ""
    since: date | None = None
    upload: int | None = None
    tag: str = ""
    rule: int | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether anything is narrowed."""
        return any(
            (
                self.query, self.status, self.country, self.hold, self.since, self.upload,
                self.tag, self.rule,
            )
        )  # fmt: skip


def orders_matching(filters: OrderFilters) -> QuerySet[Order]:
    """The orders of a list, with the instant the list shows as `arrived_at`."""
    rows: QuerySet[Order, Any] = Order.objects.annotate(
        arrived_at=Coalesce("placed_at", "created_at")
    )
    if filters.query:
        rows = rows.filter(
            begins_with("reference", filters.query.upper())
            | begins_with("external_order", filters.query)
        )
    rows = _of_status(rows, filters)
    if filters.country:
        rows = rows.filter(country=filters.country)
    if filters.hold:
        still_open = Hold.objects.filter(
            order=OuterRef("pk"), code=filters.hold, released_at__isnull=True
        )
        rows = rows.filter(Exists(still_open))
    if filters.tag:
        rows = rows.filter(pk__in=OrderTag.objects.filter(tag=filters.tag).values("order_id"))
    if filters.rule:
        told = RuleNotice.objects.filter(
            rule_id=filters.rule, member_id__isnull=True, settled_at__isnull=True
        )
        rows = rows.filter(pk__in=told.values("order_id"))
    if filters.since:
        start = datetime.combine(filters.since, time(), ZoneInfo("UTC"))
        rows = rows.filter(created_at__gte=start)
    if filters.upload:
        return of_upload(rows, Import.objects.filter(pk=filters.upload).first())
    return rows


def _of_status(rows: QuerySet[Any, Any], filters: OrderFilters) -> QuerySet[Any, Any]:
    """Split and merged orders only where asked for by status or number: others ship their goods."""
    if filters.status in STAGE_STATUSES:
        return rows.filter(status__in=STAGE_STATUSES[filters.status])
    if filters.status:
        return rows.filter(status=filters.status)
    return rows if filters.query else rows.exclude(status__in=AWAY)


def of_upload(rows: QuerySet[Order], upload: Import | None) -> QuerySet[Order]:
    """Those of the orders that came in while this file was read; none where there is no such file.

    An order does not name its file; the span of the reading does, since one file of a merchant
    is read after the other.
    """
    if upload is None:
        return rows.none()
    return rows.filter(
        channel__kind=Channel.Kind.UPLOAD,
        made_by="",
        created_at__gte=upload.created_at,
        created_at__lte=upload.finished_at or timezone.now(),
    )


def begins_with(column: str, text: str) -> Q:
    """Rows whose column begins with the text.

    LIKE is not leakproof, so behind row-level security it cannot use an index; the two
    comparisons can, and LIKE only confirms the few rows they leave.
    """
    return Q(
        **{
            f"{column}__gte": text,
            f"{column}__lt": text + LAST_LETTER,
            f"{column}__startswith": text,
        }
    )


def order_rows(orders: Sequence[Order]) -> tuple[OrderRow, ...]:
    """Rows of the list; four more queries for any number of orders."""
    ids = [order.pk for order in orders]
    tracked = {
        parcel.booking.parcel.order_id: parcel
        for parcel in TrackedParcel.objects.filter(booking__parcel__order_id__in=ids)
        .select_related("booking__parcel")
        .order_by("id")
    }
    lines: dict[int, int] = dict(
        OrderLine.objects.filter(order_id__in=ids)
        .values("order_id")
        .annotate(many=Count("id"))
        .values_list("order_id", "many")
    )
    holds: dict[int, list[str]] = {}
    still_open = Hold.objects.filter(order_id__in=ids, released_at__isnull=True)
    for order_id, code in still_open.order_by("id").values_list("order_id", "code"):
        names = holds.setdefault(order_id, [])
        if hold_name(code) not in names:
            names.append(hold_name(code))
    return tuple(
        _row(order, tracked.get(order.pk), lines.get(order.pk, 0), tuple(holds.get(order.pk, ())))
        for order in orders
    )


def _row(
    order: Order, parcel: TrackedParcel | None, line_count: int, holds: tuple[str, ...]
) -> OrderRow:
    packed = parcel.booking.parcel if parcel else None
    return OrderRow(
        id=str(order.pk),
        reference=order.reference,
        url=reverse("dashboard:order", args=[order.reference]),
        external_order=order.external_order,
        channel=str(order.channel.get_kind_display()),
        placed_at=order.placed_at or order.created_at,
        recipient=order.recipient_name,
        country=order.country,
        line_count=line_count,
        value=Money(order.goods_value, order.currency),
        line=order_journey(
            order=order,
            reached=parcel.reached if parcel else None,
            trouble=parcel.problem if parcel else "",
            packed_at=packed.packed_at if packed else None,
        ),
        holds=holds,
        tags=tuple(order.tags),
        service=service_name(parcel.booking) if parcel else "",
    )


def service_name(booking: Any) -> str:
    """The name of a booking's service on the day it was booked."""
    return service_words(booking.service_code, booking.created_at.date())
