"""How much of a product there should be: in a warehouse, and at hand where it is picked."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenant_models import TenantForeignKey, TenantModel
from orders.models import Product
from warehouse.models.places import Location, Warehouse


class StockLevel(TenantModel):
    """What a merchant wants of a product in a warehouse, and the floor at its pick face.

    Below `minimum` the merchant is warned, and `maximum` says up to where to send more. Below
    `face_minimum` in the pick faces a task fills `face` (null: where it lies most) up to
    `face_maximum` from reserve.
    """

    product = TenantForeignKey(Product, related_name="levels")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    minimum = models.PositiveIntegerField(null=True)
    maximum = models.PositiveIntegerField(null=True)
    face = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+")
    face_minimum = models.PositiveIntegerField(null=True)
    face_maximum = models.PositiveIntegerField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "product", "warehouse"], name="stock_level_once"
            ),
            models.CheckConstraint(
                condition=Q(maximum__isnull=True)
                | Q(minimum__isnull=False, maximum__gte=F("minimum")),
                name="stock_level_in_order",
            ),
            models.CheckConstraint(
                condition=Q(face_minimum__isnull=True, face_maximum__isnull=True)
                | Q(face_minimum__isnull=False, face_maximum__gt=F("face_minimum")),
                name="stock_level_face_in_order",
            ),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "warehouse", "product"],
                name="stock_level_face",
                condition=Q(face_minimum__isnull=False),
            ),
        ]


class ReplenishTask(TenantModel):
    """Take so much of a product from reserve to its pick face. `moved` is what was taken."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Dropped")

    product = TenantForeignKey(Product, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    from_location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    to_location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    lot = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField(null=True)
    quantity = models.PositiveIntegerField()
    moved = models.PositiveIntegerField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    finished_by = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "product", "from_location", "lot", "expires_on"],
                name="replenish_task_open_once",
                condition=Q(status="open"),
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="replenish_has_quantity"),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "warehouse", "id"],
                name="replenish_open",
                condition=Q(status="open"),
            ),
        ]


class StockCover(TenantModel):
    """How long the stock of a product in a warehouse lasts, as measured last.

    `shipped` pieces left within `days`; `days_left` is `available` at that rate (null: none left,
    so nothing can be said). `is_low` says that it is below the minimum or runs out soon.
    """

    product = TenantForeignKey(Product, related_name="covers")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    available = models.IntegerField()
    minimum = models.PositiveIntegerField(null=True)
    shipped = models.PositiveIntegerField()
    days = models.PositiveSmallIntegerField()
    days_left = models.PositiveIntegerField(null=True)
    is_low = models.BooleanField()
    low_since = models.DateTimeField(null=True)
    measured_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "product", "warehouse"], name="stock_cover_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "days_left", "id"],
                name="stock_cover_low",
                condition=Q(is_low=True),
            ),
        ]
