"""Money asked for loss or damage, decided and paid."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models import LedgerEntry
from core.models import Document
from core.tenant_models import TenantForeignKey, TenantModel
from tracking.models import TrackedParcel

__all__ = ["Claim", "ClaimEvidence"]


class ClaimStatus(models.TextChoices):
    """How far a claim has come."""

    OPEN = "open", _("Open")
    NEEDS_EVIDENCE = "needs_evidence", _("Needs evidence")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    PAID = "paid", _("Paid")


class Claim(TenantModel):
    """A merchant's demand for one parcel."""

    Status = ClaimStatus

    class Kind(models.TextChoices):
        LOSS = "loss", _("Loss")
        DAMAGE = "damage", _("Damage")

    number = models.CharField(max_length=30)
    parcel = TenantForeignKey(TrackedParcel, related_name="claims")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    status = models.CharField(max_length=15, choices=ClaimStatus.choices, default=ClaimStatus.OPEN)
    statement = models.CharField(max_length=2000, blank=True)
    amount_claimed = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    limit = models.JSONField(default=dict)
    amount_approved = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    reasons = models.JSONField(default=list)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=120, blank=True)
    ledger_entry = TenantForeignKey(LedgerEntry, null=True, related_name="+")
    payout_advice = TenantForeignKey(Document, null=True, related_name="+")
    paid_at = models.DateTimeField(null=True)
    filed_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "number"], name="claim_number_once"),
            models.UniqueConstraint(
                fields=["merchant", "parcel", "kind"],
                condition=~Q(status="refused"),
                name="claim_live_once",
            ),
            models.CheckConstraint(condition=Q(amount_claimed__gt=0), name="claim_has_amount"),
        ]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="claim_newest"),
            models.Index(fields=["merchant", "status", "-id"], name="claim_status_newest"),
        ]


class ClaimEvidence(TenantModel):
    """A picture or paper that supports a claim."""

    claim = TenantForeignKey(Claim, related_name="evidence")
    code = models.CharField(max_length=30)
    document = TenantForeignKey(Document, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    added_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "claim", "document"], name="evidence_once"),
        ]
