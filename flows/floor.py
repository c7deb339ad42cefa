"""What a station must find before it knows whose it is: the wave, parcel or paper of some merchant.

Only in the warehouses a person works in. Each reading crosses merchants once and returns plain
values; all further work happens in a block of the merchant that was found.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import Staff
from core.models import Document, Merchant
from core.prepared import Prepared
from core.tenancy import across_merchants
from shipping.models import Booking, Handover
from warehouse.models import (
    Inbound,
    Parcel,
    StaffAssignment,
    StationPrinter,
    Warehouse,
    Wave,
)

FLOOR_PAPERS = (
    "label", "commercial_invoice", "packing_list", "pick_list", "manifest", "packing_photo",
    "product_labels",
)  # fmt: skip


class LabelWithdrawn(Exception):
    """The label belongs to a booking that was withdrawn: it is never printed again."""


@dataclass(frozen=True, slots=True)
class FoundParcel:
    """A parcel and whose it is."""

    merchant_id: int
    merchant_code: str
    reference: str


def warehouses_of(staff: Staff) -> list[Warehouse]:
    """Return the active warehouses a person works in; an administrator sees all."""
    if staff.role == Staff.Role.ADMIN:
        return WAREHOUSES.rows()
    return OWN_WAREHOUSES.rows(staff_id=staff.pk)


def _open_warehouses(rows: QuerySet[Warehouse]) -> QuerySet[Warehouse]:
    return rows.filter(is_active=True).order_by("priority", "id")


def _own_warehouses(rows: QuerySet[Warehouse], staff_id: int) -> QuerySet[Warehouse]:
    mine = StaffAssignment.objects.filter(staff=staff_id).values("warehouse_id")
    return _open_warehouses(rows).filter(pk__in=mine)


WAREHOUSES = Prepared(Warehouse, _open_warehouses)
OWN_WAREHOUSES = Prepared(Warehouse, _own_warehouses, "staff_id")


def station_of(staff: Staff, station_id: int) -> StationPrinter | None:
    """Return a station with its warehouse and printer; None where the person does not work."""
    if staff.role == Staff.Role.ADMIN:
        return STATIONS.first(station_id=station_id)
    return OWN_STATIONS.first(station_id=station_id, staff_id=staff.pk)


def _open_stations(rows: QuerySet[StationPrinter], station_id: int) -> QuerySet[StationPrinter]:
    found = rows.filter(pk=station_id, warehouse__is_active=True)
    return found.select_related("warehouse", "printer")


def _own_stations(
    rows: QuerySet[StationPrinter], station_id: int, staff_id: int
) -> QuerySet[StationPrinter]:
    mine = StaffAssignment.objects.filter(staff=staff_id).values("warehouse_id")
    return _open_stations(rows, station_id).filter(warehouse_id__in=mine)


STATIONS = Prepared(StationPrinter, _open_stations, "station_id")
OWN_STATIONS = Prepared(StationPrinter, _own_stations, "station_id", "staff_id")


def supervised_by(staff: Staff) -> list[Warehouse]:
    """Return those of a person's warehouses that they supervise; an administrator does all.

    Staff whose role is not a supervisor's supervise nothing, whatever an assignment says.
    """
    mine = warehouses_of(staff)
    if staff.role == Staff.Role.ADMIN:
        return mine
    if staff.role != Staff.Role.SUPERVISOR:
        return []
    ids = set(
        StaffAssignment.objects.filter(
            staff=staff, role=StaffAssignment.Role.SUPERVISOR
        ).values_list("warehouse_id", flat=True)
    )
    return [warehouse for warehouse in mine if warehouse.pk in ids]


def find_merchant(code: str) -> Merchant | None:
    """Return the merchant of a code, suspended or not."""
    with across_merchants("Staff name a merchant by its code to work on its goods."):
        return Merchant.objects.filter(code=code).first()


def merchants_in(warehouse_ids: Collection[int]) -> list[Merchant]:
    """Return the merchants with goods waiting in the warehouses."""
    with across_merchants("A station lists the merchants whose parcels are in its warehouses."):
        ids = Parcel.objects.filter(
            warehouse_id__in=warehouse_ids, status=Parcel.Status.PACKED
        ).values("merchant_id")
        return list(Merchant.objects.filter(pk__in=ids).order_by("code"))


def find_wave(wave_id: int, *, warehouse_ids: Collection[int]) -> Wave | None:
    """Return a wave with its merchant and warehouse."""
    with across_merchants("A wave's number on the floor does not say whose it is."):
        return (
            Wave.objects.filter(pk=wave_id, warehouse_id__in=warehouse_ids)
            .select_related("merchant", "warehouse")
            .first()
        )


def find_parcels(
    code: str, *, warehouse_ids: Collection[int], merchant_code: str = "", papers_too: bool = True
) -> list[FoundParcel]:
    """Return the live parcels that a scanned code names; at most two, as two are too many.

    The code is a parcel's reference, with `papers_too` also its order's reference or the tracking
    number printed on label and packing list.
    """
    with across_merchants("A parcel's code on the floor does not say whose it is."):
        rows = Parcel.objects.filter(warehouse_id__in=warehouse_ids).exclude(
            status=Parcel.Status.CANCELLED
        )
        if merchant_code:
            rows = rows.filter(merchant__code=merchant_code)
        ways: list[dict[str, Any]] = [{"reference": code}]
        if papers_too:
            ways += [{"order__reference": code}, {"pk__in": _booked_as(code)}]
        for way in ways:
            found = list(
                rows.filter(**way)
                .order_by("id")
                .values_list("merchant_id", "merchant__code", "reference")[:2]
            )
            if found:
                return [FoundParcel(*row) for row in found]
    return []


def _booked_as(tracking_number: str) -> Any:
    live = Booking.objects.exclude(status__in=[Booking.Status.VOIDED, Booking.Status.REFUSED])
    return live.filter(tracking_number=tracking_number).exclude(tracking_number="").values("parcel")


def find_handover(handover_id: int, *, warehouse_ids: Collection[int]) -> Handover | None:
    """Return a handover with its merchant and warehouse."""
    with across_merchants("A manifest's number does not say whose parcels it lists."):
        return (
            Handover.objects.filter(pk=handover_id, warehouse_id__in=warehouse_ids)
            .select_related("merchant", "warehouse")
            .first()
        )


def find_document(document_id: int, *, warehouse_ids: Collection[int]) -> Document | None:
    """Return a paper of the floor, when what it is about lies in one of the warehouses.

    Raises `LabelWithdrawn` for the label of a booking that was withdrawn.
    """
    with across_merchants("A paper to print is named by its number alone."):
        document = Document.objects.filter(pk=document_id, kind__in=FLOOR_PAPERS).first()
        if document is None:
            return None
        about: dict[str, Any] = {
            "order": Parcel.objects.filter(order_id=document.subject_id),
            "wave": Wave.objects.filter(pk=document.subject_id),
            "inbound": Inbound.objects.filter(pk=document.subject_id),
            "handover": Handover.objects.filter(pk=document.subject_id),
        }
        if Booking.objects.filter(label=document, status=Booking.Status.VOIDED).exists():
            raise LabelWithdrawn(document.number)
        rows = about.get(document.subject_kind)
        if rows is None or not rows.filter(warehouse_id__in=warehouse_ids).exists():
            return None
        return document
