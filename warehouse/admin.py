"""Records of warehouses, stock, waves and parcels."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin_site import RecordAdmin, records
from warehouse.models import (
    Allocation,
    CartonType,
    CountList,
    HandlingUnit,
    Inbound,
    Location,
    Parcel,
    PickTask,
    PrintJob,
    PutBack,
    ReplenishTask,
    Reservation,
    Scan,
    ShortPick,
    StaffAssignment,
    StockBalance,
    StockMove,
    Warehouse,
    Wave,
)


@admin.register(Warehouse, site=records)
class WarehouseRecords(RecordAdmin):
    """The operator's buildings."""

    list_display = ("code", "name", "city", "country", "time_zone", "priority", "is_active")
    plural = _("Warehouses")


@admin.register(Location, site=records)
class LocationRecords(RecordAdmin):
    """Bins and the ledger's virtual places."""

    list_display = ("code", "warehouse", "kind", "pick_sequence", "zone", "aisle", "bay", "level")
    list_filter = ("kind",)
    search_fields = ("code__exact",)
    search_help_text = "code"
    plural = _("Locations")


@admin.register(CartonType, site=records)
class CartonTypeRecords(RecordAdmin):
    """The cartons of merchants that have their own."""

    list_display = ("code", "merchant", "name", "material", "tare_g", "max_gross_g", "is_active")
    search_fields = ("code__exact",)
    search_help_text = "code"
    plural = _("Cartons")


@admin.register(StaffAssignment, site=records)
class StaffAssignmentRecords(RecordAdmin):
    """Who works where."""

    list_display = ("staff", "warehouse", "role", "role_by", "role_at")
    list_filter = ("role",)
    plural = _("Staff in warehouses")


@admin.register(StockBalance, site=records)
class StockBalanceRecords(RecordAdmin):
    """How much lies where."""

    list_display = ("product", "merchant", "location", "lot", "condition", "on_hand", "reserved")
    search_fields = ("product__sku__exact",)
    search_help_text = "SKU"
    plural = _("Stock balances")


@admin.register(StockMove, site=records)
class StockMoveRecords(RecordAdmin):
    """The ledger."""

    list_display = ("id", "product", "merchant", "from_location", "to_location", "quantity",
                    "reason", "actor", "at")  # fmt: skip
    search_fields = ("product__sku__exact",)
    search_help_text = "SKU"
    plural = _("Stock moves")


@admin.register(Reservation, site=records)
class ReservationRecords(RecordAdmin):
    """Stock promised to order lines."""

    list_display = ("id", "order_line_id", "balance_id", "merchant", "quantity", "status")
    list_filter = ("status",)
    plural = _("Reservations")


@admin.register(Allocation, site=records)
class AllocationRecords(RecordAdmin):
    """Which warehouse ships what, and why."""

    list_display = ("order", "merchant", "warehouse", "strategy", "created_at")
    search_fields = ("order__reference__exact",)
    search_help_text = "order reference"
    plural = _("Allocations")


@admin.register(Wave, site=records)
class WaveRecords(RecordAdmin):
    """Orders picked together."""

    list_display = ("number", "merchant", "warehouse", "status", "created_at", "released_at")
    list_filter = ("status",)
    search_fields = ("number__exact",)
    search_help_text = "number"
    plural = _("Waves")


@admin.register(Parcel, site=records)
class ParcelRecords(RecordAdmin):
    """Cartons."""

    list_display = ("reference", "merchant", "warehouse", "wave", "status", "service_code",
                    "weight_g", "packed_at")  # fmt: skip
    list_filter = ("status",)
    search_fields = ("reference__exact",)
    search_help_text = "reference"
    plural = _("Parcels")


@admin.register(PickTask, site=records)
class PickTaskRecords(RecordAdmin):
    """What was, or will be, taken where."""

    list_display = ("id", "wave", "merchant", "product", "location", "quantity", "picked_at",
                    "picked_by")  # fmt: skip
    plural = _("Pick tasks")


@admin.register(Scan, site=records)
class ScanRecords(RecordAdmin):
    """Scans as they were read."""

    list_display = ("id", "station", "parcel", "merchant", "raw", "verdict", "actor", "at")
    search_fields = ("client_id__exact", "parcel__reference__exact")
    search_help_text = "client id, parcel reference"
    plural = _("Scans")


@admin.register(Inbound, site=records)
class InboundRecords(RecordAdmin):
    """Goods announced and received."""

    list_display = ("number", "merchant", "warehouse", "status", "reference", "created_at",
                    "received_at")  # fmt: skip
    list_filter = ("status",)
    search_fields = ("number__exact",)
    search_help_text = "number"
    plural = _("Inbounds")


@admin.register(CountList, site=records)
class CountListRecords(RecordAdmin):
    """Cycle counts asked for."""

    list_display = ("number", "merchant", "warehouse", "basis", "chosen", "created_at",
                    "created_by")  # fmt: skip
    search_fields = ("number__exact",)
    search_help_text = "number"
    plural = _("Count lists")


@admin.register(ReplenishTask, site=records)
class ReplenishTaskRecords(RecordAdmin):
    """What was, or will be, brought from reserve to a pick face."""

    list_display = ("id", "merchant", "product", "from_location", "to_location", "quantity",
                    "moved", "status", "finished_by")  # fmt: skip
    list_filter = ("status",)
    plural = _("Replenishments")


@admin.register(ShortPick, site=records)
class ShortPickRecords(RecordAdmin):
    """Places where less lay than the stock said."""

    list_display = ("id", "merchant", "product", "location", "expected", "found", "answer",
                    "said_by", "said_at")  # fmt: skip
    list_filter = ("answer",)
    plural = _("Short picks")


@admin.register(PutBack, site=records)
class PutBackRecords(RecordAdmin):
    """Picked goods of orders that left their waves."""

    list_display = ("id", "merchant", "product", "quantity", "staging", "location", "done_at",
                    "done_by")  # fmt: skip
    plural = _("Goods to be brought back")


@admin.register(PrintJob, site=records)
class PrintJobRecords(RecordAdmin):
    """Labels on their way out of a printer."""

    list_display = ("id", "merchant", "warehouse", "station", "parcel", "status", "reason",
                    "asked_by", "created_at")  # fmt: skip
    list_filter = ("status",)
    search_fields = ("parcel__reference__exact",)
    search_help_text = "parcel reference"
    plural = _("Print jobs")


@admin.register(HandlingUnit, site=records)
class HandlingUnitRecords(RecordAdmin):
    """Bags and pallets of parcels."""

    list_display = ("sscc", "kind", "status")
    list_filter = ("status",)
    search_fields = ("sscc__exact",)
    search_help_text = "SSCC"
    plural = _("Handling units")
