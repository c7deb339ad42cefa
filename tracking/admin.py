"""Records of parcels on their way. The buyer's link is not shown: it opens personal detail."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin_site import RecordAdmin, records
from tracking.models import (
    DeliveryProof,
    ParcelException,
    PartnerDelivery,
    TrackedParcel,
    TrackingEvent,
)


@admin.register(TrackedParcel, site=records)
class TrackedParcelRecords(RecordAdmin):
    """Where parcels stand."""

    list_display = ("tracking_number", "merchant", "carrier_code", "milestone", "problem",
                    "destination_country", "last_event_at", "delivered_at")  # fmt: skip
    list_filter = ("milestone",)
    search_fields = ("tracking_number__exact",)
    search_help_text = "tracking number"
    hidden_fields = ("link_token",)
    plural = _("Tracked parcels")


@admin.register(TrackingEvent, site=records)
class TrackingEventRecords(RecordAdmin):
    """Facts from carriers."""

    list_display = ("id", "parcel_id", "merchant", "source", "code", "canonical", "happened_at",
                    "city", "country")  # fmt: skip
    search_fields = ("parcel__tracking_number__exact",)
    search_help_text = "tracking number"
    plural = _("Tracking events")


@admin.register(ParcelException, site=records)
class ParcelExceptionRecords(RecordAdmin):
    """Parcels in trouble."""

    list_display = ("id", "parcel_id", "merchant", "kind", "opened_at", "closed_at", "closed_by")
    plural = _("Exceptions")


@admin.register(PartnerDelivery, site=records)
class PartnerDeliveryRecords(RecordAdmin):
    """The last mile in a partner's hands."""

    list_display = ("reference", "merchant", "status", "attempts", "updated_at")
    list_filter = ("status",)
    plural = _("Partner deliveries")


@admin.register(DeliveryProof, site=records)
class DeliveryProofRecords(RecordAdmin):
    """Who took what, when."""

    list_display = ("id", "parcel_id", "merchant", "source", "delivered_at")
    plural = _("Proofs of delivery")
