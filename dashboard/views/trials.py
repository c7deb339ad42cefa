"""Dry runs of rules: begun, watched, and downloaded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, member_view
from core.tenancy import merchant
from dashboard.readings.trials import read_trial, read_trials, trial_order
from dashboard.views.screens import csv_export, show
from flows.rule_trials import NoPeriod, NoRules, TrialsWait, begin_trial
from orders.models import RuleTrial, RuleTrialOrder

PAGE = 500


@member_view("rules.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def rule_trials(request: MemberRequest) -> HttpResponse:
    """What may be tried; a POST begins a dry run."""
    caller = request.caller
    if request.method != "POST":
        with merchant(caller.merchant_id):
            page = read_trials(caller=caller)
        return show(request, "dashboard/settings/trials.html", page, current="settings")
    chosen = [int(text) for text in request.POST.getlist("rules") if _is_id(text)]
    since, until = request.POST.get("since", "")[:10], request.POST.get("until", "")[:10]
    with merchant(caller.merchant_id):
        try:
            trial = begin_trial(
                rule_ids=chosen,
                since=_midnight(since),
                until=_midnight(until) + timedelta(days=1),
                actor=caller.actor,
                now=timezone.now(),
            )
        except (NoPeriod, ValueError, OverflowError):
            error = _("Period: choose a first day, and a last one that is not before it.")
        except NoRules:
            error = _("Rules: choose at least one.")
        except TrialsWait:
            error = _("Wait until one of your dry runs is done.")
        else:
            return HttpResponseRedirect(reverse("dashboard:rule_trial", args=[trial.pk]))
        page = read_trials(caller=caller, chosen=chosen, since=since, until=until, error=error)
    return show(request, "dashboard/settings/trials.html", page, current="settings", status=400)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _midnight(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), time(), UTC)


@member_view("orders.view")
@require_safe
def rule_trial(request: MemberRequest, trial_id: int) -> HttpResponse:
    """One dry run: its progress, then what it found."""
    with merchant(request.caller.merchant_id):
        page = read_trial(_find(trial_id))
    return show(request, "dashboard/settings/trial.html", page, current="settings")


@member_view("orders.view")
@require_safe
def rule_trial_progress(request: MemberRequest, trial_id: int) -> HttpResponse:
    """The part of the page that is asked for while the dry run goes on."""
    with merchant(request.caller.merchant_id):
        page = read_trial(_find(trial_id))
    response = render(request, "dashboard/settings/_trial.html", {"page": page})
    response["Cache-Control"] = "no-store"
    return response


@member_view("orders.view")
@require_safe
def rule_trial_export(request: MemberRequest, trial_id: int) -> HttpResponseBase:
    """Every order that the rules fit, as CSV."""
    with merchant(request.caller.merchant_id):
        trial = _find(trial_id)

    def fetch(after: int | None) -> list[RuleTrialOrder]:
        rows = RuleTrialOrder.objects.filter(trial_id=trial_id, pk__gt=after or 0)
        return list(rows.select_related("order").order_by("id")[:PAGE])

    def cells(row: RuleTrialOrder) -> Iterable[object]:
        shown = trial_order(row, trial)
        return (
            shown.reference,
            row.order.external_order,
            row.order.created_at,
            " | ".join(shown.ruled),
            " | ".join(shown.changes),
        )

    return csv_export(
        merchant_id=request.caller.merchant_id,
        name=f"dry-run-{trial_id}",
        header=("reference", "external_order", "created_at", "rules", "changes"),
        fetch=fetch,
        cells=cells,
        key=lambda row: row.pk,
    )


def _find(trial_id: int) -> RuleTrial:
    trial = RuleTrial.objects.filter(pk=trial_id).first()
    if trial is None:
        raise Http404
    return trial
