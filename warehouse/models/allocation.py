"""How a merchant's orders find their building: its rules, who waits for stock, what drafts do."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenant_models import TenantForeignKey, TenantModel
from orders.models import Order, Product
from warehouse.models.places import Warehouse


class StrategyName(models.TextChoices):
    """By what warehouses are compared."""

    NEAREST = "nearest", _("Nearest to the buyer")
    CHEAPEST = "cheapest", _("Cheapest to ship from")
    FEWEST_SPLITS = "fewest_splits", _("Fewest split orders")
    STOCK_AGE = "stock_age", _("Oldest stock first")


class AllocationPolicy(TenantModel):
    """One version of a merchant's rules; the newest that has begun is in force."""

    Strategy = StrategyName

    version = models.PositiveIntegerField()
    strategy = models.CharField(max_length=20, choices=StrategyName.choices)
    warehouses = models.JSONField(default=list)
    """Codes of the warehouses allowed, the preferred first; empty: all, as the operator ranks."""
    may_split = models.BooleanField(default=False)
    effective_from = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "version"], name="allocation_policy_version_once"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-effective_from"], name="allocation_policy_newest")
        ]


class Backorder(TenantModel):
    """Since when an order waits for stock, and why. The date stays when it waits again."""

    order = TenantForeignKey(Order, related_name="backorders")
    since = models.DateTimeField()
    explanation = models.JSONField()
    tried_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "order"], name="backorder_once"),
        ]
        indexes = [models.Index(fields=["merchant", "since", "order"], name="backorder_oldest")]


class BackorderClaim(TenantModel):
    """What a waiting order lacked in a warehouse: what comes in there is its own before others'.

    Counts while the order is backordered; a claim once made stays until then, so that an order of
    two products that run out in turn is served in the end.
    """

    backorder = TenantForeignKey(Backorder, related_name="claims")
    product = TenantForeignKey(Product, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "backorder", "product", "warehouse"],
                name="backorder_claim_once",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0), name="backorder_claim_has_quantity"
            ),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "product", "warehouse"], name="backorder_claim_product"
            )
        ]


class Simulation(TenantModel):
    """Past orders replayed under draft rules; nothing of it touches an order or stock."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")

    strategy = models.CharField(max_length=20, choices=StrategyName.choices)
    warehouses = models.JSONField(default=list)
    may_split = models.BooleanField(default=False)
    first_day = models.DateField()
    last_day = models.DateField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    orders_total = models.PositiveIntegerField(default=0)
    orders_done = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    created_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["merchant", "-id"], name="simulation_newest")]


class SimulationRow(TenantModel):
    """One order of a simulation: how it went, and how it would go. No warehouse is a backorder."""

    simulation = TenantForeignKey(Simulation, related_name="rows")
    order = TenantForeignKey(Order, related_name="+")
    was = models.CharField(max_length=60, blank=True)
    would_be = models.CharField(max_length=60, blank=True)
    cost_was = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    cost_would_be = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    why = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "simulation", "order"], name="simulation_row_once"
            ),
        ]


class NewWorkDigest(models.Model):
    """Up to when, and when last, a warehouse's people were told of new work by e-mail."""

    warehouse = models.OneToOneField(Warehouse, on_delete=models.CASCADE, related_name="+")
    told_until = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
