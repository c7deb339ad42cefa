"""Where channels push word of changed orders. Nothing is believed here, and nobody waits."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.routes import SIGNED, permission
from flows.channels.pushes import (
    LARGEST_PUSH_BYTES,
    TooManyPushes,
    UnknownAddress,
    answer_challenge,
    keep_push,
)

LONGEST_CHALLENGE = 200
RETRY_AFTER_S = 60


@permission(SIGNED)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def channel_push(request: HttpRequest, token: str) -> HttpResponse:
    """Keep a push (202) for a worker that checks its signature; answer eBay's challenge (200).

    404 for an address that is no live connection's, 413 for more than 256 kB, 429 while too
    many wait.
    """
    try:
        if request.method == "GET":
            code = request.GET.get("challenge_code", "")[:LONGEST_CHALLENGE]
            return JsonResponse(answer_challenge(token=token, code=code))
        body = request.read(LARGEST_PUSH_BYTES + 1)
        if len(body) > LARGEST_PUSH_BYTES:
            return JsonResponse({"code": "too_large"}, status=413)
        keep_push(token=token, headers=request.headers, body=body)
    except UnknownAddress:
        return JsonResponse({"code": "not_found"}, status=404)
    except TooManyPushes:
        answer = JsonResponse({"code": "too_many"}, status=429)
        answer["Retry-After"] = str(RETRY_AFTER_S)
        return answer
    return JsonResponse({"code": "accepted"}, status=202)
