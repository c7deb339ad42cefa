"""One order as its doors show it: lines, holds, parcels with booking and standing, papers, cost.

Reads only. The rooms cannot read each other upwards, so what needs all of them is gathered here.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from core.models import Document
from customs.models import Declaration, LandedCost
from orders.models import Hold, Order, OrderLine
from shipping.models import Booking
from tracking.models import TrackedParcel
from warehouse.models import Parcel


@dataclass(frozen=True, slots=True)
class ParcelPicture:
    """A parcel with its newest booking, its declarations, where it stands, and what the buyer's
    door costs."""

    parcel: Parcel
    booking: Booking | None
    tracked: TrackedParcel | None
    landed_cost: LandedCost | None
    declarations: tuple[Declaration, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderFamily:
    """References of the orders that a split or a merge connects with one order, oldest first:
    what it was made of, and what was made of it. What was taken back is in neither."""

    made_of: tuple[str, ...]
    made_into: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderPicture:
    """Everything about one order, evaluated."""

    order: Order
    lines: tuple[OrderLine, ...]
    holds: tuple[Hold, ...]
    parcels: tuple[ParcelPicture, ...]
    documents: tuple[Document, ...]
    family: OrderFamily


def order_family(order: Order) -> OrderFamily:
    """The orders that this one is made of or was made into, in the active block."""
    up = Q(merged_into=order)
    if order.parent_id and order.undone_at is None:
        up |= Q(pk=order.parent_id)
    down = Q(parent=order, undone_at__isnull=True)
    if order.merged_into_id:
        down |= Q(pk=order.merged_into_id)
    references = Order.objects.order_by("pk").values_list("reference", flat=True)
    return OrderFamily(tuple(references.filter(up)), tuple(references.filter(down)))


def order_picture(*, reference: str) -> OrderPicture:
    """Gather an order inside the caller's merchant block; raise `Order.DoesNotExist`."""
    order = Order.objects.select_related("channel").get(reference=reference)
    bookings = {
        booking.parcel_id: booking
        for booking in Booking.objects.filter(parcel__order=order).order_by("pk")
    }
    booking_ids = [booking.pk for booking in bookings.values()]
    tracked = {row.booking_id: row for row in TrackedParcel.objects.filter(booking__in=booking_ids)}
    costs = {row.booking_id: row for row in LandedCost.objects.filter(booking__in=booking_ids)}
    declarations = Declaration.objects.filter(booking__in=booking_ids, superseded_at__isnull=True)
    declared: dict[int, list[Declaration]] = {}
    for declaration in declarations.order_by("pk"):
        declared.setdefault(declaration.booking_id, []).append(declaration)
    parcels = []
    for parcel in Parcel.objects.filter(order=order).order_by("pk"):
        booking = bookings.get(parcel.pk)
        booking_id = booking.pk if booking else 0
        parcels.append(
            ParcelPicture(
                parcel,
                booking,
                tracked.get(booking_id),
                costs.get(booking_id),
                tuple(declared.get(booking_id, ())),
            )
        )
    papers = Document.objects.filter(subject_kind="order", subject_id=order.pk)
    return OrderPicture(
        order=order,
        lines=tuple(OrderLine.objects.filter(order=order).order_by("pk")),
        holds=tuple(Hold.objects.filter(order=order).order_by("pk")),
        parcels=tuple(parcels),
        documents=tuple(papers.order_by("pk")),
        family=order_family(order),
    )
