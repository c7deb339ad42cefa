"""Records of declarations and landed costs."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin_site import RecordAdmin, records
from customs.models import Declaration, LandedCost


@admin.register(Declaration, site=records)
class DeclarationRecords(RecordAdmin):
    """What customs was told."""

    list_display = ("lrn", "mrn", "merchant", "direction", "country", "dataset", "status",
                    "lodged_at")  # fmt: skip
    list_filter = ("status", "direction")
    search_fields = ("lrn__exact", "mrn__exact")
    search_help_text = "LRN, MRN"
    plural = _("Declarations")


@admin.register(LandedCost, site=records)
class LandedCostRecords(RecordAdmin):
    """Duty, tax and fees with their steps."""

    plural = _("Landed costs")
    list_display = ("id", "booking_id", "merchant", "status", "destination", "currency", "duty",
                    "tax", "fees", "computed_at")  # fmt: skip
    list_filter = ("status",)
    search_fields = ("booking__tracking_number__exact",)
    search_help_text = "tracking number"
