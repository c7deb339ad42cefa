"""Records of people and keys. Hashes of passwords and keys are not shown."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, Member, Staff, User
from core.admin_site import RecordAdmin, records


@admin.register(User, site=records)
class UserRecords(RecordAdmin):
    """People who can log in."""

    list_display = ("email", "full_name", "is_staff", "is_active", "created_at", "last_login")
    search_fields = ("email__exact",)
    search_help_text = "e-mail"
    hidden_fields = ("password", "groups", "user_permissions", "is_superuser")
    plural = _("Logins")


@admin.register(Member, site=records)
class MemberRecords(RecordAdmin):
    """Merchants' teams."""

    list_display = ("user", "merchant", "role", "is_active", "created_at")
    list_filter = ("role",)
    search_fields = ("user__email__exact",)
    search_help_text = "e-mail"
    plural = _("Members")


@admin.register(Staff, site=records)
class StaffRecords(RecordAdmin):
    """The operator's people."""

    plural = _("Staff")
    list_display = ("user", "role", "is_active")
    list_filter = ("role",)


@admin.register(ApiKey, site=records)
class ApiKeyRecords(RecordAdmin):
    """API keys by their visible prefix."""

    plural = _("API keys")
    list_display = ("prefix", "name", "merchant", "role", "created_at", "last_used_at",
                    "revoked_at")  # fmt: skip
    search_fields = ("prefix__exact",)
    search_help_text = "prefix"
