"""Work with goods: waves, parcels, what is picked for them, and every scan."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Document
from core.tenant_models import TenantForeignKey, TenantModel
from orders.models import Order, OrderLine, Product
from warehouse.models.places import Location, Warehouse
from warehouse.models.stock import Reservation

__all__ = ["Parcel", "ParcelItem", "PickTask", "Scan", "Wave", "WaveKind"]


class WaveKind(models.TextChoices):
    """What the orders of a wave have in common, and so how they are packed."""

    SINGLE_ITEM = "single_item", _("One piece each")
    SINGLE_PRODUCT = "single_product", _("One product each")
    MULTI = "multi", _("Several products")


class Wave(TenantModel):
    """Orders of one merchant and warehouse that are picked together."""

    Kind = WaveKind

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        RELEASED = "released", _("Released")
        PICKED = "picked", _("Picked")
        CLOSED = "closed", _("Closed")
        DISMISSED = "dismissed", pgettext_lazy("wave", "Dismissed")

    number = models.CharField(max_length=30)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    kind = models.CharField(
        max_length=16, choices=WaveKind.choices, default=WaveKind.MULTI, db_default=WaveKind.MULTI
    )
    template = models.ForeignKey(
        "warehouse.WaveTemplate", on_delete=models.PROTECT, null=True, related_name="+"
    )
    """What proposed it; null where a person planned it."""
    ship_by = models.DateTimeField(null=True)
    """The earliest of its orders."""
    cut_off_at = models.DateTimeField(null=True)
    """When the carrier takes its last parcel. With the template it names the merchants' waves that
    were proposed together."""
    pick_list = TenantForeignKey(Document, null=True, related_name="+")
    path_mm = models.PositiveIntegerField(null=True)
    serpentine_mm = models.PositiveIntegerField(null=True)
    """The walk from the bench through all tasks and back, as laid and by pick sequence; null where
    a bin has no position."""
    created_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "number"], name="wave_number_once"),
        ]
        indexes = [
            models.Index(fields=["merchant", "status", "-id"], name="wave_status"),
            models.Index(
                fields=["warehouse", "status", "id"],
                include=["merchant"],
                name="wave_open",
                condition=Q(status__in=["planned", "released", "picked"]),
            ),
        ]


class Parcel(TenantModel):
    """One closed carton; planned before it is packed, so that its label can be ready."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        PACKED = "packed", _("Packed")
        HANDED_OVER = "handed_over", _("Handed over")
        CANCELLED = "cancelled", _("Cancelled")

    order = TenantForeignKey(Order, related_name="parcels")
    reference = models.CharField(max_length=24)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    wave = TenantForeignKey(Wave, null=True, related_name="parcels")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PLANNED)
    carton_code = models.CharField(max_length=20, blank=True)
    carton_said = models.JSONField(null=True)
    """Stored sentences: why this carton, and how its goods are packed."""
    length_mm = models.PositiveIntegerField()
    width_mm = models.PositiveIntegerField()
    height_mm = models.PositiveIntegerField()
    expected_weight_g = models.PositiveIntegerField()
    weight_g = models.PositiveIntegerField(null=True)
    service_code = models.CharField(max_length=40, blank=True)
    ship_by = models.DateTimeField(null=True)
    """As its order had it when the parcel was planned."""
    packing_list = TenantForeignKey(Document, null=True, related_name="+")
    packed_at = models.DateTimeField(null=True)
    packed_by = models.CharField(max_length=120, blank=True)
    handed_over_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "reference"], name="parcel_reference_once"),
            models.UniqueConstraint(
                fields=["merchant", "order"],
                condition=~Q(status="cancelled"),
                name="parcel_live_once",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="parcel_newest"),
            models.Index(fields=["merchant", "wave", "status"], name="parcel_of_wave"),
            models.Index(fields=["merchant", "status", "-id"], name="parcel_status_newest"),
            # The supervisor's board counts what is at hand and draws what was done, hour by hour.
            models.Index(
                fields=["wave", "ship_by", "id"],
                include=["merchant"],
                name="parcel_to_pack",
                condition=Q(status="planned"),
            ),
            models.Index(
                fields=["warehouse", "ship_by", "id"],
                include=["merchant"],
                name="parcel_packed_due",
                condition=Q(status="packed"),
            ),
            models.Index(
                fields=["warehouse", "packed_at"],
                include=["merchant", "packed_by"],
                name="parcel_packed_when",
                condition=Q(packed_at__isnull=False),
            ),
            models.Index(
                fields=["warehouse", "handed_over_at"],
                include=["merchant"],
                name="parcel_left_when",
                condition=Q(handed_over_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class ParcelItem(TenantModel):
    """What is, or will be, in a parcel."""

    parcel = TenantForeignKey(Parcel, related_name="items")
    order_line = TenantForeignKey(OrderLine, related_name="+")
    product = TenantForeignKey(Product, related_name="+")
    quantity = models.PositiveIntegerField()
    unit_value = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    """What a kit's component is declared at: its share of the line's price. Null: the line's."""
    scanned = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "parcel", "order_line", "product", "unit_value"],
                name="parcel_item_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(scanned__lte=F("quantity")), name="parcel_item_not_overfull"
            ),
        ]

    @property
    def unit_price(self) -> Decimal:
        """What one piece is worth, in the currency of the order's line."""
        return self.order_line.unit_price if self.unit_value is None else self.unit_value


class PickTask(TenantModel):
    """Take so much of a product at a location, for a parcel of a wave."""

    wave = TenantForeignKey(Wave, related_name="tasks")
    parcel = TenantForeignKey(Parcel, related_name="pick_tasks")
    reservation = TenantForeignKey(Reservation, related_name="+")
    product = TenantForeignKey(Product, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    picked_at = models.DateTimeField(null=True)
    picked_by = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "reservation"], name="pick_task_once"),
        ]
        indexes = [
            models.Index(fields=["merchant", "wave", "position"], name="pick_task_path"),
            models.Index(
                fields=["picked_at"],
                include=["merchant", "location", "picked_by"],
                name="pick_task_when",
                condition=Q(picked_at__isnull=False),
            ),
        ]


class Scan(TenantModel):
    """One scan at a station, kept raw. Its client-made id makes a repeated one harmless."""

    client_id = models.CharField(max_length=64)
    sequence = models.PositiveIntegerField()
    station = models.CharField(max_length=20)
    parcel = TenantForeignKey(Parcel, null=True, related_name="scans")
    raw = models.CharField(max_length=200)
    pressed_ms = models.BigIntegerField(null=True)
    verdict = models.CharField(max_length=20)
    answer = models.JSONField()
    actor = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "client_id"], name="scan_once"),
        ]
        indexes = [
            models.Index(fields=["merchant", "parcel", "id"], name="scan_of_parcel"),
            models.Index(fields=["at"], include=["merchant", "actor", "verdict"], name="scan_when"),
        ]
