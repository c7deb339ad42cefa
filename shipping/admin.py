"""Records of prices, agreements, bookings and handovers."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin_site import RecordAdmin, records
from shipping.models import Agreement, Booking, Handover, RateCard, RateLine, S10Range


@admin.register(Booking, site=records)
class BookingRecords(RecordAdmin):
    """Carriers' promises."""

    list_display = ("reference", "merchant", "carrier_code", "service_code", "status",
                    "tracking_number", "send_attempts", "created_at")  # fmt: skip
    list_filter = ("status",)
    search_fields = ("reference__exact", "tracking_number__exact")
    search_help_text = "reference, tracking number"
    plural = _("Bookings")


@admin.register(Handover, site=records)
class HandoverRecords(RecordAdmin):
    """Parcels given to carriers."""

    list_display = ("number", "merchant", "warehouse", "carrier_code", "status", "parcel_count",
                    "weight_g", "signed_by", "handed_over_at")  # fmt: skip
    list_filter = ("status",)
    search_fields = ("number__exact",)
    search_help_text = "number"
    plural = _("Handovers")


@admin.register(Agreement, site=records)
class AgreementRecords(RecordAdmin):
    """Accepted terms."""

    list_display = ("merchant", "rate_card", "status", "effective_from", "effective_to")
    list_filter = ("status",)
    plural = _("Agreements")


@admin.register(RateCard, site=records)
class RateCardRecords(RecordAdmin):
    """The operator's prices."""

    list_display = ("code", "version", "currency", "effective_from", "effective_to", "confidence")
    plural = _("Rate cards")


@admin.register(RateLine, site=records)
class RateLineRecords(RecordAdmin):
    """Prices by service, zone and weight."""

    list_display = ("rate_card", "service_code", "zone", "weight_from_g", "weight_to_g", "base",
                    "per_kg", "fuel_percent")  # fmt: skip
    search_fields = ("service_code__exact",)
    search_help_text = "service"
    plural = _("Rate lines")


@admin.register(S10Range, site=records)
class S10RangeRecords(RecordAdmin):
    """Postal numbers that are left."""

    plural = _("S10 ranges")
    list_display = ("service_indicator", "country", "next_serial", "last_serial")
