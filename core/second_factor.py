"""The second factor that the staff's door demands."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

ENROL = "mfa_activate_totp"
PROVE = "mfa_reauthenticate"


def missing_step(request: HttpRequest) -> str:
    """Return the address where a signed-in person does what is still missing, "" when nothing is.

    Somebody without a second factor sets one up; a session that began without it, such as one from
    before the enrolment, proves it now.
    """
    if not settings.STAFF_SECOND_FACTOR:
        return ""
    is_enrolled = Authenticator.objects.filter(
        user_id=request.user.pk, type=Authenticator.Type.TOTP
    ).exists()
    if not is_enrolled:
        return reverse(ENROL)
    said = get_authentication_records(request, request.user)
    if any(record.get("method") == "mfa" for record in said):
        return ""
    here = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    return f"{reverse(PROVE)}?{urlencode({'next': here})}"
