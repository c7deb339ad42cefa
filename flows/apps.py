"""Django's record of the flows; registers what workers can do."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig

STAGES = (
    "intake", "files", "listings", "recheck", "channels.consent", "channels.reading",
    "channels.pushes", "channels.telling", "channels.deciding", "channels.alerts", "allocation",
    "simulation", "supplier_letters",
    "wave_proposals", "leaving", "booking", "rebooking", "unclear_bookings", "papers",
    "inbound_papers",
    "clearance", "amending", "export", "delivery", "aftersales", "rule_notices", "rule_trials",
)  # fmt: skip


class FlowsConfig(AppConfig):
    """Application configuration."""

    name = "flows"

    def ready(self) -> None:
        """Import every stage that has jobs, so that each process knows their kinds."""
        for stage in STAGES:
            import_module(f"flows.{stage}")
