"""The buyer's page: found by an unguessable link, open to nobody else, never indexed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.services import key_hmac
from core.routes import PUBLIC, permission
from core.tenancy import merchant
from tracking.models import TrackingLink
from tracking.reading import PageLinks, read_page, read_parcel
from tracking.views.guard import Guess, is_let_in, judge, let_in

LONGEST_TOKEN = 100
PageView = Callable[[HttpRequest, str], HttpResponse]


def _public(view: PageView) -> PageView:
    """In the asked language, kept by no cache and listed by no search engine."""

    @wraps(view)
    def answered(request: HttpRequest, token: str) -> HttpResponse:
        asked = request.GET.get("lang", "")
        language = asked if asked in dict(settings.LANGUAGES) else translation.get_language()
        with translation.override(language or settings.LANGUAGE_CODE):
            response = view(request, token)
            response["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Cache-Control"] = "private, no-store"
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    return permission(PUBLIC)(answered)


@_public
@require_safe
def parcel(request: HttpRequest, token: str) -> HttpResponse:
    """Where one parcel is."""
    link = _link(token)
    if link is None:
        return _not_found(request)
    return _show(request, token, link)


@_public
@require_POST
def reveal(request: HttpRequest, token: str) -> HttpResponse:
    """Open name, address and contents to whoever knows the postcode."""
    link = _link(token)
    if link is None:
        return _not_found(request)
    with merchant(link.merchant_id):
        right = read_parcel(link.tracked_parcel_id).booking.parcel.order.postal_code
    if not right:
        error = _("This address has no postcode. Ask the seller about the address.")
        return _show(request, token, link, error=error, status=400)
    verdict, left = judge(link, said=request.POST.get("postcode", "")[:40], right=right)
    if verdict is Guess.RIGHT:
        here = reverse("tracking:parcel", args=[token])
        asked = request.GET.get("lang", "")
        query = f"?{urlencode({'lang': asked})}" if asked in dict(settings.LANGUAGES) else ""
        response = HttpResponseRedirect(f"{here}{query}")
        let_in(response, link, path=here, is_secure=settings.HTTPS)
        return response
    return _show(
        request,
        token,
        link,
        error=_error(verdict, left),
        status={Guess.TOO_MANY: 429, Guess.NOT_NOW: 503}.get(verdict, 400),
    )


def _error(verdict: Guess, left: int) -> str:
    if verdict is Guess.TOO_MANY:
        return _("Too many tries. Wait ten minutes, then try again.")
    if verdict is Guess.NOT_NOW:
        return _("The postcode cannot be checked just now. Try again in a minute.")
    return ngettext(
        "This is not the postcode of this parcel. %(left)s try left.",
        "This is not the postcode of this parcel. %(left)s tries left.",
        left,
    ) % {"left": left}


def _link(token: str) -> TrackingLink | None:
    """The link of a token. Found by its HMAC, so how long it takes says nothing of the token."""
    found = TrackingLink.objects.filter(token_hmac=key_hmac(token[:LONGEST_TOKEN])).first()
    return found if len(token) <= LONGEST_TOKEN else None


def _not_found(request: HttpRequest) -> HttpResponse:
    return render(request, "tracking/not_found.html", status=404)


def _show(
    request: HttpRequest, token: str, link: TrackingLink, *, error: str = "", status: int = 200
) -> HttpResponse:
    language = translation.get_language()
    asked = request.GET.get("lang", "")
    query = f"?{urlencode({'lang': asked})}" if asked in dict(settings.LANGUAGES) else ""
    links = PageLinks(
        reveal_url=reverse("tracking:reveal", args=[token]) + query,
        languages=tuple((code, str(label), code == language) for code, label in settings.LANGUAGES),
    )
    with merchant(link.merchant_id):
        page = read_page(
            read_parcel(link.tracked_parcel_id),
            links=links,
            is_revealed=is_let_in(request, link),
            postcode_error=error,
        )
    context = {"page": page, "now": timezone.now()}
    return render(request, "tracking/parcel.html", context, status=status)
