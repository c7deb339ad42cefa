"""The merchant's rules: made, ordered, changed; and what they did, written down with the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from core.events import Change, record, record_many
from core.tenancy import active_merchant_id
from orders.models import AutomationRule, Order, OrderTag, RuleNotice
from orders.rules.automation.definition import MOST_RULES, TODAY, Definition


class TooManyRules(Exception):
    """The merchant has as many rules as one may have. Permanent: one must go first."""


class RuleChanged(Exception):
    """Somebody else changed the rule meanwhile; nothing was written."""


@dataclass(frozen=True, slots=True)
class RuleSaid:
    """What a person says of a rule."""

    name: str
    is_active: bool
    stops: bool
    definition: Definition


@dataclass(frozen=True, slots=True)
class Ruled:
    """An order that rules were asked of, as it is now, and what they had done to it before."""

    order: Order
    before: Sequence[Mapping[str, Any]] = ()
    tags_before: Sequence[str] = ()


def create_rule(*, said: RuleSaid, actor: str, now: datetime) -> AutomationRule:
    """Add a rule behind all others. Raises `TooManyRules`."""
    rules = _locked()
    if len(rules) >= MOST_RULES:
        raise TooManyRules(f"There are {MOST_RULES} rules, and more may not be.")
    rule = AutomationRule.objects.create(
        name=said.name,
        position=max((each.position for each in rules), default=0) + 1,
        is_active=said.is_active,
        stops=said.stops,
        definition=said.definition.as_dict(),
        created_at=now,
        created_by=actor,
        updated_at=now,
        updated_by=actor,
    )
    _record(rule, "created", actor, now)
    return rule


def change_rule(
    *, rule_id: int, said: RuleSaid, version: int | None, actor: str, now: datetime
) -> AutomationRule:
    """Write a rule anew; what changes nothing makes no new version.

    `version` is the one that was read, None to write whatever it is now. Raises `RuleChanged`,
    `AutomationRule.DoesNotExist`.
    """
    rule = AutomationRule.objects.select_for_update().get(pk=rule_id)
    if version is not None and version != rule.version:
        raise RuleChanged("Somebody changed this rule meanwhile.")
    wanted = {
        "name": said.name,
        "is_active": said.is_active,
        "stops": said.stops,
        "definition": said.definition.as_dict(),
    }
    if all(getattr(rule, name) == value for name, value in wanted.items()):
        return rule
    for name, value in wanted.items():
        setattr(rule, name, value)
    rule.version += 1
    rule.updated_at, rule.updated_by = now, actor
    rule.save(update_fields=[*wanted, "version", "updated_at", "updated_by"])
    _record(rule, "changed", actor, now)
    return rule


def switch_rule(*, rule_id: int, is_active: bool, actor: str, now: datetime) -> AutomationRule:
    """Switch a rule on or off. What it does stays the same, and so does its version.

    Raises `AutomationRule.DoesNotExist`.
    """
    rule = AutomationRule.objects.select_for_update().get(pk=rule_id)
    if rule.is_active != is_active:
        rule.is_active, rule.updated_at, rule.updated_by = is_active, now, actor
        rule.save(update_fields=["is_active", "updated_at", "updated_by"])
        _record(rule, "switched_on" if is_active else "switched_off", actor, now)
    return rule


def move_rule(*, rule_id: int, to: int, actor: str, now: datetime) -> AutomationRule:
    """Put a rule at a place, 1 being asked first; beyond the last is last.

    Raises `AutomationRule.DoesNotExist`.
    """
    rules = _locked()
    rule = next((each for each in rules if each.pk == rule_id), None)
    if rule is None:
        raise AutomationRule.DoesNotExist
    was = [each.pk for each in rules]
    rules.remove(rule)
    rules.insert(min(max(to, 1), len(rules) + 1) - 1, rule)
    for position, each in enumerate(rules, start=1):
        each.position = position
    AutomationRule.objects.bulk_update(rules, ["position"])
    if was != [each.pk for each in rules]:
        _record(rule, "moved", actor, now)
    return rule


def remove_rule(*, rule_id: int, actor: str, now: datetime) -> None:
    """Remove a rule and what it has on Today; what it did stays with the orders.

    Raises `AutomationRule.DoesNotExist`.
    """
    rule = AutomationRule.objects.select_for_update().get(pk=rule_id)
    _record(rule, "removed", actor, now)
    waiting = RuleNotice.objects.filter(rule_id=rule_id, member_id=None, settled_at__isnull=True)
    waiting.update(settled_at=now)
    rule.delete()


def _locked() -> list[AutomationRule]:
    """All rules in their order, none of which moves meanwhile.

    Rows alone would not keep two first rules from being made at once, hence the advisory lock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('automation_rules'), %s)",
            [active_merchant_id() % 2**31],
        )
    rows = AutomationRule.objects.select_for_update().order_by("id")
    return sorted(rows, key=lambda each: (each.position, each.pk))


def _record(rule: AutomationRule, what: str, actor: str, now: datetime) -> None:
    record(
        kind=f"automation_rule.{what}",
        subject_kind="automation_rule",
        subject_id=rule.pk,
        actor=actor,
        now=now,
        data={
            "name": rule.name,
            "version": rule.version,
            "position": rule.position,
            "is_active": rule.is_active,
            "stops": rule.stops,
            "definition": rule.definition,
        },
    )


def record_ruled(*, orders: Sequence[Ruled], actor: str, now: datetime) -> list[RuleNotice]:
    """Write down what rules did to stored orders: history, tags, notices.

    Only what is new since `before` is told again. Returns the new notices.
    """
    changes, notices = [], []
    for each in orders:
        order = each.order
        fresh = [told for told in order.ruled if told not in each.before]
        still = {told["rule"] for told in order.ruled}
        for told in fresh:
            what = "rule.skipped" if "skipped" in told else "rule.applied"
            changes.append(Change(what, "order", order.pk, told))
            notices += _notices(order, told, now)
        for told in each.before:
            if told["rule"] not in still:
                about = {name: told[name] for name in ("rule", "name", "version")}
                changes.append(Change("rule.no_longer", "order", order.pk, about))
    record_many(changes, actor=actor, now=now)
    _write_tags(orders)
    if not notices:
        return []
    made = RuleNotice.objects.bulk_create(notices, ignore_conflicts=True)
    return list(made)


def _notices(order: Order, told: Mapping[str, Any], now: datetime) -> list[RuleNotice]:
    return [
        RuleNotice(
            merchant_id=active_merchant_id(),
            rule_id=told["rule"],
            rule_name=told["name"],
            order=order,
            member_id=None if to == TODAY else int(to.partition(":")[2]),
            raised_at=now,
        )
        for did in told.get("did", ())
        if did["kind"] == "notify"
        for to in did["values"]
    ]


def _write_tags(orders: Sequence[Ruled]) -> None:
    gone = [each.order.pk for each in orders if set(each.tags_before) - set(each.order.tags)]
    if gone:
        OrderTag.objects.filter(order_id__in=gone).delete()
    rows = [
        OrderTag(merchant_id=active_merchant_id(), order=each.order, tag=tag)
        for each in orders
        if set(each.tags_before) != set(each.order.tags)
        for tag in each.order.tags
    ]
    if rows:
        OrderTag.objects.bulk_create(rows, ignore_conflicts=True)


def settle_notices(*, rule_id: int, member_id: int | None, up_to: int, now: datetime) -> int:
    """Count notices of a rule to somebody as told, up to an id; return how many were open."""
    rows = RuleNotice.objects.filter(
        rule_id=rule_id, member_id=member_id, pk__lte=up_to, settled_at__isnull=True
    )
    return rows.update(settled_at=now)
