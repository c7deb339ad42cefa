"""Dry runs of rules: their progress is saved with the results it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from core.events import record
from core.retention import kept_since
from core.tenancy import across_merchants
from orders.models import AutomationRule, RuleTrial, RuleTrialOrder

MOST_ORDERS = 100_000
"""Orders that one dry run looks at."""
DRY_RUNS = "dry_runs"
PURGED = 1_000
"""Rows of results that go in one transaction."""


def start_trial(
    *,
    rules: Sequence[AutomationRule],
    since: datetime,
    until: datetime,
    orders_total: int,
    actor: str,
    now: datetime,
) -> RuleTrial:
    """Write down a dry run that waits for a worker, with a copy of its rules."""
    trial = RuleTrial.objects.create(
        rules=[
            {
                "rule": rule.pk,
                "name": rule.name,
                "version": rule.version,
                "stops": rule.stops,
                "definition": rule.definition,
            }
            for rule in rules
        ],
        since=since,
        until=until,
        orders_total=min(orders_total, MOST_ORDERS),
        is_cut=orders_total > MOST_ORDERS,
        created_at=now,
        created_by=actor,
    )
    record(
        kind="rule_trial.started",
        subject_kind="rule_trial",
        subject_id=trial.pk,
        actor=actor,
        now=now,
        data={"rules": [rule.pk for rule in rules], "orders": trial.orders_total},
    )
    return trial


def save_trial_page(
    *,
    trial: RuleTrial,
    rows: Sequence[RuleTrialOrder],
    touched: Mapping[str, int],
    seen: int,
    after_order: int,
) -> bool:
    """Keep one page of results and move behind it.

    False when another worker was there first: the caller rolls back.
    """
    here = RuleTrial.objects.filter(pk=trial.pk, resume_after_order=trial.resume_after_order)
    changed = sum(1 for row in rows if row.changes)
    moved = here.update(
        status=RuleTrial.Status.RUNNING,
        orders_seen=F("orders_seen") + seen,
        orders_changed=F("orders_changed") + changed,
        touched=_added(trial.touched, touched),
        resume_after_order=after_order,
    )
    if not moved:
        return False
    RuleTrialOrder.objects.bulk_create(rows)
    return True


def _added(before: Mapping[str, Any], more: Mapping[str, int]) -> dict[str, int]:
    return {key: before.get(key, 0) + more.get(key, 0) for key in {**before, **more}}


def finish_trial(*, trial_id: int, now: datetime) -> None:
    """Close a dry run that has looked at every order of its period."""
    RuleTrial.objects.filter(pk=trial_id).exclude(status=RuleTrial.Status.DONE).update(
        status=RuleTrial.Status.DONE, finished_at=now
    )


def purge_trials(*, now: datetime, batches: int = 100) -> int:
    """Delete dry runs that were begun long ago, with their results; return how many.

    The oldest first, their results in batches: one dry run may have a hundred thousand. Operator
    role.
    """
    before, gone = kept_since(DRY_RUNS, now=now), 0
    for _ in range(batches):
        with across_merchants("The sweep deletes every merchant's old dry runs."):
            # Begun in the order of their ids: behind the first young one there is no old one.
            oldest = RuleTrial.objects.order_by("pk").first()
            if oldest is None or oldest.created_at >= before:
                break
            results = RuleTrialOrder.objects.filter(
                merchant_id=oldest.merchant_id, trial_id=oldest.pk
            )
            ids = list(results.values_list("pk", flat=True)[:PURGED])
            RuleTrialOrder.objects.filter(pk__in=ids).delete()
            if len(ids) < PURGED:
                oldest.delete()
                gone += 1
    return gone
