"""Django's record of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShippingConfig(AppConfig):
    """Application configuration."""

    name = "shipping"
    verbose_name = _("Shipping")
