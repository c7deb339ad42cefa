"""What a browser at a station has in hand, in a signed cookie of its own.

The session would be written anew with every scan, in a transaction of its own that waits for the
disk. What is kept here only helps the person: after an answer that was lost, the stored scans say
what it was. Nobody else's cookie is believed.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpResponse

from accounts.access import StaffRequest

PATH = "/stations/"
MOST_BYTES = 3800
"""Of one cookie; browsers take four thousand with its name."""


def in_hand(request: StaffRequest, name: str) -> Any:
    """Return what this person's browser had in hand; None when nothing, or nothing of ours."""
    kept = request.COOKIES.get(_cookie(name), "")
    if not kept:
        return None
    try:
        return signing.loads(kept, salt=_salt(request, name), max_age=settings.SESSION_COOKIE_AGE)
    except signing.BadSignature:
        return None


def keep_in_hand(request: StaffRequest, response: HttpResponse, name: str, kept: Any) -> None:
    """Let the browser keep plain data; what is too much for a cookie is forgotten."""
    said = signing.dumps(kept, salt=_salt(request, name))
    if len(said) > MOST_BYTES:
        response.delete_cookie(_cookie(name), path=PATH)
        return
    response.set_cookie(
        _cookie(name), said, max_age=settings.SESSION_COOKIE_AGE, path=PATH, httponly=True,
        samesite="Lax", secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def _cookie(name: str) -> str:
    return f"waybridge_{name}"


def _salt(request: StaffRequest, name: str) -> str:
    return f"waybridge.{name}.{request.staff.pk}"
