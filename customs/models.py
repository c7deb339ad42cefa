"""What customs is told, and what it costs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Document
from core.tenant_models import TenantForeignKey, TenantModel
from shipping.models import Booking

__all__ = ["Declaration", "LandedCost"]


class DeclarationStatus(models.TextChoices):
    """How far a declaration has come."""

    DRAFT = "draft", _("Draft")
    INCOMPLETE = "incomplete", _("Incomplete")
    LODGING = "lodging", _("Being lodged")
    ACCEPTED = "accepted", pgettext_lazy("declaration", "Accepted")
    HELD = "held", _("Held by customs")
    RELEASED = "released", pgettext_lazy("declaration", "Released")
    REFUSED = "refused", pgettext_lazy("declaration", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("declaration", "Withdrawn")


class Declaration(TenantModel):
    """An export or import declaration of one booked parcel."""

    Status = DeclarationStatus

    class Direction(models.TextChoices):
        EXPORT = "export", pgettext_lazy("declaration", "Export")
        IMPORT = "import", pgettext_lazy("declaration", "Import")

    booking = TenantForeignKey(Booking, related_name="declarations")
    direction = models.CharField(max_length=6, choices=Direction.choices)
    country = models.CharField(max_length=2)
    dataset = models.CharField(max_length=40)
    dataset_reason = models.CharField(max_length=300)
    lrn = models.CharField(max_length=22)
    mrn = models.CharField(max_length=40, blank=True)
    status = models.CharField(
        max_length=10, choices=DeclarationStatus.choices, default=DeclarationStatus.DRAFT
    )
    elements = models.JSONField()
    problems = models.JSONField(default=list)
    authority_reason = models.CharField(max_length=300, blank=True)
    refusal = models.JSONField(default=list)
    """What the authority refused, as {field, code, message}; [] where it named no field."""
    entries = models.JSONField(default=list)
    """The declaration's own values that a person set, as {path, value}; they go before the data."""
    corrects = TenantForeignKey("self", null=True, related_name="corrected_by")
    superseded_at = models.DateTimeField(null=True)
    document = TenantForeignKey(Document, null=True, related_name="+")
    created_at = models.DateTimeField()
    lodged_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "booking", "direction"],
                condition=Q(superseded_at__isnull=True),
                name="declaration_current_once",
            ),
            models.UniqueConstraint(
                fields=["merchant", "corrects"], name="declaration_corrected_once"
            ),
            models.UniqueConstraint(fields=["merchant", "lrn"], name="declaration_lrn_once"),
        ]
        indexes = [
            models.Index(fields=["merchant", "status", "-id"], name="declaration_status"),
            models.Index(fields=["merchant", "booking"], name="declaration_of_booking"),
        ]


class LandedCost(TenantModel):
    """Duty, tax and fees to the buyer's door, with the inputs and steps that led to them."""

    class Status(models.TextChoices):
        QUOTED = "quoted", _("Quoted")
        NOT_COVERED = "not_covered", _("Not covered yet")
        INCOMPLETE = "incomplete", _("Incomplete")
        FORMAL = "formal_declaration_required", _("Formal declaration required")

    booking = TenantForeignKey(Booking, related_name="landed_costs")
    status = models.CharField(max_length=30, choices=Status.choices)
    destination = models.CharField(max_length=2)
    scheme = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    duty = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    tax = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    fees = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    total_charges = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    buyer_total = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    inputs = models.JSONField()
    steps = models.JSONField()
    regimes = models.JSONField()
    caveats = models.JSONField(default=list)
    computed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "booking"], name="landed_cost_once"),
        ]
