"""API keys: made once, kept as an HMAC, ended at once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from accounts.models import ApiKey, ApiKeyLookup
from accounts.services.hashing import key_hmac
from core.events import record

KEY_START = "wb"


class KeyAlreadyRevoked(Exception):
    """The key was revoked before; nothing changed."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key at the only moment its secret exists outside the caller's hands."""

    key: ApiKey
    secret: str


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
