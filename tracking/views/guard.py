"""Who may see the personal part of a buyer's page: whoever knows the postcode.

The link finds the parcel; the postcode opens name, address and contents for a while. Guesses are
counted per link in Redis, and without Redis nobody guesses.
"""

from __future__ import annotations

import hmac
import logging
import unicodedata
from enum import Enum

from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from redis.exceptions import RedisError

from tracking.models import TrackingLink

log = logging.getLogger("waybridge.tracking")

TRIES = 5
WINDOW_S = 600
SEEN_S = 1800
COOKIE = "waybridge_parcel"
SALT = "tracking.postcode"


class Guess(Enum):
    """What became of a postcode."""

    RIGHT = "right"
    WRONG = "wrong"
    TOO_MANY = "too_many"
    NOT_NOW = "not_now"


def judge(link: TrackingLink, *, said: str, right: str) -> tuple[Guess, int]:
    """Count and judge one guess; return the verdict and how many guesses are left.

    The guess is counted before it is compared, so that many at once are no more than five.
    """
    key = f"postcode:{link.token_hmac}"
    try:
        cache.add(key, 0, timeout=WINDOW_S)
        used = int(cache.incr(key))
    except RedisError as away:
        log.warning("Postcodes cannot be checked while Redis is away: %s", away)
        return Guess.NOT_NOW, 0
    except ValueError:
        # The window ended between the two calls; the next try opens a new one.
        return Guess.NOT_NOW, TRIES
    if used > TRIES:
        return Guess.TOO_MANY, 0
    wanted = plain(right)
    if wanted and hmac.compare_digest(plain(said).encode(), wanted.encode()):
        return Guess.RIGHT, TRIES - used
    return Guess.WRONG, TRIES - used


def plain(postcode: str) -> str:
    """A postcode as people mean it: letters and digits only, in one case and one width."""
    folded = unicodedata.normalize("NFKC", postcode).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def let_in(response: HttpResponse, link: TrackingLink, *, path: str, is_secure: bool) -> None:
    """Remember in the buyer's browser that the postcode was right, for this link and a while."""
    response.set_cookie(
        COOKIE,
        signing.dumps(link.token_hmac, salt=SALT),
        max_age=SEEN_S,
        path=path,
        secure=is_secure,
        httponly=True,
        samesite="Lax",
    )


def is_let_in(request: HttpRequest, link: TrackingLink) -> bool:
    """Tell whether this browser gave the right postcode for this link lately."""
    try:
        known = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=SEEN_S)
    except signing.BadSignature:
        return False
    return isinstance(known, str) and hmac.compare_digest(known, link.token_hmac)
