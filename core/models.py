"""Tables that every room uses and that hold no business words."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, Value

from core.tenant_models import TenantForeignKey, TenantModel

__all__ = [
    "Document", "Event", "IdempotentAnswer", "Job", "Merchant", "NumberSeries", "PartnerStop",
    "RateBucket", "SuspendedMerchant",
]  # fmt: skip


class Merchant(models.Model):
    """The tenant: a seller whose goods the operator stores and ships."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    legal_name = models.CharField(max_length=200, blank=True)
    street = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    language = models.CharField(max_length=10, default="en")
    eori = models.CharField(max_length=17, blank=True)
    ioss_number = models.CharField(max_length=12, blank=True)
    gb_vat_number = models.CharField(max_length=20, blank=True)
    au_gst_number = models.CharField(max_length=20, blank=True)
    unified_credit_code = models.CharField(max_length=18, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class SuspendedMerchant(models.Model):
    """A merchant that is kept out, asked for before a merchant is known. No more than an id.

    `Merchant.is_active` says the same to whoever is inside already. The app role may only read
    this table, so that no merchant-facing process can let one in again.
    """

    merchant_id = models.BigIntegerField(primary_key=True)


class Event(TenantModel):
    """What changed, by whom, when: appended in the transaction of the change, never edited."""

    kind = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    actor = models.CharField(max_length=120)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["merchant", "subject_kind", "subject_id", "id"], name="event_subject"
            ),
            models.Index(fields=["merchant", "-id"], name="event_newest"),
        ]


class Job(TenantModel):
    """Work to be done, committed with the change that asks for it.

    Workers claim rows with `FOR UPDATE SKIP LOCKED` and a lease. A Celery message only says
    "look now"; a sweep on a timer finds what a lost message missed.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        DONE = "done"
        FAILED = "failed"
        GIVEN_UP = "given_up"

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=80)
    queue = models.CharField(max_length=20)
    payload = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    run_after = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    said = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    """Why it failed, as stored sentences: `last_error` in whatever language it is read."""
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    worker_pid = models.PositiveIntegerField(null=True)
    waits_for = models.CharField(max_length=40, blank=True, db_default="")
    """The partner whose account refused our credentials: once it is mended, the job goes on."""
    given_up_reason = models.CharField(max_length=300, blank=True, db_default="")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "kind", "key"], name="job_once"),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "queue", "run_after", "id"],
                name="job_due_of_merchant",
                condition=Q(status="queued"),
            ),
            models.Index(fields=["run_after"], name="job_due", condition=Q(status="queued")),
            models.Index(
                fields=["merchant", "-id"], name="job_failed", condition=Q(status="failed")
            ),
            models.Index(fields=["finished_at"], name="job_done", condition=Q(status="done")),
            models.Index(
                fields=["waits_for", "id"],
                name="job_waits_for",
                condition=Q(status="queued") & ~Q(waits_for=""),
            ),
        ]


class IdempotentAnswer(TenantModel):
    """The answer to an unsafe call under its Idempotency-Key, stored with the call's effect."""

    key = models.CharField(max_length=200)
    route = models.CharField(max_length=200)
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "key"], name="idempotent_once"),
        ]


class NumberSeries(TenantModel):
    """The next free number of a kind of document or reference of one merchant."""

    kind = models.CharField(max_length=40)
    next_number = models.BigIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "kind"], name="number_series_once"),
        ]


class Document(TenantModel):
    """An immutable file with a number and a hash; its bytes live in the document storage."""

    kind = models.CharField(max_length=40)
    number = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    content_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    storage_name = models.CharField(max_length=200)
    replaces = TenantForeignKey("self", null=True, blank=True, related_name="replaced_by")
    made_by_pid = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "kind", "number"], name="document_number"),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "subject_kind", "subject_id"], name="document_subject"
            ),
            models.Index(fields=["merchant", "storage_name"], name="document_bytes"),
        ]


class PartnerStop(models.Model):
    """A partner's account that refused our credentials: nothing is sent there until it is mended.

    `operation` is "" where the whole account was refused (401), else the one operation it may not
    do (403). A row with `cleared_at` is history.
    """

    partner = models.CharField(max_length=40)
    account = models.CharField(max_length=80)
    operation = models.CharField(max_length=40, blank=True)
    http_status = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    refused_at = models.DateTimeField()
    refusals = models.PositiveIntegerField(default=1)
    next_try_at = models.DateTimeField()
    tried_by = models.CharField(max_length=120, blank=True)
    cleared_at = models.DateTimeField(null=True)
    jobs_woken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "account", "operation"],
                condition=Q(cleared_at__isnull=True),
                name="partner_stop_open_once",
            ),
        ]


class RateBucket(models.Model):
    """How many calls an account may still make of one operation (`core.buckets`)."""

    account = models.CharField(max_length=64)
    operation = models.CharField(max_length=60)
    tokens = models.FloatField()
    filled_at = models.DateTimeField()
    learned_per_s = models.FloatField(null=True)
    blocked_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "operation"], name="rate_bucket_once"),
        ]
