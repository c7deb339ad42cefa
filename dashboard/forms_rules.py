"""The form of a rule: read from a POST without JavaScript, and shown again as it was said."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from core.sentences import stored
from core.spoken import say
from orders.rules.automation.definition import (
    MOST_CONDITIONS,
    MOST_GROUPS,
    TODAY,
    BadDefinition,
    Definition,
    Fault,
    read_definition,
)
from orders.rules.automation.evaluation import Standing, faults_of
from orders.rules.automation.fields import FIELDS, Kind

COMMA = re.compile(r"[,，、;；\n]+")
ONE_TEXT = frozenset({"is"})
LONGEST_NAME = 80


@dataclass(slots=True)
class SaidCondition:
    """One row as it was entered."""

    field: str = ""
    operator: str = ""
    values: str = ""
    currency: str = ""
    faults: list[str] = dataclasses.field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        return not (self.field or self.values.strip())


@dataclass(slots=True)
class SaidGroup:
    match: str = "all"
    rows: list[SaidCondition] = dataclasses.field(default_factory=list)
    faults: list[str] = dataclasses.field(default_factory=list)


@dataclass(slots=True)
class SaidForm:
    """A rule as it stands in the form, with the faults found in it."""

    name: str = ""
    version: int = 0
    is_active: bool = False
    stops: bool = False
    match: str = "all"
    groups: list[SaidGroup] = dataclasses.field(
        default_factory=lambda: [SaidGroup(rows=[SaidCondition()])]
    )
    actions: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    faults: list[str] = dataclasses.field(default_factory=list)
    action_faults: list[str] = dataclasses.field(default_factory=list)

    def read(self, standing: Standing) -> Definition | None:
        """The definition that was entered; None where anything is wrong, which is then said."""
        if not self.name:
            self.faults.append(_("Name: enter what you call the rule."))
        kept = [(group, [row for row in group.rows if not row.is_blank]) for group in self.groups]
        kept = [(group, rows) for group, rows in kept if rows]
        data = {
            "match": self.match,
            "groups": [
                {"match": group.match, "conditions": [_condition(row) for row in rows]}
                for group, rows in kept
            ],
            "actions": [{"kind": kind, "values": values} for kind, values in self.actions.items()],
        }
        try:
            definition = read_definition(data)
        except BadDefinition as bad:
            for fault in bad.faults:
                self._place(fault, kept)
            return None
        self.action_faults += [say(each) for each in stored(faults_of(definition, standing))]
        return None if self.faults or self.action_faults else definition

    def _place(self, fault: Fault, kept: list[tuple[SaidGroup, list[SaidCondition]]]) -> None:
        """Put a fault beside what it is about."""
        words = say(fault.said.as_dict())
        match fault.place.split("."):
            case ["groups", group, "conditions", row, *_rest]:
                kept[int(group)][1][int(row)].faults.append(words)
            case ["groups", group, *_rest]:
                kept[int(group)][0].faults.append(words)
            case ["actions", *_rest]:
                self.action_faults.append(words)
            case _rest:
                self.faults.append(words)


def _condition(row: SaidCondition) -> dict[str, Any]:
    text = row.values.strip()
    values = [text] if row.operator in ONE_TEXT else COMMA.split(text)
    known = FIELDS.get(row.field)
    if known and known.kind is Kind.CHOICE:
        codes = {_(words).casefold(): code for code, words in known.choices}
        values = [codes.get(value.strip().casefold(), value) for value in values]
    is_money = known is not None and known.kind is Kind.MONEY
    return {
        "field": row.field,
        "operator": row.operator,
        "values": [value.strip() for value in values if value.strip()],
        "currency": row.currency.strip().upper() if is_money else "",
    }


def form_of(rule: Mapping[str, Any]) -> SaidForm:
    """A stored rule as the form shows it: `name`, `version`, `is_active`, `stops`, `definition`."""
    definition = rule["definition"] if isinstance(rule["definition"], dict) else {}
    groups = [
        SaidGroup(
            match=str(group.get("match", "all")),
            rows=[
                SaidCondition(
                    field=str(each.get("field", "")),
                    operator=str(each.get("operator", "")),
                    values=", ".join(map(str, each.get("values", ()))),
                    currency=str(each.get("currency", "")),
                )
                for each in group.get("conditions", ())
            ],
        )
        for group in definition.get("groups") or ()
    ]
    return SaidForm(
        name=rule["name"],
        version=rule["version"],
        is_active=rule["is_active"],
        stops=rule["stops"],
        match=str(definition.get("match", "all")),
        groups=groups or [SaidGroup(rows=[SaidCondition()])],
        actions={
            str(each.get("kind")): [str(value) for value in each.get("values", ())]
            for each in definition.get("actions") or ()
        },
    )


def _actions(post: QueryDict, text: Callable[..., str]) -> dict[str, list[str]]:
    actions: dict[str, list[str]] = {}
    if "holds" in post:
        actions["hold"] = [note] if (note := text("hold_note")) else []
    if tags := [tag.strip() for tag in COMMA.split(text("tags")) if tag.strip()]:
        actions["tag"] = tags
    for kind in ("service", "warehouse", "priority"):
        if value := text(kind, 60):
            actions[kind] = [value]
    told = [TODAY] if "tells_today" in post else []
    told += [value[:60] for value in post.getlist("members")]
    if told:
        actions["notify"] = told
    return actions


def form_from(post: QueryDict) -> tuple[SaidForm, str]:
    """What was entered, and what a button asked to add: `group`, the id of a group, or nothing."""

    def text(name: str, longest: int = 3000) -> str:
        return post.get(name, "").replace("\x00", "").strip()[:longest]

    groups = []
    for number in range(MOST_GROUPS):
        if f"g{number}-match" not in post:
            break
        rows = []
        for place in range(MOST_CONDITIONS):
            start = f"g{number}-c{place}"
            if f"{start}-field" not in post:
                break
            rows.append(
                SaidCondition(
                    field=text(f"{start}-field", 40),
                    operator=text(f"{start}-operator", 40),
                    values=text(f"{start}-values"),
                    currency=text(f"{start}-currency", 10),
                )
            )
        groups.append(SaidGroup(match=text(f"g{number}-match", 10), rows=rows))
    actions = _actions(post, text)
    version = text("version", 9)
    said = SaidForm(
        name=text("name", LONGEST_NAME),
        version=int(version) if version.isascii() and version.isdigit() else 0,
        is_active="is_active" in post,
        stops="stops" in post,
        match=text("match", 10),
        groups=groups or [SaidGroup(rows=[SaidCondition()])],
        actions=actions,
    )
    return said, text("add", 10)


def add_to(said: SaidForm, what: str) -> None:
    """Add an empty row to a group, or a group."""
    if what == "group" and len(said.groups) < MOST_GROUPS:
        said.groups.append(SaidGroup(rows=[SaidCondition()]))
        return
    number = what.removeprefix("g")
    if number.isascii() and number.isdigit() and int(number) < len(said.groups):
        rows = said.groups[int(number)].rows
        if len(rows) < MOST_CONDITIONS:
            rows.append(SaidCondition())
