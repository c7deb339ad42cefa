"""The choice of language, at every door and before anybody has signed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from core.routes import PUBLIC, permission


@permission(PUBLIC)
@require_POST
def language(request: HttpRequest) -> HttpResponseBase:
    """Keep the chosen language in a cookie and go back to the page."""
    return set_language(request)
