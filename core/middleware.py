"""Middleware of every door: the largest body, Redis away, the content policy, the language."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from redis.exceptions import RedisError

log = logging.getLogger("waybridge.redis")

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)
STOCK_ADMIN = STRICT.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'").replace(
    "style-src 'self'", "style-src 'self' 'unsafe-inline'"
)
STOCK_ADMIN_PREFIX = "/records/"
"""Where the stock admin lives. Its theme evaluates expressions; the stations do not."""

ROOM_BYTES = 1024 * 1024
"""Room for the other fields of a form beside its file."""

GetResponse = Callable[[HttpRequest], HttpResponse]


class LargestBody:
    """Refuses a body that no page takes before anything reads it, from whomever it comes.

    The check against forged forms reads a form whole, files included, before any view asks who
    sent it: without a limit here anybody could fill the disk. Up to twice the largest upload a
    page still says in words what is too large. The API has its own answer, and reads nothing
    before it knows the key.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 413, or go on."""
        announced = request.META.get("CONTENT_LENGTH") or "0"
        most = 2 * settings.UPLOAD_MAX_BYTES + ROOM_BYTES
        is_api = request.path.startswith("/api/v1/")
        if not is_api and announced.isascii() and announced.isdigit() and int(announced) > most:
            return HttpResponse("The body is too large.", status=413, content_type="text/plain")
        return self.get_response(request)


class RedisAway:
    """Answers 503 in words where a page cannot do without Redis: a sign-in counts its failures.

    Redis holds nothing that is lost, but guesses that are not counted are not taken.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for Redis alone; every other fault is somebody else's."""
        if not isinstance(error, RedisError):
            return None
        log.warning("%s is refused while Redis is away: %s", request.path, error)
        response = render(request, "errors/503.html", status=503)
        response["Retry-After"] = "30"
        return response


class ContentSecurityPolicy:
    """Sends the strict policy, and the looser one only with the stock admin's pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the policy set."""
        response = self.get_response(request)
        stock = request.path.startswith(STOCK_ADMIN_PREFIX)
        response.headers.setdefault("Content-Security-Policy", STOCK_ADMIN if stock else STRICT)
        return response


class ChosenLanguage:
    """Speaks the language chosen on the site (cookie), else the browser's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the reader's language, and say which it is."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        supported = dict(settings.LANGUAGES)
        language = chosen if chosen in supported else translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
