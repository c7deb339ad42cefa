"""The staff's problems: partners that refuse our credentials, and work that stopped."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import not_found, page_below, staff_page
from core.bodies import BadBody, read_body, wants_json
from core.models import Job, PartnerStop
from core.spoken import say_all
from flows.problems import (
    NotFailed,
    StopOver,
    Stopped,
    credential_names,
    failed_jobs,
    find_job,
    give_job_up,
    kinds_of,
    partner_problems,
    partner_words,
    try_job_again,
    try_partner_again,
)
from flows.words import work_words

LONGEST_REASON = 300


@staff_page("staff.problems", "GET")
def problems(request: StaffRequest) -> HttpResponse:
    """List what stands still, newest first: partners, then jobs; ?below=ID goes on."""
    below = page_below(request)
    stops = [stop_row(stop) for stop in partner_problems()] if below is None else []
    found, next_below = failed_jobs(below=below, kinds=kinds_of(request.staff.role))
    rows = [_row(each) for each in found]
    if wants_json(request):
        return JsonResponse({"partners": stops, "jobs": rows, "next_below": next_below})
    context = {"stops": stops, "jobs": rows, "next_below": next_below, "now": timezone.now(),
               "may_mend": True}  # fmt: skip
    return render(request, "staff/problems.html", context)


@staff_page("staff.problems", "POST")
def retry(request: StaffRequest, job_id: int) -> HttpResponseBase:
    """Try failed work once more."""
    job = _job(request, job_id)
    try:
        try_job_again(job=job, actor=request.actor, now=timezone.now())
    except NotFailed as error:
        raise _was_first("job") from error
    if wants_json(request):
        return JsonResponse({"job": job_id, "status": "queued"})
    messages.success(request, _("It is tried again now; look here in a moment."))
    return redirect("staff_problems")


@staff_page("staff.problems", "POST")
def give_up(request: StaffRequest, job_id: int) -> HttpResponseBase:
    """Let failed work rest: {reason}."""
    reason = read_body(request).text("reason", most=LONGEST_REASON)
    job = _job(request, job_id)
    try:
        give_job_up(job=job, reason=reason, actor=request.actor, now=timezone.now())
    except NotFailed as error:
        raise _was_first("job") from error
    if wants_json(request):
        return JsonResponse({"job": job_id, "status": "given_up"})
    messages.success(request, _("Given up. Your reason stands in the order's history."))
    return redirect("staff_problems")


@staff_page("staff.problems", "POST")
def try_partner(request: StaffRequest, stop_id: int) -> HttpResponseBase:
    """Let one call through to a partner that refused our credentials."""
    try:
        try_partner_again(stop_id=stop_id, actor=request.actor, now=timezone.now())
    except StopOver as error:
        raise _was_first("partner") from error
    if wants_json(request):
        return JsonResponse({"stop": stop_id, "status": "trying"})
    words = _(
        "The next call is let through. If it is answered, all waiting work goes on by itself."
    )
    messages.success(request, words)
    return redirect("staff_problems")


def stop_row(stop: PartnerStop) -> dict[str, Any]:
    """Return a partner that refuses us in words: why, since when, and what mends it."""
    name = partner_words(stop.partner)
    if stop.operation:
        reason = _("{partner} does not allow our account the operation “{operation}”.").format(
            partner=name, operation=stop.operation
        )
        remedy = _("Ask {partner} to allow it, or set {settings}, start the workers anew, and press"
                   " “Try again”.")  # fmt: skip
    else:
        reason = _("The credentials of {partner} were refused.").format(partner=name)
        remedy = _("Set {settings}, start the workers anew, and press “Try again”.")
    return {
        "id": stop.pk,
        "partner": stop.partner,
        "name": name,
        "reason": reason,
        "remedy": remedy.format(partner=name, settings=credential_names(stop.partner)),
        "http_status": stop.http_status,
        "since": stop.since,
        "refused_at": stop.refused_at,
        "next_try_at": stop.next_try_at,
        "try_url": reverse("staff_partner_try", args=[stop.pk]),
    }


def _row(found: Stopped) -> dict[str, Any]:
    job, about = found.job, found.about
    order = about.order_id
    return {
        "id": job.pk,
        "kind": job.kind,
        "words": work_words(job.kind),
        "merchant": job.merchant.code,
        "about": about.name,
        "order_url": reverse("admin:orders_order_change", args=[order]) if order else "",
        "reason": say_all(job.said, otherwise=job.last_error)[:500],
        "since": job.created_at,
        "retry_url": reverse("staff_job_retry", args=[job.pk]),
        "give_up_url": reverse("staff_job_give_up", args=[job.pk]),
    }


def _job(request: StaffRequest, job_id: int) -> Job:
    job = find_job(job_id, kinds=kinds_of(request.staff.role))
    if job is None:
        raise not_found("job", _("Problem {number}").format(number=job_id))
    return job


def _was_first(field: str) -> BadBody:
    return BadBody(
        field=field, fault=_("Somebody was first: it does not stand still any more."),
        remedy=_("Go on to the next one."), status=409,
    )  # fmt: skip
