"""API keys: `Authorization: Bearer wb_…`, found by HMAC before a merchant is known."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiKeyLookup
from accounts.rules import member_may
from accounts.services import KEY_START, key_hmac, note_key_use
from core.problems import Problem
from core.tenancy import merchant

NOTE_USE_EVERY_S = 60
FIND = (
    "SELECT key_hmac, merchant_id, api_key_id, role, EXISTS (SELECT FROM core_suspendedmerchant s"
    " WHERE s.merchant_id = k.merchant_id) AS is_suspended"
    " FROM accounts_apikeylookup k WHERE key_hmac = %s"
)
"""Written out: it runs before every call of the API."""
_noted: dict[int, float] = {}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a merchant's key or member, with a role."""

    merchant_id: int
    actor: str
    role: str
    is_authenticated: bool = True

    def may(self, permission: str) -> bool:
        """Tell whether the caller's role has `permission`."""
        return member_may(self.role, permission)


class ApiKeyAuthentication(BaseAuthentication):
    """Turns a key into a `Caller`; one message for every kind of bad key."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return (caller, lookup), None without a key, or raise `AuthenticationFailed`."""
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secret:
            return None
        if not secret.startswith(f"{KEY_START}_") or len(secret) > 200:
            raise AuthenticationFailed("This is not a Waybridge API key.")
        found = next(iter(ApiKeyLookup.objects.raw(FIND, [key_hmac(secret)])), None)
        if found is None:
            raise AuthenticationFailed("This API key is unknown or was revoked.")
        if found.is_suspended:
            raise Problem(
                status=403,
                code="merchant_suspended",
                detail=_("The merchant's account is suspended. Write to {email}.").format(
                    email=settings.OPERATOR["email"]
                ),
            )
        self._note_use(found)
        prefix = "_".join(secret.split("_")[:2])
        return Caller(found.merchant_id, f"key:{prefix}", found.role), found

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        """Name the scheme, so that a missing key answers 401."""
        return 'Bearer realm="waybridge"'

    def _note_use(self, found: ApiKeyLookup) -> None:
        """Write the last use at most once a minute per process and key."""
        now = time.monotonic()
        if now - _noted.get(found.api_key_id, -NOTE_USE_EVERY_S) < NOTE_USE_EVERY_S:
            return
        _noted[found.api_key_id] = now
        with merchant(found.merchant_id):
            note_key_use(key_id=found.api_key_id, now=timezone.now())
