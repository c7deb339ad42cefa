"""Dry runs of rules: the list, and what one found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authentication import Caller
from dashboard.readings.rule_words import ruled_words
from dashboard.readings.team import settings_tabs
from dashboard.readings.words import actor_words
from dashboard.screens.common import Badge, Option, Tone
from dashboard.screens.rules import TrialOrder, TrialPage, TrialRow, TrialRule, TrialsPage
from orders.models import AutomationRule, RuleTrial, RuleTrialOrder
from shipping.words import service_words

SHOWN = 200
NEWEST = 20
TONES: Mapping[str, Tone] = {RuleTrial.Status.DONE: "good"}
DAYS_BACK = 30


def read_trials(
    *,
    caller: Caller,
    chosen: Iterable[int] | None = None,
    since: str = "",
    until: str = "",
    error: str = "",
) -> TrialsPage:
    """What may be tried, and the newest dry runs. Rules that are on are chosen at first."""
    wanted = None if chosen is None else set(chosen)
    today = timezone.now().date()
    rules = AutomationRule.objects.order_by("position", "id")
    return TrialsPage(
        tabs=settings_tabs("rules"),
        rules=tuple(
            Option(
                value=str(rule.pk),
                label=rule.name if rule.is_active else _("%(name)s (off)") % {"name": rule.name},
                selected=rule.is_active if wanted is None else rule.pk in wanted,
            )
            for rule in rules
        ),
        since=since or (today - timedelta(days=DAYS_BACK)).isoformat(),
        until=until or today.isoformat(),
        post_url=reverse("dashboard:rule_trials"),
        rules_url=reverse("dashboard:rules"),
        trials=tuple(_row(trial) for trial in RuleTrial.objects.order_by("-id")[:NEWEST]),
        may_edit=caller.may("rules.edit"),
        error=error,
    )


def _row(trial: RuleTrial) -> TrialRow:
    return TrialRow(
        url=reverse("dashboard:rule_trial", args=[trial.pk]),
        rules=", ".join(str(told["name"]) for told in trial.rules),
        since=trial.since,
        until=trial.until,
        badge=Badge(
            label=str(trial.get_status_display()), tone=TONES.get(trial.status, "progress")
        ),
        seen=trial.orders_seen,
        total=trial.orders_total,
        made_at=trial.created_at,
        made_by=actor_words(trial.created_by),
    )


def read_trial(trial: RuleTrial) -> TrialPage:
    """How far a dry run is, and the first of the orders it found."""
    rows = list(
        RuleTrialOrder.objects.filter(trial=trial)
        .select_related("order")
        .order_by("id")[: SHOWN + 1]
    )
    return TrialPage(
        tabs=settings_tabs("rules"),
        is_running=trial.status != RuleTrial.Status.DONE,
        is_waiting=trial.status == RuleTrial.Status.WAITING,
        is_cut=trial.is_cut,
        first_day=trial.since.astimezone(UTC).date(),
        # It ends at the midnight after its last day.
        last_day=trial.until.astimezone(UTC).date() - timedelta(days=1),
        seen=trial.orders_seen,
        total=trial.orders_total,
        changed=trial.orders_changed,
        rules=tuple(
            TrialRule(name=told["name"], version=told["version"], orders=told["orders"])
            for told in trial.counted
        ),
        orders=tuple(trial_order(row, trial) for row in rows[:SHOWN]),
        is_more=len(rows) > SHOWN,
        progress_url=reverse("dashboard:rule_trial_progress", args=[trial.pk]),
        export_url=reverse("dashboard:rule_trial_export", args=[trial.pk]),
        trials_url=reverse("dashboard:rule_trials"),
    )


def trial_order(row: RuleTrialOrder, trial: RuleTrial) -> TrialOrder:
    """What the rules would do to one order, in words."""
    on = row.order.created_at.date()
    names = {f"rule:{told['rule']}": str(told["name"]) for told in trial.rules}
    return TrialOrder(
        reference=row.order.reference,
        url=reverse("dashboard:order", args=[row.order.reference]),
        ruled=tuple(ruled_words(told, on) for told in row.ruled),
        changes=tuple(_change(change, names, on) for change in row.changes),
    )


def _change(change: Mapping[str, Any], names: Mapping[str, str], on: Any) -> str:
    """ "Service: – → EastLine Standard"."""
    words = {
        "tags": _("Tags"),
        "wanted_service": _("Service"),
        "wanted_warehouse": _("Warehouse"),
        "priority": _("Priority"),
        "holds": _("Holds"),
    }

    def shown(value: Any) -> str:
        if change["field"] == "wanted_service":
            return service_words(value, on) if value else "–"
        if isinstance(value, list):
            return ", ".join(names.get(each, each) for each in value) or "–"
        return "–" if value == "" else str(value)

    label = words.get(change["field"], change["field"])
    return f"{label}: {shown(change['now'])} → {shown(change['then'])}"
