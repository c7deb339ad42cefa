"""Where parcels are."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Document
from core.tenant_models import TenantForeignKey, TenantModel
from shipping.models import Booking

__all__ = [
    "DeliveryProof", "FeedCursor", "ParcelException", "ParcelLookup", "PartnerDelivery",
    "TrackedParcel", "TrackingEvent", "TrackingLink",
]  # fmt: skip


class Milestone(models.TextChoices):
    """The stages of the journey line that happen after packing."""

    PACKED = "packed", _("Packed")
    HANDED_OVER = "handed_over", _("Handed over")
    IN_TRANSIT = "in_transit", _("In transit")
    CLEARED = "cleared", _("Cleared")
    OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
    DELIVERED = "delivered", _("Delivered")


class TrackedParcel(TenantModel):
    """A booked parcel on its way: the standing folded from its events."""

    Milestone = Milestone

    booking = TenantForeignKey(Booking, related_name="tracked")
    carrier_code = models.CharField(max_length=20)
    tracking_number = models.CharField(max_length=40)
    milestone = models.CharField(max_length=20, choices=Milestone.choices, default=Milestone.PACKED)
    milestone_at = models.DateTimeField(null=True)
    reached = models.JSONField(default=dict)
    problem = models.CharField(max_length=40, blank=True)
    problem_since = models.DateTimeField(null=True)
    destination_country = models.CharField(max_length=2)
    expected_from = models.DateField(null=True)
    expected_to = models.DateField(null=True)
    link_token = models.CharField(max_length=60)
    last_event_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    lost_at = models.DateTimeField(null=True)
    next_poll_at = models.DateTimeField(null=True)
    polled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "booking"], name="tracked_parcel_once"),
        ]
        indexes = [
            models.Index(
                fields=["next_poll_at"],
                name="tracked_poll_due",
                condition=Q(next_poll_at__isnull=False),
            ),
            models.Index(fields=["merchant", "-id"], name="tracked_newest"),
            models.Index(fields=["merchant", "milestone", "-id"], name="tracked_milestone"),
            models.Index(
                fields=["last_event_at"],
                name="tracked_silent",
                condition=Q(delivered_at__isnull=True, lost_at__isnull=True),
            ),
        ]


class ParcelLookup(models.Model):
    """Finds the merchant of a tracking number that a carrier tells us about. Ids only."""

    carrier_code = models.CharField(max_length=20)
    tracking_number = models.CharField(max_length=40)
    merchant_id = models.BigIntegerField()
    tracked_parcel_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["carrier_code", "tracking_number"], name="parcel_lookup_once"
            ),
        ]


class TrackingLink(models.Model):
    """Finds the merchant and parcel of a buyer's link by the link's HMAC. Ids only."""

    token_hmac = models.CharField(max_length=64, primary_key=True)
    merchant_id = models.BigIntegerField()
    tracked_parcel_id = models.BigIntegerField()


class TrackingEvent(TenantModel):
    """One fact about a parcel from one source."""

    parcel = TenantForeignKey(TrackedParcel, related_name="events")
    source = models.CharField(max_length=20)
    vendor = models.CharField(max_length=20)
    code = models.CharField(max_length=60)
    canonical = models.CharField(max_length=40)
    reason = models.CharField(max_length=40, blank=True)
    digest = models.CharField(max_length=64)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    city = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, blank=True)
    description = models.CharField(max_length=300, blank=True)
    raw = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "parcel", "digest"], name="tracking_event_once"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "parcel", "happened_at"], name="tracking_event_way"),
        ]


class ParcelException(TenantModel):
    """Something wrong with a parcel that someone must act on."""

    parcel = TenantForeignKey(TrackedParcel, related_name="exceptions")
    kind = models.CharField(max_length=40)
    reason = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "parcel", "kind"],
                condition=Q(closed_at__isnull=True),
                name="parcel_exception_open_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "-id"],
                name="parcel_exception_open",
                condition=Q(closed_at__isnull=True),
            ),
        ]


class PartnerDelivery(TenantModel):
    """The last mile of a dedicated-line parcel, in a delivery partner's hands."""

    class Status(models.TextChoices):
        ASKED = "asked", _("Asked for")
        RECEIVED = "received", _("Received")
        OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
        ATTEMPTED = "attempted", _("Attempted")
        DELIVERED = "delivered", _("Delivered")
        LOST = "lost", _("Lost")

    parcel = TenantForeignKey(TrackedParcel, related_name="partner_deliveries")
    reference = models.CharField(max_length=40)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.ASKED)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "parcel"], name="partner_delivery_once"),
        ]


class DeliveryProof(TenantModel):
    """Who took the parcel, when and where."""

    parcel = TenantForeignKey(TrackedParcel, related_name="proofs")
    source = models.CharField(max_length=20)
    signed_by = models.CharField(max_length=120, blank=True)
    delivered_at = models.DateTimeField()
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    picture = TenantForeignKey(Document, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "parcel"], name="delivery_proof_once"),
        ]


class FeedCursor(models.Model):
    """How far a carrier's feed of events has been read. Operator work only."""

    feed = models.CharField(max_length=40, primary_key=True)
    cursor = models.CharField(max_length=200, blank=True)
    read_at = models.DateTimeField(null=True)
