"""What a channel calls the merchant's products."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.tenant_models import TenantForeignKey, TenantModel
from orders.models.channels import Channel
from orders.models.orders import Product


class ListingStatus(models.TextChoices):
    """What is known of a channel's code."""

    UNMAPPED = "unmapped", _("To be mapped")
    MAPPED = "mapped", _("Mapped")
    IGNORED = "ignored", pgettext_lazy("listing", "Not shipped by us")


class ChannelListing(TenantModel):
    """One code of one shop: its SKU, or its item number where the line has no SKU.

    Mapped, it is made of its `parts`: one product, or a bundle. Ignored, its lines are left out of
    the orders (a gift card, a warranty). Title, brand and model are as the shop last told them.
    """

    Status = ListingStatus

    channel = TenantForeignKey(Channel, related_name="listings")
    code = models.CharField(max_length=80)
    item_number = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=300, blank=True)
    brand = models.CharField(max_length=80, blank=True)
    model = models.CharField(max_length=80, blank=True)
    status = models.CharField(
        max_length=10, choices=ListingStatus.choices, default=ListingStatus.UNMAPPED
    )
    created_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(max_length=120, blank=True)
    checked_after_order = models.BigIntegerField(null=True)
    """The last order that was checked anew since the mapping changed; null when none is left."""
    orders_checked = models.PositiveIntegerField(default=0)
    orders_released = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "channel", "code"], name="listing_once"),
        ]
        indexes = [
            models.Index(fields=["merchant", "status", "-id"], name="listing_status_newest"),
            models.Index(fields=["merchant", "-id"], name="listing_newest"),
        ]

    def __str__(self) -> str:
        return self.code


class ListingPart(TenantModel):
    """So many pieces of a product in one piece of what the channel sells."""

    listing = TenantForeignKey(ChannelListing, related_name="parts")
    product = TenantForeignKey(Product, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "listing", "product"], name="listing_part_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="listing_part_has_quantity"),
        ]
