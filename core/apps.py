"""Django's record of this room."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """Application configuration."""

    name = "core"
    verbose_name = _("Basics")

    def ready(self) -> None:
        """Load the Celery application in every process that may queue work.

        Without it a wake-up goes to Celery's default broker, which is not ours, and waits for it.
        """
        import_module("config.celery")
