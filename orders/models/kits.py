"""Products that are put together from others when they are sold."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from core.tenant_models import TenantForeignKey, TenantModel
from orders.models.orders import Product


class KitPart(TenantModel):
    """So many pieces of a component in one piece of a kit. A kit has no stock of its own: its
    components are promised, picked, packed and declared."""

    kit = TenantForeignKey(Product, related_name="kit_parts")
    component = TenantForeignKey(Product, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "kit", "component"], name="kit_part_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="kit_part_has_quantity"),
            models.CheckConstraint(condition=~Q(kit=F("component")), name="kit_is_not_in_itself"),
        ]
        indexes = [models.Index(fields=["merchant", "component"], name="kit_part_component")]
