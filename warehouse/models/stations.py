"""What the single-item station and the put wall remember."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.tenant_models import TenantForeignKey, TenantModel
from warehouse.models.floor import Parcel, Wave
from warehouse.models.places import Warehouse

__all__ = ["PutWall", "PutWallSlot", "SinglePiece", "SlotUse", "StationScan"]


class StationScan(models.Model):
    """A scan at a station where a code does not say whose it is, and the answer it got.

    The client-made id is the key: of two requests with one id, the second waits for the first and
    gets its answer. Only staff's processes read it.
    """

    client_id = models.CharField(max_length=64, primary_key=True)
    station = models.CharField(max_length=20)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, null=True, related_name="+")
    sequence = models.PositiveIntegerField()
    raw = models.CharField(max_length=200)
    answer = models.JSONField()
    actor = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="station_scan_when")]


class SinglePiece(TenantModel):
    """A parcel of one piece in a released wave, waiting for the scan of any such piece.

    Holds the codes of its product, so that one index finds the most urgent parcel for a scan.
    """

    parcel = TenantForeignKey(Parcel, related_name="+")
    wave = TenantForeignKey(Wave, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(max_length=80)
    """Without regard to case."""
    gtin = models.CharField(max_length=14, blank=True)
    """In fourteen digits, empty where the product has none."""
    ship_by = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "parcel"], name="single_piece_once"),
        ]
        indexes = [
            models.Index(
                fields=["warehouse", "gtin", "merchant", "ship_by", "id"],
                name="single_piece_gtin",
                condition=Q(claimed_at__isnull=True) & ~Q(gtin=""),
            ),
            models.Index(
                fields=["warehouse", "sku", "merchant", "ship_by", "id"],
                name="single_piece_sku",
                condition=Q(claimed_at__isnull=True),
            ),
            models.Index(fields=["merchant", "wave"], name="single_piece_wave"),
        ]


class PutWall(models.Model):
    """A rack with slots, one for each order that is being put together."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "code"], name="put_wall_once"),
        ]

    def __str__(self) -> str:
        return self.code


class PutWallSlot(models.Model):
    """One opening of a wall, by the code that stands on it."""

    wall = models.ForeignKey(PutWall, on_delete=models.PROTECT, related_name="slots")
    code = models.CharField(max_length=20)
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wall", "code"], name="put_wall_slot_once"),
        ]

    def __str__(self) -> str:
        return self.code


class SlotUse(TenantModel):
    """An order's goods in a slot, from the first piece until the parcel is packed."""

    slot = models.ForeignKey(PutWallSlot, on_delete=models.PROTECT, related_name="+")
    parcel = TenantForeignKey(Parcel, related_name="+")
    opened_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    freed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["slot"], condition=Q(freed_at__isnull=True), name="slot_of_one_order"
            ),
            models.UniqueConstraint(
                fields=["merchant", "parcel"],
                condition=Q(freed_at__isnull=True),
                name="slot_use_once",
            ),
        ]
