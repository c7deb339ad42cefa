"""People and keys. The look-up tables hold no more than is needed to find the merchant."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.prepared import Prepared
from core.tenant_models import TenantForeignKey, TenantModel

__all__ = [
    "ApiKey", "ApiKeyLookup", "Invitation", "InvitationLookup", "Member", "MembershipLookup",
    "Staff", "User",
]  # fmt: skip


class UserAccounts(BaseUserManager["User"]):
    """Makes accounts with a hashed password."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a person who can log in."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get(self, *args: Any, **kwargs: Any) -> User:
        """Return one account; by its key alone, as every request asks, without a query to build."""
        if args or kwargs.keys() != {"pk"}:
            return super().get(*args, **kwargs)
        found = BY_KEY.first(user_id=int(kwargs["pk"]))
        if found is None:
            raise self.model.DoesNotExist
        return found

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create an administrator of the records pages."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. What they may do comes from `Member` or `Staff`."""

    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=120, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserAccounts] = UserAccounts()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        """Return the name people see."""
        return self.full_name or self.email


BY_KEY = Prepared(User, lambda rows, user_id: rows.filter(pk=user_id), "user_id")


class MemberRole(models.TextChoices):
    """What a person may do for a merchant."""

    OWNER = "owner", _("Owner")
    OPERATIONS = "operations", _("Operations")
    FINANCE = "finance", _("Finance")
    READ_ONLY = "read_only", _("Read only")


class StaffRole(models.TextChoices):
    """What a person of the operator may do."""

    FLOOR = "floor", _("Warehouse floor")
    SUPERVISOR = "supervisor", _("Warehouse supervisor")
    CUSTOMS = "customs", _("Customs")
    SUPPORT = "support", _("Support")
    ADMIN = "admin", _("Administrator")


class Member(TenantModel):
    """A person in a merchant's team."""

    Role = MemberRole

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=12, choices=MemberRole.choices)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "user"], name="member_once"),
        ]


class MembershipLookup(models.Model):
    """Which merchants a person belongs to, read before a merchant is known. No more than ids."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    merchant_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "merchant_id"], name="membership_once"),
        ]


class Invitation(TenantModel):
    """An address that is asked into a merchant's team. The token is kept only as an HMAC."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting")
        ACCEPTED = "accepted", _("Accepted")
        REVOKED = "revoked", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    email = models.EmailField()
    role = models.CharField(max_length=12, choices=MemberRole.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    invited_by = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    member = TenantForeignKey(Member, null=True, related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "email"],
                name="invitation_waits_once",
                condition=models.Q(status="pending"),
            ),
        ]


class InvitationLookup(models.Model):
    """Finds the merchant of an invitation by the HMAC-SHA256 of its token. No more than ids."""

    token_hmac = models.CharField(max_length=64, primary_key=True)
    merchant_id = models.BigIntegerField()
    invitation_id = models.BigIntegerField(unique=True)


class Staff(models.Model):
    """A person of the operator."""

    Role = StaffRole

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="staff")
    role = models.CharField(max_length=10, choices=StaffRole.choices)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class ApiKey(TenantModel):
    """A merchant's key. The secret is shown once and kept only as an HMAC in `ApiKeyLookup`."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16)
    role = models.CharField(max_length=12, choices=MemberRole.choices)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        pass


class ApiKeyLookup(models.Model):
    """Finds the merchant of a key by the key's HMAC-SHA256."""

    is_suspended: bool
    """Whether the merchant is kept out; no column, the query that finds a key says it."""

    key_hmac = models.CharField(max_length=64, primary_key=True)
    merchant_id = models.BigIntegerField()
    api_key_id = models.BigIntegerField(unique=True)
    role = models.CharField(max_length=12)
