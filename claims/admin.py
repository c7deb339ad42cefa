"""Records of claims and their evidence."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from claims.models import Claim, ClaimEvidence
from core.admin_site import RecordAdmin, records


@admin.register(Claim, site=records)
class ClaimRecords(RecordAdmin):
    """Money asked for loss and damage."""

    list_display = ("number", "merchant", "kind", "status", "amount_claimed", "amount_approved",
                    "currency", "created_at")  # fmt: skip
    list_filter = ("status", "kind")
    search_fields = ("number__exact",)
    search_help_text = "number"
    plural = _("Claims")


@admin.register(ClaimEvidence, site=records)
class ClaimEvidenceRecords(RecordAdmin):
    """Papers and pictures."""

    plural = _("Evidence")
    list_display = ("id", "claim_id", "merchant", "code", "added_by", "created_at")
