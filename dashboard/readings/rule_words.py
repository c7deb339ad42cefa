"""Rules in the reader's words: conditions, actions, what was done, what is suggested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.spoken import say, say_all
from flows.automation import modes_to
from orders.models import Order
from orders.rules.automation.definition import ACTIONS, MEMBER, TODAY
from orders.rules.automation.fields import (
    FIELDS,
    KIND_WORDS,
    OPERATORS,
    SIZE_WORDS,
    WEIGHT_WORDS,
    Kind,
)
from orders.rules.modes import suggest_mode
from shipping.words import service_words


def condition_words(said: Mapping[str, Any]) -> str:
    """One stored condition: "Country is one of DE, FR"."""
    field = FIELDS.get(said.get("field", ""))
    if field is None:
        return str(said.get("field", ""))
    values = [choice_words(field.name, value) for value in said.get("values", ())]
    parts = [_(field.label), _(OPERATORS.get(said.get("operator", ""), "")), _listed(values)]
    if field.kind is Kind.MONEY:
        parts.append(str(said.get("currency", "")))
    return " ".join(filter(None, parts))


def choice_words(name: str, value: str) -> str:
    """A value of a field of fixed choices in words; any other as it is."""
    field = FIELDS.get(name)
    words = dict(field.choices).get(value) if field else None
    return _(words) if words else value


def definition_words(definition: Mapping[str, Any]) -> tuple[str, ...]:
    """The conditions of a rule, one text for each group."""
    groups = definition.get("groups") or ()
    if not groups:
        return (_("Every order"),)
    texts = []
    for group in groups:
        joint = _(" or ") if group.get("match") == "any" else _(" and ")
        texts.append(joint.join(map(condition_words, group.get("conditions", ()))))
    return tuple(texts)


def action_words(did: Mapping[str, Any], people: Mapping[str, str], on: date) -> str:
    """One action of a rule, or what it did: "Set the service: EastLine Standard"."""
    kind, values = did.get("kind", ""), [str(value) for value in did.get("values", ())]
    if kind == "service":
        values = [service_words(value, on) for value in values]
    if kind == "notify":
        values = [
            _("Today") if value == TODAY else people.get(value, _("a member")) for value in values
        ]
    words = ": ".join(filter(None, (_(ACTIONS.get(kind, kind)), _listed(values))))
    if did.get("refused"):
        return f"{words} ({_('refused')}: {say_all(did['refused'])})"
    return words


def ruled_words(told: Mapping[str, Any], on: date) -> str:
    """What one rule did to an order: "Germans (version 2): Tag it: german"."""
    name = _("%(rule)s (version %(version)s)") % {
        "rule": told.get("name", ""),
        "version": told.get("version", ""),
    }
    if "skipped" in told:
        return f"{name}: {_('skipped')}. {say_all(told['skipped'])}"
    done = "; ".join(action_words(did, {}, on) for did in told.get("did", ()))
    last = _("No later rule was asked.") if told.get("stopped") else ""
    return " ".join(filter(None, (f"{name}: {done}" if done else name, last)))


def mode_words(order: Order, on: date) -> tuple[str, str]:
    """The mode that the order's sorting suggests, and why; empty where nothing is known."""
    suggested = suggest_mode(
        order.sorting, country=order.country, reached_by=modes_to(order.country, on)
    )
    if suggested is None:
        return "", ""
    told = suggested.reason.as_dict()
    params = told["params"]
    for name, words in (("kind", KIND_WORDS), ("weight", WEIGHT_WORDS), ("size", SIZE_WORDS)):
        params[name] = _(words[params[name]]) if params[name] in words else params[name]
    mode = choice_words("mode", suggested.mode) if suggested.mode else _("none")
    return mode, say(told)


def people_words(members: Sequence[Any]) -> dict[str, str]:
    """Members as rules name them: `member:ID` → their address."""
    return {f"{MEMBER}{member.pk}": member.user.email for member in members}


def _listed(values: Sequence[str]) -> str:
    return ", ".join(values)
