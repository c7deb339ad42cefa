"""How waves come about by themselves, and what happens to goods that a wave did not pack."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenant_models import TenantForeignKey, TenantModel
from orders.models import Order, Product
from warehouse.models.floor import Wave
from warehouse.models.places import Location, Warehouse


class WaveTemplate(models.Model):
    """What waves the scheduler proposes before a carrier's cut-off, for every merchant there.

    Of the operator: it names no merchant's goods. A limit that is null does not bind.
    """

    class Kind(models.TextChoices):
        ANY = "any", _("Each kind apart")
        SINGLE_ITEM = "single_item", _("Single-item orders")
        SINGLE_PRODUCT = "single_product", _("Orders of one product")
        MULTI = "multi", _("Orders of several products")

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.ANY)
    carrier_code = models.CharField(max_length=20, blank=True)
    """Only orders that would go by this carrier; empty: any."""
    cut_off = models.TimeField()
    """By the warehouse's clock: when the carrier's last parcel is taken."""
    weekdays = models.JSONField(default=list)
    """0 is Monday. The days on which the carrier comes."""
    lead_minutes = models.PositiveIntegerField()
    """How long before the cut-off the first proposal is made."""
    every_minutes = models.PositiveIntegerField()
    """How often from then on what came in meanwhile is proposed."""
    ship_within_hours = models.PositiveIntegerField(null=True)
    """Only orders to be shipped within so many hours of the cut-off, or that name no day."""
    max_orders = models.PositiveIntegerField()
    max_weight_g = models.PositiveIntegerField(null=True)
    max_volume_cm3 = models.PositiveIntegerField(null=True)
    max_slots = models.PositiveIntegerField(null=True)
    """Slots of the trolley or the put wall: an order of a multi wave takes one."""
    is_active = models.BooleanField(default=True)
    changed_by = models.CharField(max_length=120)
    changed_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "name"], name="wave_template_once"),
            models.CheckConstraint(
                condition=Q(max_orders__gt=0, every_minutes__gt=0, lead_minutes__gt=0)
                & (Q(max_slots__isnull=True) | Q(max_slots__gt=0))
                & (Q(max_weight_g__isnull=True) | Q(max_weight_g__gt=0))
                & (Q(max_volume_cm3__isnull=True) | Q(max_volume_cm3__gt=0)),
                name="wave_template_holds_something",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WaveRun(models.Model):
    """One cut-off of a template, and when the scheduler looks for it again.

    The row is what makes the timer safe: whoever moves `next_at` on has the turn.
    """

    template = models.ForeignKey(WaveTemplate, on_delete=models.CASCADE, related_name="runs")
    cut_off_at = models.DateTimeField()
    next_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "cut_off_at"], name="wave_run_once"),
        ]


class ShortAnswer(models.TextChoices):
    """What became of an order whose goods were not all there."""

    OTHER_PLACE = "other_place", _("Taken from another place")
    BACKORDER = "backorder", _("Waits for stock")
    HOLD = "hold", _("Held for the merchant")


class FloorPolicy(TenantModel):
    """What a merchant wants of the floor; a merchant without a row has the defaults."""

    class OnShort(models.TextChoices):
        BACKORDER = "backorder", _("Let the order wait for stock")
        HOLD = "hold", _("Hold the order for me to decide")

    on_short = models.CharField(max_length=10, choices=OnShort.choices, default=OnShort.BACKORDER)
    changed_by = models.CharField(max_length=120)
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant"], name="floor_policy_once"),
        ]


class ShortPick(TenantModel):
    """A picker found less than the stock said, and what was done; the place is to be counted.

    `counted_at` is null until somebody has counted the place since: the request to count it.
    """

    Answer = ShortAnswer

    wave = TenantForeignKey(Wave, related_name="+")
    order = TenantForeignKey(Order, related_name="+")
    product = TenantForeignKey(Product, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    lot = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField(null=True)
    expected = models.PositiveIntegerField()
    found = models.PositiveIntegerField()
    answer = models.CharField(max_length=12, choices=ShortAnswer.choices)
    said_by = models.CharField(max_length=120)
    said_at = models.DateTimeField()
    counted_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(found__lt=F("expected")), name="short_pick_lacks_something"
            ),
        ]
        indexes = [
            models.Index(
                fields=["location", "id"],
                name="short_pick_to_count",
                condition=Q(counted_at__isnull=True),
            ),
            models.Index(fields=["merchant", "wave"], name="short_pick_of_wave"),
        ]


class PutBack(TenantModel):
    """Picked goods of an order that left its wave: to be brought back to where they came from.

    `staging` is where the ledger has them until it is done: the staging place, where nobody is
    promised them; or the bin itself, while they stay promised to their order.
    """

    wave = TenantForeignKey(Wave, related_name="put_backs")
    order = TenantForeignKey(Order, related_name="+")
    product = TenantForeignKey(Product, related_name="+")
    staging = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    lot = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField(null=True)
    quantity = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="put_back_has_quantity"),
        ]
        indexes = [
            models.Index(
                fields=["location", "id"],
                name="put_back_open",
                condition=Q(done_at__isnull=True),
            ),
            models.Index(fields=["merchant", "wave"], name="put_back_of_wave"),
        ]
