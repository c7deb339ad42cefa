"""A rule's definition: read strictly, every fault named with its place and its remedy.

The same reader stands behind the API, the form, and what is stored: what it takes can be evaluated.
There are no expressions and no patterns of the user's own to compile, so none to run away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from core.money import UnknownCurrency, check_currency
from core.sentences import Sentence
from core.sentences import gettext_noop as _
from orders.rules.automation.fields import (
    FIELDS,
    OF_KIND,
    OPERATORS,
    WITHOUT_VALUE,
    Field,
    Kind,
)

MOST_RULES = 50
MOST_GROUPS = 5
MOST_CONDITIONS = 20
MOST_VALUES = 50
LONGEST_VALUE = 100
MOST_TAGS = 10
LONGEST_TAG = 30
LONGEST_NOTE = 200
MOST_NOTIFIED = 5
PRIORITY = 100
LARGEST_NUMBER = Decimal(10) ** 12
Match = Literal["all", "any"]
ACTIONS: Mapping[str, str] = {
    "hold": _("Hold it"),
    "tag": _("Tag it"),
    "service": _("Set the service"),
    "warehouse": _("Set the warehouse"),
    "priority": _("Set the priority"),
    "notify": _("Tell somebody"),
}
TODAY = "today"
MEMBER = "member:"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a definition. ``place`` reads ``groups.0.conditions.2.values``."""

    place: str
    said: Sentence


class BadDefinition(ValueError):
    """A definition cannot be taken. Permanent: it must change."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(" ".join(f"{fault.place}: {fault.said.text}" for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. ``values`` are texts in normal form; ``currency`` only where it is money."""

    field: Field
    operator: str
    values: tuple[str, ...]
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which all, or any, must hold."""

    match: Match
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """What to do: ``hold`` (a note or none), ``tag``, ``service``, ``warehouse``, ``priority``,
    ``notify`` (``today`` or ``member:ID``)."""

    kind: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """Groups of which all, or any, must hold; without one every order fits. Then the actions."""

    match: Match
    groups: tuple[Group, ...]
    actions: tuple[Action, ...]

    @property
    def conditions(self) -> Iterator[Condition]:
        """Every condition of every group."""
        return (condition for group in self.groups for condition in group.conditions)

    def as_dict(self) -> dict[str, Any]:
        """Plain data; `read_definition` reads it back."""
        return {
            "match": self.match,
            "groups": [
                {
                    "match": group.match,
                    "conditions": [
                        {
                            "field": each.field.name,
                            "operator": each.operator,
                            "values": list(each.values),
                            "currency": each.currency,
                        }
                        for each in group.conditions
                    ],
                }
                for group in self.groups
            ],
            "actions": [{"kind": each.kind, "values": list(each.values)} for each in self.actions],
        }


def read_definition(data: Any) -> Definition:
    """Read plain data of whatever shape; raise `BadDefinition` with every fault found."""
    reader = _Reader()
    definition = reader.definition(data)
    if reader.faults:
        raise BadDefinition(reader.faults)
    return definition


class _Reader:
    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, place: str, code: str, template: str, **params: object) -> None:
        said = Sentence(code, template, {name: str(value) for name, value in params.items()})
        self.faults.append(Fault(place, said))

    def definition(self, data: Any) -> Definition:
        body = self._object(data, "", ("match", "groups", "actions"))
        groups = tuple(
            self._group(each, f"groups.{place}")
            for place, each in enumerate(self._list(body, "groups", "groups", MOST_GROUPS))
        )
        if sum(len(group.conditions) for group in groups) > MOST_CONDITIONS:
            self.fault(
                "groups", "too_many_conditions",
                _("A rule has at most {most} conditions. Make two rules of it."),
                most=MOST_CONDITIONS,
            )  # fmt: skip
        return Definition(self._match(body, "match"), groups, self._actions(body))

    def _object(self, data: Any, place: str, names: tuple[str, ...]) -> Mapping[str, Any]:
        if not isinstance(data, dict):
            self.fault(
                place or "definition", "not_an_object",
                _("This must be an object with {names}."), names=", ".join(names),
            )  # fmt: skip
            return {}
        for name in data:
            if name not in names:
                where = f"{place}.{str(name)[:40]}".strip(".")
                self.fault(
                    where, "unknown_field",
                    _("There is no such part. Known are {names}."), names=", ".join(names),
                )  # fmt: skip
        return data

    def _list(self, body: Mapping[str, Any], name: str, place: str, most: int) -> list[Any]:
        values = body.get(name, [])
        if not isinstance(values, list):
            self.fault(place, "not_a_list", _("This must be a list."))
            return []
        if len(values) > most:
            self.fault(place, "too_many", _("There may be at most {most} of these."), most=most)
        return values[:most]

    def _match(self, body: Mapping[str, Any], place: str) -> Match:
        match = body.get("match", "all")
        if match not in ("all", "any"):
            self.fault(place, "unknown_match", _("Choose all or any."))
            return "all"
        return "any" if match == "any" else "all"

    def _group(self, data: Any, place: str) -> Group:
        body = self._object(data, place, ("match", "conditions"))
        where = f"{place}.conditions"
        rows = self._list(body, "conditions", where, MOST_CONDITIONS)
        if not rows:
            self.fault(where, "no_conditions", _("Add a condition, or leave the group out."))
        found = (self._condition(row, f"{where}.{number}") for number, row in enumerate(rows))
        return Group(
            self._match(body, f"{place}.match"), tuple(each for each in found if each is not None)
        )

    def _condition(self, data: Any, place: str) -> Condition | None:
        body = self._object(data, place, ("field", "operator", "values", "currency"))
        name = body.get("field")
        field = FIELDS.get(name) if isinstance(name, str) else None
        if field is None:
            self.fault(f"{place}.field", "unknown_field", _("Choose what the condition is about."))
            return None
        operator = body.get("operator")
        allowed = OF_KIND[field.kind]
        if not isinstance(operator, str) or operator not in allowed:
            self.fault(
                f"{place}.operator", "unfit_operator",
                _("This field cannot be compared that way. Choose one of: {kinds}."),
                kinds=", ".join(OPERATORS[each] for each in allowed),
            )  # fmt: skip
            return None
        values = self._values(body, f"{place}.values", field, operator)
        currency = self._currency(body, f"{place}.currency", field)
        return None if values is None else Condition(field, operator, values, currency)

    def _currency(self, body: Mapping[str, Any], place: str, field: Field) -> str:
        currency = body.get("currency", "")
        if field.kind is not Kind.MONEY:
            if currency:
                self.fault(place, "no_currency", _("Only amounts have a currency. Leave it empty."))
            return ""
        try:
            return check_currency(currency.strip() if isinstance(currency, str) else "")
        except UnknownCurrency:
            self.fault(
                place, "unknown_currency",
                _("Enter the three capital letters of the currency, for example EUR."),
            )  # fmt: skip
            return ""

    def _values(
        self, body: Mapping[str, Any], place: str, field: Field, operator: str
    ) -> tuple[str, ...] | None:
        said = self._texts(body, place, MOST_VALUES, LONGEST_VALUE)
        if said is None:
            return None
        if operator in WITHOUT_VALUE:
            if said:
                self.fault(place, "no_value", _("This comparison takes no value. Leave it empty."))
            return ()
        if not said:
            self.fault(place, "value_missing", _("Enter what to compare with."))
            return None
        several = ("is_not", "in", "contains", "begins_with")
        wanted = 2 if operator == "between" else len(said) if operator in several else 1
        if len(said) != wanted:
            if wanted == 2:
                self.fault(place, "two_values", _("Enter two values, the smaller one first."))
            else:
                self.fault(place, "one_value", _("Enter one value here."))
            return None
        read = [self._value(each, place, field) for each in said]
        values = tuple(each for each in read if each is not None)
        if len(values) != len(read):
            return None
        if operator == "between" and Decimal(values[0]) > Decimal(values[1]):
            self.fault(place, "two_values", _("Enter two values, the smaller one first."))
            return None
        return values

    def _texts(
        self, body: Mapping[str, Any], place: str, most: int, longest: int
    ) -> list[str] | None:
        values = self._list(body, "values", place, most)
        if not all(isinstance(each, str) for each in values):
            self.fault(place, "not_texts", _("Each value must be a text."))
            return None
        texts = [each.replace("\x00", "").strip() for each in values]
        if any(len(each) > longest for each in texts):
            self.fault(
                place, "value_too_long", _("A value has at most {most} characters."), most=longest
            )
            return None
        return [each for each in texts if each]

    def _value(self, text: str, place: str, field: Field) -> str | None:
        if field.kind is Kind.CHOICE:
            codes = [code for code, _words in field.choices]
            if text not in codes:
                self.fault(
                    place, "unknown_choice",
                    _("“{value}” is not one of: {choices}."), value=text, choices=", ".join(codes),
                )  # fmt: skip
                return None
            return text
        if field.kind in (Kind.NUMBER, Kind.MONEY):
            return self._number(text, place)
        return text.upper() if field.is_upper else text

    def _number(self, text: str, place: str) -> str | None:
        try:
            number = Decimal(text) if text.isascii() else Decimal("NaN")
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number) > LARGEST_NUMBER or "e" in text.lower():
            self.fault(
                place, "not_a_number",
                _("“{value}” is not a number. Use digits and a point, for example 12.50."),
                value=text[:40],
            )  # fmt: skip
            return None
        return f"{number:f}"

    def _actions(self, body: Mapping[str, Any]) -> tuple[Action, ...]:
        rows = self._list(body, "actions", "actions", len(ACTIONS))
        if not rows:
            self.fault("actions", "no_actions", _("Choose at least one thing that the rule does."))
        found: dict[str, Action] = {}
        for number, row in enumerate(rows):
            place = f"actions.{number}"
            action = self._action(row, place)
            if action is not None and found.setdefault(action.kind, action) is not action:
                self.fault(f"{place}.kind", "twice", _("Each kind of action may stand once."))
        return tuple(found.values())

    def _action(self, data: Any, place: str) -> Action | None:
        body = self._object(data, place, ("kind", "values"))
        kind = body.get("kind")
        if not isinstance(kind, str) or kind not in ACTIONS:
            self.fault(
                f"{place}.kind", "unknown_action",
                _("Choose one of: {kinds}."), kinds=", ".join(ACTIONS),
            )  # fmt: skip
            return None
        where = f"{place}.values"
        longest = {"hold": LONGEST_NOTE, "tag": LONGEST_TAG}.get(kind, 60)
        most = {"tag": MOST_TAGS, "notify": MOST_NOTIFIED}.get(kind, 1)
        said = self._texts(body, where, most, longest)
        if said is None:
            return None
        values = tuple(dict.fromkeys(said))
        if not values and kind != "hold":
            self.fault(where, "value_missing", _("Say what the rule is to set."))
            return None
        check = {"priority": self._priority, "tag": self._tags, "notify": self._notified}.get(kind)
        return None if check and not check(values, where) else Action(kind, values)

    def _priority(self, values: tuple[str, ...], place: str) -> bool:
        text = values[0]
        digits = text.removeprefix("-")
        is_whole = digits.isascii() and digits.isdigit() and len(digits) < 5
        if not is_whole or abs(int(text)) > PRIORITY:
            self.fault(
                place, "bad_priority",
                _("The priority is a whole number from -{most} to {most}."), most=PRIORITY,
            )  # fmt: skip
            return False
        return True

    def _tags(self, values: tuple[str, ...], place: str) -> bool:
        if not all(each.isprintable() and "," not in each for each in values):
            self.fault(place, "bad_tag", _("A tag has letters, digits and blanks, but no comma."))
            return False
        return True

    def _notified(self, values: tuple[str, ...], place: str) -> bool:
        for each in values:
            number = each.removeprefix(MEMBER)
            is_member = each.startswith(MEMBER) and number.isascii() and number.isdigit()
            if each != TODAY and not (is_member and len(number) < 19):
                self.fault(place, "bad_notified", _("Choose Today, or members of your team."))
                return False
        return True
