"""Carriers, terms, bookings and handovers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Document
from core.tenant_models import TenantForeignKey, TenantModel
from warehouse.models import Parcel, Warehouse

__all__ = [
    "Agreement", "Booking", "Handover", "Pickup", "PickupParcel", "RateCard", "RateLine",
    "S10Range",
]  # fmt: skip


class RateCard(models.Model):
    """The operator's prices; a new version is a new row."""

    code = models.SlugField(max_length=40)
    version = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    source = models.CharField(max_length=200)
    confidence = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="rate_card_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class RateLine(models.Model):
    """The price of a service into a zone within a band of chargeable weight."""

    rate_card = models.ForeignKey(RateCard, on_delete=models.CASCADE, related_name="lines")
    service_code = models.CharField(max_length=40)
    zone = models.CharField(max_length=20)
    weight_from_g = models.PositiveIntegerField()
    weight_to_g = models.PositiveIntegerField()
    base = models.DecimalField(max_digits=10, decimal_places=2)
    per_kg = models.DecimalField(max_digits=10, decimal_places=2)
    fuel_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rate_card", "service_code", "zone", "weight_from_g"],
                name="rate_line_once",
            ),
        ]


class Agreement(TenantModel):
    """Terms a merchant has accepted; they price every booking made while they are in force."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        ACCEPTED = "accepted", _("Accepted")
        ENDED = "ended", _("Ended")

    rate_card = models.ForeignKey(RateCard, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PROPOSED)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant"], condition=Q(status="accepted"), name="agreement_in_force_once"
            ),
        ]


class S10Range(models.Model):
    """A range of UPU S10 serial numbers the postal operator gave us."""

    service_indicator = models.CharField(max_length=2)
    country = models.CharField(max_length=2)
    next_serial = models.PositiveIntegerField()
    last_serial = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service_indicator", "country"], name="s10_range_once"),
        ]


class BookingStatus(models.TextChoices):
    """How far a carrier's promise has come."""

    PLANNED = "planned", _("Planned")
    SENDING = "sending", _("Sending")
    BOOKED = "booked", _("Booked")
    REFUSED = "refused", _("Refused by the carrier")
    UNCLEAR = "unclear", _("Needs a person")
    VOIDED = "voided", _("Voided")


class VoidOutcome(models.TextChoices):
    """What became of a withdrawn booking at its carrier."""

    ASKED = "asked", _("The carrier is being told")
    VOIDED = "voided", _("Voided by the carrier")
    ABANDONED = "abandoned", _("Left unused: the carrier has no void")
    REFUSED = "refused", _("The carrier did not void it")


class Booking(TenantModel):
    """A carrier's promise to carry a parcel, asked for exactly once under our reference."""

    Status = BookingStatus
    VoidOutcome = VoidOutcome

    parcel = TenantForeignKey(Parcel, related_name="bookings")
    reference = models.CharField(max_length=30)
    carrier_code = models.CharField(max_length=20)
    service_code = models.CharField(max_length=40)
    choice = models.JSONField()
    status = models.CharField(
        max_length=10, choices=BookingStatus.choices, default=BookingStatus.PLANNED
    )
    tracking_number = models.CharField(max_length=40, blank=True)
    label = TenantForeignKey(Document, null=True, related_name="+")
    weight_g = models.PositiveIntegerField(null=True)
    length_mm = models.PositiveIntegerField(null=True)
    width_mm = models.PositiveIntegerField(null=True)
    height_mm = models.PositiveIntegerField(null=True)
    """What the carrier is told, fixed when the booking is planned: asking again says the same.
    Null for bookings from before they were kept."""
    invoice_number = models.CharField(max_length=35, blank=True)
    invoice = TenantForeignKey(Document, null=True, related_name="+")
    refusal = models.CharField(max_length=500, blank=True)
    refusal_said = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    """The same as stored sentences, to be said in the reader's language."""
    sending_since = models.DateTimeField(null=True)
    absent_since = models.DateTimeField(null=True)
    """When a person looked at the carrier and did not find it; the next asking goes by that."""
    send_attempts = models.PositiveIntegerField(default=0)
    booked_at = models.DateTimeField(null=True)
    handover = TenantForeignKey("Handover", null=True, related_name="bookings")
    voided_at = models.DateTimeField(null=True)
    void_outcome = models.CharField(
        max_length=10, choices=VoidOutcome.choices, blank=True, default="", db_default=""
    )
    voided_said = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    """Stored sentences: why it was withdrawn."""
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "reference"], name="booking_reference_once"
            ),
            models.UniqueConstraint(
                fields=["merchant", "parcel"],
                condition=Q(status__in=["planned", "sending", "booked", "unclear"]),
                name="booking_live_once",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "tracking_number"], name="booking_tracking_number"),
            models.Index(fields=["merchant", "handover"], name="booking_of_handover"),
            models.Index(fields=["merchant", "parcel"], name="booking_of_parcel"),
            models.Index(
                fields=["merchant", "-id"], name="booking_unclear", condition=Q(status="unclear")
            ),
            models.Index(
                fields=["merchant", "-id"],
                name="booking_no_label",
                condition=Q(status="booked", label__isnull=True),
            ),
        ]


class Handover(TenantModel):
    """Parcels given to a carrier against a manifest."""

    class Status(models.TextChoices):
        CLOSED = "closed", _("Closed")
        SENT = "sent", _("Told to the carrier")

    number = models.CharField(max_length=30)
    carrier_code = models.CharField(max_length=20)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    pickup = models.ForeignKey(
        "Pickup", null=True, on_delete=models.PROTECT, related_name="handovers"
    )
    """The driver's visit it was signed in; null for one closed without scanning."""
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CLOSED)
    parcel_count = models.PositiveIntegerField()
    weight_g = models.PositiveIntegerField()
    signed_by = models.CharField(max_length=120)
    manifest = TenantForeignKey(Document, null=True, related_name="+")
    handed_over_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "number"], name="handover_number_once"),
        ]


class Pickup(models.Model):
    """One visit of a carrier's driver: everything scanned out to him, counted, weighed, signed.

    A driver takes the parcels of many merchants at once; each merchant gets a manifest of its own
    with the same signature.
    """

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("pickup", "Open")
        SIGNED = "signed", _("Signed")
        CANCELLED = "cancelled", _("Cancelled")

    number = models.CharField(max_length=20, unique=True)
    carrier_code = models.CharField(max_length=20)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    parcel_count = models.PositiveIntegerField(default=0)
    weight_g = models.PositiveIntegerField(default=0)
    signed_by = models.CharField(max_length=120, blank=True)
    signature = models.JSONField(null=True)
    """Strokes as lists of [x, y] in thousandths of the field's width, in the order drawn."""
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=120)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["warehouse", "carrier_code"],
                condition=Q(status="open"),
                name="pickup_open_once",
            ),
        ]


class PickupParcel(TenantModel):
    """A parcel scanned out to the driver of a pickup."""

    pickup = models.ForeignKey(Pickup, on_delete=models.PROTECT, related_name="parcels")
    booking = TenantForeignKey(Booking, related_name="+")
    unit_sscc = models.CharField(max_length=18, blank=True)
    """The bag or pallet it was scanned with; empty for one scanned by itself."""
    actor = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "pickup", "booking"], name="pickup_parcel_once"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "booking"], name="pickup_parcel_booking")]
