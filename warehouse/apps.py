"""Django's record of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WarehouseConfig(AppConfig):
    """Application configuration."""

    name = "warehouse"
    verbose_name = _("Warehouse")
