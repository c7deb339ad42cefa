"""Where orders come from."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.tenant_models import TenantModel


class Channel(TenantModel):
    """Where orders come from: an account of a marketplace, uploads, an API client."""

    class Kind(models.TextChoices):
        UPLOAD = "upload", _("File upload")
        API = "api", _("API")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "kind", "name"], name="channel_once"),
        ]
