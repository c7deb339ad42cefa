"""Goods on their way in: announced by a merchant, received by scan, put away into bins."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from core.tenant_models import TenantForeignKey, TenantModel
from orders.models import Product
from warehouse.models.places import Warehouse
from warehouse.models.stock import Condition


class InboundStatus(models.TextChoices):
    """How far an inbound has come."""

    ANNOUNCED = "announced", pgettext_lazy("inbound", "Announced")
    RECEIVING = "receiving", pgettext_lazy("inbound", "Being received")
    RECEIVED = "received", pgettext_lazy("inbound", "Received")
    PUT_AWAY = "put_away", pgettext_lazy("inbound", "Put away")
    CANCELLED = "cancelled", pgettext_lazy("inbound", "Cancelled")


class Inbound(TenantModel):
    """Goods a merchant sends to a warehouse. It moves by `INBOUND_MOVES`."""

    Status = InboundStatus

    class Source(models.TextChoices):
        DASHBOARD = "dashboard", pgettext_lazy("inbound", "Dashboard")
        API = "api", pgettext_lazy("inbound", "API")
        FILE = "file", pgettext_lazy("inbound", "File")

    number = models.CharField(max_length=20)
    reference = models.CharField(max_length=60, blank=True)
    """The merchant's own number of it."""
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(
        max_length=10, choices=InboundStatus.choices, default=InboundStatus.ANNOUNCED
    )
    source = models.CharField(max_length=10, choices=Source.choices)
    expected_on = models.DateField(null=True)
    carrier_note = models.CharField(max_length=200, blank=True)
    cartons = models.PositiveIntegerField(null=True)
    has_differences = models.BooleanField(default=False)
    seen_at = models.DateTimeField(null=True)
    """When the merchant noted its differences."""
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    arrived_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    received_by = models.CharField(max_length=120, blank=True)
    put_away_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "number"], name="inbound_number_once"),
        ]
        indexes = [
            models.Index(fields=["merchant", "status", "-id"], name="inbound_status_newest"),
            # The floor asks for what is due in a warehouse, of every merchant.
            models.Index(
                fields=["warehouse", "expected_on"],
                name="inbound_due",
                condition=Q(status__in=["announced", "receiving", "received"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class InboundLine(TenantModel):
    """What is announced of a product; without a lot it stands for any lot."""

    inbound = TenantForeignKey(Inbound, related_name="lines")
    product = TenantForeignKey(Product, related_name="+")
    expected = models.PositiveIntegerField()
    lot = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "inbound", "product", "lot", "expires_on"],
                name="inbound_line_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(expected__gt=0), name="inbound_line_has_pieces"),
        ]


class InboundGoods(TenantModel):
    """What came of one lot of a product in one condition, and how much of it is in a bin."""

    inbound = TenantForeignKey(Inbound, related_name="goods")
    product = TenantForeignKey(Product, related_name="+")
    lot = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField(null=True)
    condition = models.CharField(max_length=12, choices=Condition.choices)
    quantity = models.PositiveIntegerField(default=0)
    put_away = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "inbound", "product", "lot", "expires_on", "condition"],
                name="inbound_goods_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(put_away__lte=F("quantity")), name="inbound_goods_put_away_within"
            ),
        ]


class InboundUnknown(TenantModel):
    """A thing whose code names no product: set aside, with a note for the merchant."""

    inbound = TenantForeignKey(Inbound, related_name="unknown")
    code = models.CharField(max_length=200)
    note = models.CharField(max_length=300, blank=True)
    quantity = models.PositiveIntegerField(default=1)
    actor = models.CharField(max_length=120)
    at = models.DateTimeField()


class StationDesk(TenantModel):
    """What a person has in hand at a station that scans add to: condition, lot, last product.

    Written in the transaction of the scan, so a lost answer or a dead browser changes nothing.
    """

    station = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    actor = models.CharField(max_length=120)
    said = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "station", "subject_id", "actor"], name="station_desk_once"
            ),
        ]
