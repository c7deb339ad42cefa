"""Dry runs: what rules would have done to past orders. Reads pages by key, changes no order.

Each order is asked as of the instant it came in; its products are those of today.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.jobs import Later, Work, enqueue, handler
from core.models import Job
from core.tenancy import active_merchant_id, merchant
from flows.automation import RuleBook, stored_rules
from orders.models import AutomationRule, Hold, Order, OrderLine, RuleTrial, RuleTrialOrder
from orders.rules.automation.evaluation import Outcome
from orders.services.trials import MOST_ORDERS, finish_trial, save_trial_page, start_trial

PAGE = 200


class NoRules(Exception):
    """A dry run needs at least one rule. Permanent: choose one."""


class NoPeriod(Exception):
    """The period ends before it begins. Permanent: choose another."""


class TrialsWait(Exception):
    """As many dry runs as may be at once are at work. Try again when one is done."""


AT_ONCE = 3


def begin_trial(
    *, rule_ids: Sequence[int], since: datetime, until: datetime, actor: str, now: datetime
) -> RuleTrial:
    """Queue a dry run of these rules, in their order, over the orders of a period.

    Runs in the active block. Raises `NoRules`, `NoPeriod`, `TrialsWait`.
    """
    if until <= since:
        raise NoPeriod("The period ends before it begins.")
    rows = AutomationRule.objects.filter(pk__in=list(rule_ids))
    rules = list(rows.order_by("position", "id"))
    if not rules:
        raise NoRules("Choose at least one rule.")
    # Jobs, not trials: one that failed for good leaves a trial that never ends.
    at_work = Job.objects.filter(kind="rules.try", queue="flow", status=Job.Status.QUEUED)
    if len(at_work.values_list("pk", flat=True)[:AT_ONCE]) >= AT_ONCE:
        raise TrialsWait("Wait until one of your dry runs is done.")
    orders = _orders(since, until).values("pk")[: MOST_ORDERS + 1]
    trial = start_trial(
        rules=rules, since=since, until=until, orders_total=orders.count(), actor=actor, now=now
    )
    enqueue([Work("rules.try", str(trial.pk), {"trial_id": trial.pk})], now=now)
    return trial


def _orders(since: datetime, until: datetime) -> Any:
    """The orders that channels sent: what a split or a merge made would count twice."""
    return Order.objects.filter(created_at__gte=since, created_at__lt=until, made_by="")


@handler("rules.try", queue="flow")
def run_trial(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Go through the period page by page; after a kill, go on behind the last saved page."""
    trial_id = payload["trial_id"]
    while True:
        with merchant(merchant_id):
            trial = RuleTrial.objects.get(pk=trial_id)
            if trial.status == RuleTrial.Status.DONE:
                return
            if not _run_page(trial):
                finish_trial(trial_id=trial_id, now=timezone.now())
                return


def _run_page(trial: RuleTrial) -> bool:
    """Ask the rules of one page of orders; False when there are no more."""
    room = min(PAGE, MOST_ORDERS - trial.orders_seen)
    orders = list(
        _orders(trial.since, trial.until)
        .filter(pk__gt=trial.resume_after_order)
        .select_related("channel")
        .order_by("id")[:room]
    )
    if not orders:
        return False
    ids = [order.pk for order in orders]
    lines: dict[int, list[OrderLine]] = {order_id: [] for order_id in ids}
    for line in OrderLine.objects.filter(order_id__in=ids).select_related("product").order_by("id"):
        lines[line.order_id].append(line)
    held = set(
        Hold.objects.filter(order_id__in=ids, code=Hold.Code.RULE).values_list("order_id", "field")
    )
    touched: Counter[str] = Counter()
    books: dict[date, RuleBook] = {}
    rows = []
    for order in orders:
        on = order.created_at.date()
        book = books.get(on) or books.setdefault(on, _book(trial, on))
        outcome = book.ask(order, lines[order.pk], channel=order.channel, now=order.created_at)
        changes = differences(order, outcome, held)
        touched.update(str(told["rule"]) for told in outcome.ruled if "did" in told)
        if outcome.ruled or changes:
            rows.append(
                RuleTrialOrder(
                    merchant_id=active_merchant_id(),
                    trial=trial,
                    order=order,
                    ruled=outcome.ruled,
                    changes=changes,
                )
            )
    with transaction.atomic():
        saved = save_trial_page(
            trial=trial, rows=rows, touched=touched, seen=len(orders), after_order=ids[-1]
        )
    if not saved:
        raise Later(5, "Another worker is at this dry run.")
    return True


def _book(trial: RuleTrial, on: date) -> RuleBook:
    """The rules of a dry run as they stood on a day."""
    rules = [
        AutomationRule(
            pk=told["rule"],
            name=told["name"],
            position=place,
            version=told["version"],
            stops=told["stops"],
            definition=told["definition"],
        )
        for place, told in enumerate(trial.rules)
    ]
    return RuleBook.of(stored_rules(rules), on=on)


def differences(order: Order, outcome: Outcome, held: set[tuple[int, str]]) -> list[dict[str, Any]]:
    """What of an order would be another: `{"field", "now", "then"}`."""
    pairs: list[tuple[str, Any, Any]] = [
        ("tags", sorted(order.tags), sorted(outcome.tags)),
        ("wanted_service", order.wanted_service, outcome.service),
        ("wanted_warehouse", order.wanted_warehouse, outcome.warehouse),
        ("priority", order.priority, outcome.priority),
        (
            "holds",
            sorted(field for order_id, field in held if order_id == order.pk),
            sorted(f"rule:{each.rule.id}" for each in outcome.holds),
        ),
    ]
    return [{"field": name, "now": now, "then": then} for name, now, then in pairs if now != then]
