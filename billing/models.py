"""Money: charges to merchants, and the ledger that payouts are booked in."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenant_models import TenantForeignKey, TenantModel
from shipping.models import Agreement, Booking

__all__ = ["Charge", "LedgerEntry"]


class Charge(TenantModel):
    """What a merchant owes for one booking, with the terms and steps it was priced by."""

    class Kind(models.TextChoices):
        FREIGHT = "freight", _("Freight")
        FREIGHT_REVERSED = "freight_reversed", _("Freight reversed")

    booking = TenantForeignKey(Booking, related_name="charges")
    agreement = TenantForeignKey(Agreement, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    inputs = models.JSONField()
    steps = models.JSONField()
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "booking", "kind"], name="charge_once"),
        ]
        indexes = [models.Index(fields=["merchant", "-id"], name="charge_newest")]


class LedgerEntry(TenantModel):
    """One immutable booking of money from one account to another."""

    class Account(models.TextChoices):
        MERCHANT = "merchant", _("Merchant's balance")
        FREIGHT_INCOME = "freight_income", _("Freight income")
        CLAIMS_PAID = "claims_paid", _("Claims paid")

    debit = models.CharField(max_length=20, choices=Account.choices)
    credit = models.CharField(max_length=20, choices=Account.choices)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=40)
    reference = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "reason", "reference"], name="ledger_entry_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_amount_positive"),
        ]
        indexes = [models.Index(fields=["merchant", "-id"], name="ledger_newest")]
