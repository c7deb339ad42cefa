"""Records of the core: merchants, documents, events, jobs."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin_site import RecordAdmin, records
from core.models import Document, Event, Job, Merchant


@admin.register(Merchant, site=records)
class MerchantRecords(RecordAdmin):
    """The tenants."""

    list_display = ("code", "name", "country", "currency", "is_active", "created_at")
    list_filter = ("is_active",)
    search_fields = ("code__exact",)
    search_help_text = "code"
    plural = _("Merchants")


@admin.register(Document, site=records)
class DocumentRecords(RecordAdmin):
    """Immutable files; their bytes are on the stations."""

    list_display = ("number", "kind", "merchant", "content_type", "size_bytes", "created_at")
    search_fields = ("number__exact", "sha256__exact")
    search_help_text = "number, SHA-256"
    plural = _("Documents")


@admin.register(Event, site=records)
class EventRecords(RecordAdmin):
    """What changed, by whom, when."""

    list_display = ("id", "kind", "merchant", "subject_kind", "subject_id", "actor", "at")
    search_fields = ("subject_id__exact",)
    search_help_text = "subject id"
    plural = _("Events")


@admin.register(Job, site=records)
class JobRecords(RecordAdmin):
    """Work to be done, and what failed."""

    list_display = ("id", "kind", "key", "merchant", "status", "attempts", "run_after")
    list_filter = ("status",)
    search_fields = ("key__exact",)
    search_help_text = "key"
    plural = _("Jobs")
