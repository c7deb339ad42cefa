"""How many calls an API key may make, by the limits in the settings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.models import ApiKeyLookup
from core.rates import take


class KeyRate(BaseThrottle):
    """One bucket per key; whoever calls without a key is no key's business."""

    wait_s = 0.0

    def allow_request(self, request: Request, view: Any) -> bool:  # noqa: ARG002 - DRF's signature
        """Take a token."""
        if isinstance(request.auth, ApiKeyLookup):
            self.wait_s = take(f"key:{request.auth.api_key_id}", **settings.API_RATE)
        return self.wait_s == 0

    def wait(self) -> float:
        """Return in how many seconds there will be a token."""
        return self.wait_s
