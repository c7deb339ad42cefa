"""Bags and pallets: what a carrier takes as one piece, with an SSCC-18 on it.

A bag holds parcels of several merchants, so it belongs to the operator; which parcel of whom lies
in it is the merchant's own row.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.tenant_models import TenantForeignKey, TenantModel
from warehouse.models.floor import Parcel
from warehouse.models.places import Warehouse


class SsccSeries(models.Model):
    """The next serial reference of a GS1 company prefix; never given twice."""

    prefix = models.CharField(max_length=12, primary_key=True)
    next_serial = models.BigIntegerField(default=1)


class HandlingUnit(models.Model):
    """A bag of parcels, or a pallet of bags and parcels, for one service of one carrier."""

    class Kind(models.TextChoices):
        BAG = "bag", _("Bag")
        PALLET = "pallet", _("Pallet")

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("handling unit", "Open")
        CLOSED = "closed", _("Closed")
        HANDED_OVER = "handed_over", _("Handed over")

    sscc = models.CharField(max_length=18, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    carrier_code = models.CharField(max_length=20, blank=True)
    service_code = models.CharField(max_length=40, blank=True)
    country = models.CharField(max_length=2, blank=True)
    """All three are those of the first parcel; empty until there is one. A pallet has no country:
    its bags may go to several."""
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="units")
    parcel_count = models.PositiveIntegerField(default=0)
    weight_g = models.PositiveIntegerField(default=0)
    """Both of what lies in it, counted when it is closed."""
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=120)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=120, blank=True)
    handed_over_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="pallet", parent__isnull=True) | Q(kind="bag"),
                name="unit_pallet_on_floor",
            ),
        ]
        indexes = [models.Index(fields=["warehouse", "status", "-id"], name="unit_status")]

    def __str__(self) -> str:
        return self.sscc


class UnitParcel(TenantModel):
    """A parcel that lies in a bag or on a pallet."""

    unit = models.ForeignKey(HandlingUnit, on_delete=models.PROTECT, related_name="contents")
    parcel = TenantForeignKey(Parcel, related_name="in_units")
    actor = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "parcel"], name="unit_parcel_once"),
        ]


class UnitScan(models.Model):
    """One scan at a station that works across merchants: its answer, by its client-made id."""

    client_id = models.CharField(max_length=64, primary_key=True)
    station = models.CharField(max_length=20)
    raw = models.CharField(max_length=200)
    answer = models.JSONField()
    actor = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="unit_scan_when"),
            models.Index(fields=["station", "at"], name="unit_scan_station"),
        ]
