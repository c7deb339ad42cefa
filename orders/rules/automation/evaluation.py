"""Rules asked of an order, in their order. Pure: no clock, no database, no code of the user's.

A rule that refers to something gone is skipped as a whole and says so. Of two rules that set the
same thing the later one counts, unless the earlier one stops. An amount for which there is no
exchange rate fits no comparison.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.sentences import Sentence, stored
from core.sentences import gettext_noop as _
from orders.rules.automation.definition import (
    TODAY,
    BadDefinition,
    Condition,
    Definition,
    Group,
    read_definition,
)
from orders.rules.automation.fields import TIMED, Kind

MOST_TAGS_OF_ORDER = 20
Facts = Mapping[str, Any]
"""By field name: a text, a number or None; a tuple of them where `Field.is_many`; money is
(amount, currency)."""
Convert = Callable[[Decimal, str, str], Decimal | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is asked. ``definition`` is None where it cannot be read any more; ``faults``
    say why the rule is broken, empty where it is not."""

    id: int
    name: str
    version: int
    stops: bool
    definition: Definition | None
    faults: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What rules may refer to today: codes of services and warehouses, and `member:ID`. None where
    nobody asked."""

    services: frozenset[str] | None = None
    warehouses: frozenset[str] | None = None
    members: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the rules ask of their surroundings: ``convert(amount, from, to)`` and
    ``refusal(service code)``, the sentences why a service does not take the order."""

    convert: Convert
    refusal: Callable[[str], tuple[Sentence, ...]]


@dataclass(frozen=True, slots=True)
class RuleHold:
    """A hold that a rule raises; ``facts_sha256`` is of what its conditions looked at."""

    rule: Rule
    note: str
    facts_sha256: str


@dataclass(slots=True)
class Outcome:
    """What the rules do to one order. ``ruled`` is what is kept and shown: `{"rule", "name",
    "version", "did"}`, or `"skipped"` with why, and `"stopped"`."""

    tags: list[str] = field(default_factory=list)
    service: str = ""
    warehouse: str = ""
    priority: int = 0
    holds: list[RuleHold] = field(default_factory=list)
    notices: list[tuple[Rule, str]] = field(default_factory=list)
    ruled: list[dict[str, Any]] = field(default_factory=list)


def read_rule(
    *, rule_id: int, name: str, version: int, stops: bool, definition: Any, standing: Standing
) -> Rule:
    """A stored rule, with everything that is broken about it."""
    try:
        read = read_definition(definition)
    except BadDefinition as bad:
        said = tuple(fault.said for fault in bad.faults)
        return Rule(rule_id, name, version, stops, None, said)
    return Rule(rule_id, name, version, stops, read, faults_of(read, standing))


def faults_of(definition: Definition, standing: Standing) -> tuple[Sentence, ...]:
    """What a definition refers to that is gone."""
    found = []
    for action in definition.actions:
        for value in action.values:
            if action.kind == "service" and _is_gone(value, standing.services):
                text = _("The service {code} is not offered any more. Choose another in the rule.")
                found.append(Sentence("service_gone", text, {"code": value}))
            elif action.kind == "warehouse" and _is_gone(value, standing.warehouses):
                text = _("The warehouse {code} is not in use any more. Choose another in the rule.")
                found.append(Sentence("warehouse_gone", text, {"code": value}))
            elif action.kind == "notify" and _is_gone(value, standing.members):
                text = _("A person the rule tells has left the team. Choose another in the rule.")
                found.append(Sentence("member_gone", text))
    return tuple(found)


def _is_gone(value: str, standing: frozenset[str] | None) -> bool:
    return standing is not None and value not in standing and value != TODAY


def ask_rules(rules: Sequence[Rule], facts: Facts, asked: Asked) -> Outcome:
    """Ask each rule in its order and gather what they do. A tag of one is seen by the next."""
    outcome = Outcome()
    for rule in rules:
        definition = rule.definition
        told: dict[str, Any] = {"rule": rule.id, "name": rule.name, "version": rule.version}
        if definition is None:
            outcome.ruled.append({**told, "skipped": stored(rule.faults)})
            continue
        known = {**facts, "tag": tuple(outcome.tags)} if outcome.tags else facts
        if not fits(definition, known, asked.convert):
            continue
        if rule.faults:
            outcome.ruled.append({**told, "skipped": stored(rule.faults)})
            continue
        told["did"] = _act(rule, definition, known, asked, outcome)
        if rule.stops:
            told["stopped"] = True
        outcome.ruled.append(told)
        if rule.stops:
            break
    return outcome


def fits(definition: Definition, facts: Facts, convert: Convert) -> bool:
    """Tell whether an order fits; a definition without a group fits every order."""
    if not definition.groups:
        return True
    judge = all if definition.match == "all" else any
    return judge(_group_fits(group, facts, convert) for group in definition.groups)


def _group_fits(group: Group, facts: Facts, convert: Convert) -> bool:
    judge = all if group.match == "all" else any
    return judge(holds(condition, facts, convert) for condition in group.conditions)


def holds(condition: Condition, facts: Facts, convert: Convert) -> bool:
    """Tell whether one condition holds."""
    told = facts.get(condition.field.name)
    values = told if condition.field.is_many else (told,)
    present = [each for each in values or () if each not in (None, "")]
    if condition.operator == "is_empty":
        return not present
    if condition.operator == "is_not_empty":
        return bool(present)
    if condition.operator == "is_not":
        # None of the order's values is one of these; so an empty field is not, either.
        return not any(_is_one_of(condition, each) for each in present)
    if condition.operator in ("is", "in"):
        return any(_is_one_of(condition, each) for each in present)
    if condition.field.kind in (Kind.NUMBER, Kind.MONEY):
        return any(_compares(condition, each, convert) for each in present)
    wanted = [plain(value) for value in condition.values]
    if condition.operator == "contains":
        return any(part in plain(each) for each in present for part in wanted)
    return any(plain(each).startswith(part) for each in present for part in wanted)


def _is_one_of(condition: Condition, told: Any) -> bool:
    if condition.field.kind is Kind.NUMBER:
        return any(Decimal(value) == told for value in condition.values)
    return plain(told) in [plain(value) for value in condition.values]


def _compares(condition: Condition, told: Any, convert: Convert) -> bool:
    if condition.field.kind is Kind.MONEY:
        amount, currency = told
        told = convert(amount, currency, condition.currency)
        if told is None:
            return False
    low = Decimal(condition.values[0])
    if condition.operator == "greater":
        return bool(told > low)
    if condition.operator == "less":
        return bool(told < low)
    return bool(low <= told <= Decimal(condition.values[1]))


def plain(text: str) -> str:
    """A text as it is compared: width, case and blanks make no difference."""
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _act(
    rule: Rule, definition: Definition, facts: Facts, asked: Asked, outcome: Outcome
) -> list[dict[str, Any]]:
    done = []
    for action in definition.actions:
        did: dict[str, Any] = {"kind": action.kind, "values": list(action.values)}
        if action.kind == "hold":
            note = action.values[0] if action.values else ""
            outcome.holds.append(RuleHold(rule, note, _looked_at(rule, definition, facts)))
        elif action.kind == "tag":
            fresh = [tag for tag in action.values if tag not in outcome.tags]
            outcome.tags = (outcome.tags + fresh)[:MOST_TAGS_OF_ORDER]
        elif action.kind == "service":
            refused = asked.refusal(action.values[0])
            if refused:
                did["refused"] = stored(refused)
            else:
                outcome.service = action.values[0]
        elif action.kind == "warehouse":
            outcome.warehouse = action.values[0]
        elif action.kind == "priority":
            outcome.priority = int(action.values[0])
        else:
            outcome.notices += [(rule, to) for to in action.values]
        done.append(did)
    return done


def _looked_at(rule: Rule, definition: Definition, facts: Facts) -> str:
    """A hash of what the rule is and saw, without the hours that pass: a release is to last."""
    names = sorted({each.field.name for each in definition.conditions} - TIMED)
    seen = [rule.id, rule.version, *((name, facts.get(name)) for name in names)]
    return hashlib.sha256(repr(seen).encode()).hexdigest()
