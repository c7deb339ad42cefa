"""What a merchant's people said about the columns of files that no layout knows."""

from __future__ import annotations

from django.db import models

from core.tenant_models import TenantModel


class ColumnPreset(TenantModel):
    """A saved choice of columns, found again by the fingerprint of a file's header."""

    name = models.CharField(max_length=80)
    header_sha256 = models.CharField(max_length=64)
    choice = models.JSONField()
    created_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "header_sha256"], name="column_preset_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
