"""What goes into a parcel besides the goods, what it is packed in, and how it looked."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Document
from core.tenant_models import TenantForeignKey, TenantModel
from orders.models import Product
from warehouse.models.floor import Parcel


class ExtraKind(models.TextChoices):
    """What a packer does with it."""

    INSERT = "insert", _("Insert")
    PACKAGING = "packaging", _("Special packaging")
    MESSAGE = "message", _("Message to the buyer")


class PackingExtra(TenantModel):
    """What a merchant wants put into, or around, its parcels."""

    Kind = ExtraKind

    kind = models.CharField(max_length=12, choices=ExtraKind.choices)
    name = models.CharField(max_length=80)
    code = models.CharField(max_length=40, blank=True)
    """The barcode that is scanned to confirm it; empty for one that is pressed."""
    product = TenantForeignKey(Product, null=True, related_name="+")
    """Only for parcels that hold this product; null for every parcel."""
    tag = models.CharField(max_length=30, blank=True)
    """Only for orders with this tag (which automation rules give); empty for all."""
    weight_g = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "name"], condition=Q(is_active=True), name="packing_extra_once"
            ),
        ]


class ParcelExtra(TenantModel):
    """One thing to put into a parcel, as it was wanted when the parcel came to the table."""

    Kind = ExtraKind

    parcel = TenantForeignKey(Parcel, related_name="extras")
    kind = models.CharField(max_length=12, choices=ExtraKind.choices)
    name = models.CharField(max_length=80)
    code = models.CharField(max_length=40)
    """What is scanned, or sent by a press, to confirm it."""
    words = models.CharField(max_length=500, blank=True)
    weight_g = models.PositiveIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "parcel", "code"], name="parcel_extra_once")
        ]


class ParcelPhoto(TenantModel):
    """A picture of a parcel as it was packed."""

    parcel = TenantForeignKey(Parcel, related_name="photos")
    document = TenantForeignKey(Document, related_name="+")
    actor = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "parcel", "document"], name="parcel_photo_once"
            ),
        ]
