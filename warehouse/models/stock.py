"""What lies where: balances, the ledger they are the sum of, and what is promised of them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.tenant_models import TenantForeignKey, TenantModel
from orders.models import Order, OrderLine, Product
from warehouse.models.places import Location, Warehouse

__all__ = ["Allocation", "Condition", "Reservation", "StockBalance", "StockMove"]


class Condition(models.TextChoices):
    """What state goods are in. Only good ones that have not expired are promised to orders."""

    GOOD = "good", pgettext_lazy("goods", "Good")
    DAMAGED = "damaged", pgettext_lazy("goods", "Damaged")
    QUARANTINE = "quarantine", pgettext_lazy("goods", "In quarantine")
    EXPIRED = "expired", pgettext_lazy("goods", "Expired")


class StockBalance(TenantModel):
    """How much of a product lies at a location, by lot, expiry and condition. Always the sum of
    the moves. Whose it is says `merchant`."""

    product = TenantForeignKey(Product, related_name="balances")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    lot = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField(null=True)
    """The last day on which it may be used; null where goods do not expire."""
    condition = models.CharField(max_length=12, choices=Condition.choices, default=Condition.GOOD)
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    received_at = models.DateTimeField(null=True)
    """Since when the place has not been empty of it: the age of its oldest piece at most."""

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "product", "location", "lot", "expires_on", "condition"],
                name="stock_balance_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(condition__in=Condition.values), name="stock_condition_known"
            ),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="stock_not_negative"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="reserved_not_negative"),
            models.CheckConstraint(
                condition=Q(reserved__lte=F("on_hand")), name="reserved_within_stock"
            ),
        ]
        indexes = [
            # What lies in one bin, for counting it, filling it and looking into it.
            models.Index(fields=["merchant", "location"], name="stock_balance_place"),
            # Without pieces in its condition: their every change would rewrite the index.
            models.Index(
                fields=["expires_on"],
                name="stock_balance_expires",
                condition=Q(condition="good", expires_on__isnull=False),
            ),
        ]


class StockMove(TenantModel):
    """One immutable row of the double-entry ledger: `quantity` left one place for another."""

    product = TenantForeignKey(Product, related_name="+")
    from_location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    to_location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    lot = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField(null=True)
    condition = models.CharField(max_length=12, choices=Condition.choices, default=Condition.GOOD)
    quantity = models.PositiveIntegerField()
    reason = models.CharField(max_length=40)
    reference = models.CharField(max_length=80)
    actor = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "merchant",
                    "reason",
                    "reference",
                    "product",
                    "from_location",
                    "lot",
                    "expires_on",
                    "condition",
                ],
                name="stock_move_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(condition__in=Condition.values), name="stock_move_condition_known"
            ),
            models.CheckConstraint(
                condition=~Q(from_location=F("to_location")), name="stock_move_goes_somewhere"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="stock_move_has_quantity"),
        ]
        indexes = [
            models.Index(fields=["merchant", "product", "id"], name="stock_move_product"),
            # What was shipped lately: days of cover.
            models.Index(
                fields=["merchant", "at"], name="stock_move_packed", condition=Q(reason="packed")
            ),
        ]


class Allocation(TenantModel):
    """Which warehouse an order ships from, and why."""

    order = TenantForeignKey(Order, related_name="allocations")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    strategy = models.CharField(max_length=40)
    explanation = models.JSONField()
    priority = models.SmallIntegerField(default=0)
    ship_by = models.DateTimeField(null=True)
    """Both as the order had them when its stock was promised: waves take the most urgent first."""
    planned_at = models.DateTimeField(null=True)
    """When a wave took it; until then it waits."""
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "order", "warehouse"], name="allocation_once"
            ),
        ]
        indexes = [
            # Holds only what waits, however many orders went before: waves and the board read it.
            models.Index(
                fields=["merchant", "warehouse", "-priority", "ship_by", "order"],
                name="allocation_waiting",
                condition=Q(planned_at__isnull=True),
            ),
            # The supervisor's figures: of every merchant, by the day they are to be shipped.
            models.Index(
                fields=["warehouse", "ship_by", "id"],
                include=["merchant"],
                name="allocation_due",
                condition=Q(planned_at__isnull=True),
            ),
        ]


class Reservation(TenantModel):
    """Stock promised to an order line, in one balance."""

    class Status(models.TextChoices):
        RESERVED = "reserved", _("Reserved")
        PICKED = "picked", _("Picked")
        CONSUMED = "consumed", _("Packed")
        RELEASED = "released", pgettext_lazy("reservation", "Released")

    order_line = TenantForeignKey(OrderLine, related_name="reservations")
    balance = TenantForeignKey(StockBalance, related_name="reservations")
    quantity = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RESERVED)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "order_line", "balance"], name="reservation_once"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "balance"], name="reservation_balance")]
