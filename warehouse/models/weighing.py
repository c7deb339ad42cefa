"""What the scale said, and what earlier parcels of the same contents came to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenant_models import TenantForeignKey, TenantModel
from warehouse.models.floor import Parcel


class ContentWeight(TenantModel):
    """What closed parcels of one content weighed beyond what master data say: sums, never rows.

    One row for each content, so that a tolerance is one look-up however many parcels went before.
    """

    content = models.CharField(max_length=64)
    """A hash of products and quantities (``warehouse/rules/tolerances.py::content_key``)."""
    parcels = models.PositiveIntegerField(default=0)
    sum_g = models.BigIntegerField(default=0)
    sum_squares_g2 = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "content"], name="content_weight_once"),
        ]


class Weighing(TenantModel):
    """One reading of a scale for a parcel. Its client-made id makes a repeated one harmless."""

    class Verdict(models.TextChoices):
        EXPECTED = "expected", _("As expected")
        AGAIN = "again", _("To be weighed again")
        CONFIRMED = "confirmed", _("Confirmed by a second reading")

    parcel = TenantForeignKey(Parcel, related_name="weighings")
    client_id = models.CharField(max_length=64)
    weight_g = models.PositiveIntegerField()
    expected_g = models.PositiveIntegerField()
    tolerance_g = models.PositiveIntegerField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    learnt_g = models.IntegerField(null=True)
    """What this reading added to the sums of its content; null for one that added nothing."""
    actor = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "client_id"], name="weighing_once"),
            models.CheckConstraint(condition=Q(weight_g__gt=0), name="weighing_has_weight"),
        ]
        indexes = [models.Index(fields=["merchant", "parcel", "id"], name="weighing_of_parcel")]
