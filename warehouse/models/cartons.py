"""The cartons a merchant packs in."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenant_models import TenantModel


class CartonType(TenantModel):
    """One carton of a merchant's list, as it stands: length, width, height.

    A merchant without an active one packs in the operator's cartons
    (``warehouse/data/cartons.csv``).
    """

    class Material(models.TextChoices):
        CORRUGATED = "corrugated", _("Corrugated carton")
        PADDED_MAILER = "padded_mailer", _("Padded mailer")

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    material = models.CharField(
        max_length=16, choices=Material.choices, default=Material.CORRUGATED
    )
    inner_length_mm = models.PositiveIntegerField()
    inner_width_mm = models.PositiveIntegerField()
    inner_height_mm = models.PositiveIntegerField()
    outer_length_mm = models.PositiveIntegerField()
    outer_width_mm = models.PositiveIntegerField()
    outer_height_mm = models.PositiveIntegerField()
    tare_g = models.PositiveIntegerField()
    max_gross_g = models.PositiveIntegerField()
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="carton_type_once"),
            models.CheckConstraint(
                condition=Q(inner_length_mm__gt=0, inner_width_mm__gt=0, inner_height_mm__gt=0)
                & Q(outer_length_mm__gte=F("inner_length_mm"))
                & Q(outer_width_mm__gte=F("inner_width_mm"))
                & Q(outer_height_mm__gte=F("inner_height_mm")),
                name="carton_type_inside_outside",
            ),
            models.CheckConstraint(
                condition=Q(max_gross_g__gt=F("tare_g")), name="carton_type_carries"
            ),
        ]

    def __str__(self) -> str:
        return self.code
