"""Buildings, the places in them where goods can be, and who works there."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

__all__ = ["FloorRole", "Location", "StaffAssignment", "Warehouse"]


class Warehouse(models.Model):
    """A building of the operator."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    street = models.CharField(max_length=200)
    city = models.CharField(max_length=100)
    region = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20)
    country = models.CharField(max_length=2)
    phone = models.CharField(max_length=30)
    email = models.EmailField(blank=True)
    time_zone = models.CharField(max_length=40)
    priority = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.code


class Location(models.Model):
    """A place in a warehouse: a branch of its tree (zone, aisle, rack), a place where goods lie
    (bin, receiving, staging), or one of the ledger's counterparts, which hold no balance."""

    class Kind(models.TextChoices):
        ZONE = "zone", pgettext_lazy("location", "Zone")
        AISLE = "aisle", pgettext_lazy("location", "Aisle")
        RACK = "rack", pgettext_lazy("location", "Rack")
        BIN = "bin", _("Bin")
        RECEIVING = "receiving", pgettext_lazy("location", "Receiving")
        STAGING = "staging", pgettext_lazy("location", "Staging")
        SUPPLIER = "supplier", _("Supplier")
        PACKED = "packed", _("Packed")
        ADJUSTMENT = "adjustment", _("Adjustment")
        LOST = "lost", pgettext_lazy("location", "Lost")
        COUNT = "count", pgettext_lazy("location", "Count")

    class Use(models.TextChoices):
        PICK = "pick", _("Pick face")
        RESERVE = "reserve", _("Reserve")

    HOLDS_GOODS = (Kind.BIN, Kind.RECEIVING, Kind.STAGING)
    COUNTERPARTS = (Kind.SUPPLIER, Kind.PACKED, Kind.ADJUSTMENT, Kind.LOST, Kind.COUNT)

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="locations")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    code = models.CharField(max_length=30)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.BIN)
    use = models.CharField(
        max_length=8, choices=Use.choices, default=Use.PICK, db_default=Use.PICK.value
    )
    """A bin's part: orders are picked from a pick face first, which is filled up from reserve."""
    capacity_units = models.PositiveIntegerField(null=True)
    capacity_volume_cm3 = models.PositiveIntegerField(null=True)
    capacity_weight_g = models.PositiveIntegerField(null=True)
    """What fits in, each where somebody has said so."""
    pick_sequence = models.PositiveIntegerField(default=0)
    zone = models.CharField(max_length=20, blank=True, default="", db_default="")
    aisle = models.CharField(max_length=20, blank=True, default="", db_default="")
    bay = models.CharField(max_length=20, blank=True, default="", db_default="")
    level = models.PositiveSmallIntegerField(null=True)
    x_mm = models.IntegerField(null=True)
    y_mm = models.IntegerField(null=True)
    """Both from the bench where picked goods are brought: x across the aisles, y along them."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "code"], name="location_once"),
            models.CheckConstraint(
                condition=Q(x_mm__isnull=True, y_mm__isnull=True)
                | Q(x_mm__isnull=False, y_mm__isnull=False),
                name="location_position_whole",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="location_not_in_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class FloorRole(models.TextChoices):
    """What a person may do in one warehouse."""

    FLOOR = "floor", pgettext_lazy("in a warehouse", "Floor")
    SUPERVISOR = "supervisor", pgettext_lazy("in a warehouse", "Supervisor")


class StaffAssignment(models.Model):
    """Which warehouses a person of the staff works in, as what, and whether new work is told by
    e-mail."""

    Role = FloorRole

    staff = models.ForeignKey("accounts.Staff", on_delete=models.CASCADE, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(
        max_length=10, choices=FloorRole.choices, default=FloorRole.FLOOR,
        db_default=FloorRole.FLOOR.value,
    )  # fmt: skip
    role_by = models.CharField(max_length=120, blank=True, db_default="")
    role_at = models.DateTimeField(null=True)
    """Who said so, and when."""
    wants_email = models.BooleanField(default=False, db_default=False)
    email_language = models.CharField(max_length=10, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "warehouse"], name="assignment_once"),
        ]
