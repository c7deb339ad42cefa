"""Printers of a building, who drives them, and what they were given to print.

Printers, agents and stations are the operator's. A print job is the merchant's: it names the
merchant's paper and parcel, and stands behind the same wall as they do.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Document
from core.tenant_models import TenantForeignKey, TenantModel
from warehouse.models.floor import Parcel
from warehouse.models.places import Warehouse

__all__ = ["PrintAgent", "PrintJob", "Printer", "StationPrinter"]


class PrintAgent(models.Model):
    """A program in the building that passes jobs on to its network printers, by a key of its own.

    Only the key's HMAC is kept. A key that was revoked finds nothing any more.
    """

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    key_hmac = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    seen_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Printer(models.Model):
    """A network printer of a building. Its address is an administrator's to set."""

    class Kind(models.TextChoices):
        RAW = "raw9100", _("Raw TCP (port 9100)")
        IPP = "ipp", _("IPP")

    class Language(models.TextChoices):
        PDF = "pdf", "PDF"
        ZPL = "zpl", "ZPL"

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    accepts = models.CharField(max_length=4, choices=Language.choices)
    dpi = models.PositiveSmallIntegerField(default=203)
    media = models.CharField(max_length=20, default="100x150")
    """What lies in it: width by length in millimetres."""
    address = models.GenericIPAddressField()
    port = models.PositiveIntegerField()
    path = models.CharField(max_length=100, blank=True)
    """Of an IPP printer: the path of its queue."""
    is_active = models.BooleanField(default=True)
    fault_said = models.JSONField(null=True)
    """Why it does not print, as stored sentences; null while nothing is known to be wrong."""
    fault_since = models.DateTimeField(null=True)
    try_after = models.DateTimeField(null=True)
    """Its jobs wait until then; they are tried by themselves."""
    faults_in_row = models.PositiveSmallIntegerField(default=0)
    printed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "name"], name="printer_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class StationPrinter(models.Model):
    """A station of a building and where its labels come out; without a printer, in the browser."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    printer = models.ForeignKey(Printer, on_delete=models.PROTECT, null=True, related_name="+")
    chosen_by = models.CharField(max_length=120)
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "name"], name="station_printer_once"),
        ]

    def __str__(self) -> str:
        return self.name


class PrintJobStatus(models.TextChoices):
    """How far a paper has come on its way out of a printer."""

    WAITING = "waiting", _("Waits for its label")
    QUEUED = "queued", pgettext_lazy("print job", "Queued")
    SENT = "sent", pgettext_lazy("print job", "Sent")
    CONFIRMED = "confirmed", pgettext_lazy("print job", "Printed")
    FAILED = "failed", pgettext_lazy("print job", "Not printed")
    WITHDRAWN = "withdrawn", pgettext_lazy("print job", "Withdrawn")


class PrintJob(TenantModel):
    """One label to be printed once. Printing it again is another row, with a reason.

    *Sent* is committed before the first byte leaves the agent, so that a kill in between can cost
    a look by a person but never a second label. `delivered_at` is when the printer had taken every
    byte; raw TCP tells no more than that.
    """

    Status = PrintJobStatus

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    printer = models.ForeignKey(Printer, on_delete=models.PROTECT, null=True, related_name="+")
    """Null: a person's browser prints it."""
    station = models.CharField(max_length=40, blank=True)
    parcel = TenantForeignKey(Parcel, related_name="print_jobs")
    document = TenantForeignKey(Document, null=True, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)
    """Of the document: what was sent is what was stored."""
    status = models.CharField(max_length=10, choices=PrintJobStatus.choices)
    said = models.JSONField(default=list)
    """Why it failed, waits or is unclear, as stored sentences."""
    tries = models.PositiveIntegerField(default=0)
    agent = models.ForeignKey(PrintAgent, on_delete=models.PROTECT, null=True, related_name="+")
    lease_until = models.DateTimeField(null=True)
    reprint_of = TenantForeignKey("self", null=True, related_name="reprints")
    reason = models.CharField(max_length=300, blank=True)
    asked_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "parcel"],
                condition=Q(reprint_of__isnull=True) & ~Q(status="withdrawn"),
                name="print_first_once",
            ),
            models.UniqueConstraint(
                fields=["merchant", "parcel"],
                condition=Q(status__in=["waiting", "queued", "sent"]),
                name="print_on_its_way_once",
            ),
            models.CheckConstraint(
                condition=Q(reprint_of__isnull=True, reason="")
                | (Q(reprint_of__isnull=False) & ~Q(reason="")),
                name="print_again_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(document__isnull=False) | Q(status__in=["waiting", "withdrawn"]),
                name="print_has_document",
            ),
        ]
        indexes = [
            models.Index(
                fields=["printer", "id"], name="print_to_do",
                condition=Q(status__in=["queued", "sent"]),
            ),
            models.Index(
                fields=["warehouse", "-id"], name="print_needs_look",
                condition=Q(status__in=["queued", "sent", "failed"]),
            ),
            models.Index(fields=["merchant", "parcel", "id"], name="print_of_parcel"),
        ]  # fmt: skip
