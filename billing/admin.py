"""Records of charges and the ledger."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing.models import Charge, LedgerEntry
from core.admin_site import RecordAdmin, records


@admin.register(Charge, site=records)
class ChargeRecords(RecordAdmin):
    """What merchants owe for bookings."""

    list_display = ("id", "merchant", "booking_id", "kind", "amount", "currency", "created_at")
    search_fields = ("booking__tracking_number__exact",)
    search_help_text = "tracking number"
    plural = _("Charges")


@admin.register(LedgerEntry, site=records)
class LedgerEntryRecords(RecordAdmin):
    """Money booked from one account to another."""

    plural = _("Ledger entries")
    list_display = ("id", "merchant", "debit", "credit", "amount", "currency", "reason",
                    "reference", "at")  # fmt: skip
    search_fields = ("reference__exact",)
    search_help_text = "reference"
