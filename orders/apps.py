"""Django's record of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    """Application configuration."""

    name = "orders"
    verbose_name = _("Orders")
