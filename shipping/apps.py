"""Django's record of this room."""

from __future__ import annotations

from django.apps import AppConfig


class ShippingConfig(AppConfig):
    """Application configuration."""

    name = "shipping"
