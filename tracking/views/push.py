"""Events pushed by carriers: proved by their signature, answered so that retries end."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.routes import SIGNED, permission
from flows.transit import UnknownParcel, receive_push
from integrations.carriers.line import LARGEST_PUSH_BYTES, PushRefused, parse_push

log = logging.getLogger("waybridge.push")

STATUS_OF_REFUSAL = {"signature": 401, "timestamp": 401, "too_large": 413, "unreadable": 400}
RETRY_AFTER_S = 30


@permission(SIGNED)
@csrf_exempt
@require_POST
def line(request: HttpRequest) -> HttpResponse:
    """One event of the dedicated line.

    202 a new event, 200 one we had. A number that is not ours is 202, too: the line would repeat
    it for ever, and nothing would change. 401 for a bad signature or an old one, 400 or 413 for
    what cannot be an event, 503 while our database is away: only that is worth repeating.
    """
    body = request.read(LARGEST_PUSH_BYTES + 1)
    secret = settings.PARTNERS["line"]["push_secret"]
    try:
        event = parse_push(request.headers, body, secret, timezone.now())
        new = receive_push(carrier_code="line", event=event)
    except PushRefused as refused:
        log.warning("A push of the line was refused (%s): %s", refused.code, refused)
        return _answer(STATUS_OF_REFUSAL[refused.code], refused.code)
    except UnknownParcel as unknown:
        log.warning("A push of the line was left alone: %s", unknown)
        return _answer(202, "not_ours")
    except (ValueError, OverflowError) as unusable:
        # Signed, yet it holds what no column takes: a NUL, a year beyond the calendar.
        log.warning("A push of the line cannot be kept: %s", unusable)
        return _answer(400, "unreadable")
    except OperationalError:
        log.exception("A push of the line could not be kept")
        answer = _answer(503, "try_again")
        answer["Retry-After"] = str(RETRY_AFTER_S)
        return answer
    return _answer(202, "accepted") if new else _answer(200, "known")


def _answer(status: int, code: str) -> HttpResponse:
    return JsonResponse({"code": code}, status=status)
