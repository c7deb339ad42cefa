"""What a channel says of an order that cannot simply be taken over, and buyers to be held."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenant_models import TenantForeignKey, TenantModel
from orders.models.orders import Order


class ConflictKind(models.TextChoices):
    """What the channel wants of an order that is too far on its way."""

    CHANGE = "change", _("Sent again with other content")
    CANCELLATION = "cancellation", _("Cancelled by the channel")
    SHIPPED = "shipped", _("Shipped elsewhere, says the channel")


class ConflictOutcome(models.TextChoices):
    """How a conflict ended."""

    KEPT = "kept", _("Ours kept")
    TAKEN = "taken", _("Theirs taken")
    CANCELLED = "cancelled", _("Order cancelled")
    SUPERSEDED = "superseded", _("Replaced by a newer message")


class OrderConflict(TenantModel):
    """The channel's word against ours, for a person to decide.

    `differences` are `{"field", "ours", "theirs"}`; `theirs` is the whole payload as it was sent,
    `theirs_sha256` its hash: the same word again is not asked twice.
    """

    Kind, Outcome = ConflictKind, ConflictOutcome

    order = TenantForeignKey(Order, related_name="conflicts")
    kind = models.CharField(max_length=12, choices=ConflictKind.choices)
    differences = models.JSONField(default=list)
    theirs = models.TextField(blank=True)
    theirs_sha256 = models.CharField(max_length=64)
    raised_at = models.DateTimeField()
    raised_by = models.CharField(max_length=120)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=10, choices=ConflictOutcome.choices, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "order", "kind"],
                condition=Q(resolved_at__isnull=True),
                name="conflict_open_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "-id"],
                name="conflict_open_newest",
                condition=Q(resolved_at__isnull=True),
            ),
            models.Index(fields=["merchant", "order"], name="conflict_of_order"),
        ]


class BlockKind(models.TextChoices):
    """What of a buyer is recognised."""

    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    ADDRESS = "address", _("Address")


class BuyerBlock(TenantModel):
    """A buyer whose orders are held. Only a keyed hash is kept: nobody reads the value again."""

    Kind = BlockKind

    kind = models.CharField(max_length=8, choices=BlockKind.choices)
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "digest"], name="buyer_block_once"),
        ]
        indexes = [models.Index(fields=["merchant", "-id"], name="buyer_block_newest")]
