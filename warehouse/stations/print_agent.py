"""What a print agent asks of us: jobs for its printers, their bytes, and an ear for how they ended.

An agent proves itself by `Authorization: Bearer wbp_…`, a key of its own. It sees the labels it was
given and nothing else. Every call may be repeated.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from core.bodies import BadBody, fault_answer, read_body
from core.documents import DocumentDamaged
from core.routes import SIGNED, permission
from flows import printing
from flows.printing import ToPrint
from warehouse.models import PrintAgent
from warehouse.services.print_agents import find_agent

LARGEST = 2**31 - 1
OUTCOMES = ("confirmed", "delivered", "not_sent", "refused", "unclear")
View = Callable[..., HttpResponseBase]


def agent_view(method: str) -> Callable[[Callable[..., HttpResponseBase]], View]:
    """Let a view in for a live agent's key, by one method."""

    def wrap(view: Callable[..., HttpResponseBase]) -> View:
        @permission(SIGNED)
        @csrf_exempt
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method != method:
                return JsonResponse({"code": "method_not_allowed"}, status=405)
            scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
            now = timezone.now()
            agent = find_agent(secret=secret, now=now) if scheme.lower() == "bearer" else None
            if agent is None:
                answer = JsonResponse({"code": "unknown_key"}, status=401)
                answer["WWW-Authenticate"] = 'Bearer realm="print-agent"'
                return answer
            try:
                return view(request, agent, *args, **kwargs)
            except BadBody as fault:
                return fault_answer(fault)

        return answered

    return wrap


@agent_view("POST")
def jobs(request: HttpRequest, agent: PrintAgent) -> HttpResponseBase:  # noqa: ARG001
    """Give the oldest job of each idle printer, for half a minute. Nothing is sent by that yet."""
    given = printing.jobs_for(agent=agent, now=timezone.now())
    return JsonResponse({"jobs": [_job_json(each) for each in given]})


@agent_view("GET")
def document(request: HttpRequest, agent: PrintAgent, job_id: int) -> HttpResponseBase:  # noqa: ARG001
    """Answer the stored bytes of a job the agent holds."""
    try:
        found = printing.bytes_for(agent=agent, job_id=job_id)
    except DocumentDamaged:
        return JsonResponse({"code": "damaged"}, status=410)
    if found is None:
        return JsonResponse({"code": "not_found"}, status=404)
    paper, content = found
    return HttpResponse(content, content_type=paper.content_type)


@agent_view("POST")
def begin(request: HttpRequest, agent: PrintAgent, job_id: int) -> HttpResponseBase:
    """Note that sending begins: {attempt}. 409: it must not, somebody else has the job."""
    attempt = read_body(request).whole("attempt", least=1, most=LARGEST)
    if not printing.begin(agent=agent, job_id=job_id, attempt=attempt, now=timezone.now()):
        return JsonResponse({"code": "not_yours"}, status=409)
    return JsonResponse({"status": "sent"})


@agent_view("POST")
def report(request: HttpRequest, agent: PrintAgent, job_id: int) -> HttpResponseBase:
    """Note how an attempt ended: {attempt, outcome, code?, detail?}. Again changes nothing."""
    body = read_body(request)
    outcome = body.text("outcome", most=20)
    if outcome not in OUTCOMES:
        raise BadBody(
            field="outcome", fault=_("It is none of the outcomes."),
            remedy=", ".join(OUTCOMES),
        )  # fmt: skip
    noted = printing.report(
        agent=agent,
        job_id=job_id,
        attempt=body.whole("attempt", least=1, most=LARGEST),
        outcome=outcome,
        code=body.text("code", most=20, required=False),
        detail=body.text("detail", most=500, required=False),
        now=timezone.now(),
    )
    return JsonResponse({"noted": noted})


def _job_json(given: ToPrint) -> dict[str, Any]:
    job, printer = given.job, given.printer
    return {
        "id": job.pk,
        "attempt": job.tries,
        "sha256": job.sha256,
        "content_type": given.content_type,
        "printer": {
            "id": printer.pk,
            "name": printer.name,
            "kind": printer.kind,
            "accepts": printer.accepts,
            "address": printer.address,
            "port": printer.port,
            "path": printer.path,
        },
    }
