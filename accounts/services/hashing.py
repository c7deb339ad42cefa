"""How secrets are kept that somebody else holds: keys, tracking links, invitations."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings


def key_hmac(secret: str) -> str:
    """Return the HMAC-SHA256 under which a key or a link is kept and found."""
    return hmac.new(settings.KEY_PEPPER.encode(), secret.encode(), hashlib.sha256).hexdigest()
