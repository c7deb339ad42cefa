"""The only writer of people, roles and keys."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from accounts.models import ApiKey, ApiKeyLookup, Member, MembershipLookup, Staff, User
from core.events import record
from core.tenancy import active_merchant_id

KEY_START = "wb"


class KeyAlreadyRevoked(Exception):
    """The key was revoked before; nothing changed."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key at the only moment its secret exists outside the caller's hands."""

    key: ApiKey
    secret: str


def key_hmac(secret: str) -> str:
    """Return the HMAC-SHA256 under which a key or a link is kept and found."""
    return hmac.new(settings.KEY_PEPPER.encode(), secret.encode(), hashlib.sha256).hexdigest()


def create_user(*, email: str, password: str, full_name: str) -> User:
    """Create a person who can log in; roles come apart."""
    return User.objects.create_user(email, password, full_name=full_name)


def add_member(*, user: User, role: str, actor: str, now: datetime) -> Member:
    """Make a person a member of the active merchant's team, or change the role of one."""
    merchant_id = active_merchant_id()
    member, _ = Member.objects.update_or_create(
        merchant_id=merchant_id,
        user=user,
        defaults={"role": role, "is_active": True},
        create_defaults={"role": role, "created_at": now},
    )
    MembershipLookup.objects.get_or_create(user=user, merchant_id=merchant_id)
    record(
        kind="member.added",
        subject_kind="member",
        subject_id=member.pk,
        actor=actor,
        now=now,
        data={"role": role},
    )
    return member


def remove_member(*, member_id: int, actor: str, now: datetime) -> bool:
    """Take a person out of the active merchant's team; False when they were out before.

    The row stays, so that the history keeps its names; the way in, the look-up, is deleted.
    """
    member = Member.objects.select_for_update().get(pk=member_id)
    MembershipLookup.objects.filter(
        user_id=member.user_id, merchant_id=active_merchant_id()
    ).delete()
    if not member.is_active:
        return False
    member.is_active = False
    member.save(update_fields=["is_active"])
    record(kind="member.removed", subject_kind="member", subject_id=member_id, actor=actor, now=now)
    return True


def add_staff(*, user: User, role: str) -> Staff:
    """Make a person part of the operator's staff, or change the role of one."""
    staff, _ = Staff.objects.update_or_create(user=user, defaults={"role": role})
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    return staff


def create_api_key(*, name: str, role: str, actor: str, now: datetime) -> NewKey:
    """Make a key of 256 random bits for the active merchant; only its HMAC is kept."""
    prefix = secrets.token_hex(4)
    secret = f"{KEY_START}_{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        name=name, prefix=f"{KEY_START}_{prefix}", role=role, created_at=now, created_by=actor
    )
    ApiKeyLookup.objects.create(
        key_hmac=key_hmac(secret), merchant_id=key.merchant_id, api_key_id=key.pk, role=role
    )
    record(
        kind="api_key.created",
        subject_kind="api_key",
        subject_id=key.pk,
        actor=actor,
        now=now,
        data={"name": name, "prefix": key.prefix},
    )
    return NewKey(key, secret)


def revoke_api_key(*, key_id: int, actor: str, now: datetime) -> None:
    """End a key at once. Raises `KeyAlreadyRevoked`, or `ApiKey.DoesNotExist`."""
    key = ApiKey.objects.select_for_update().get(pk=key_id)
    if key.revoked_at is not None:
        raise KeyAlreadyRevoked(f"The key {key.prefix} was revoked before.")
    key.revoked_at = now
    key.save(update_fields=["revoked_at"])
    ApiKeyLookup.objects.filter(api_key_id=key.pk).delete()
    record(kind="api_key.revoked", subject_kind="api_key", subject_id=key.pk, actor=actor, now=now)


def note_key_use(*, key_id: int, now: datetime) -> None:
    """Remember that a key was used."""
    ApiKey.objects.filter(pk=key_id).update(last_used_at=now)
