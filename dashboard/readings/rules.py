"""The rules of Settings: the list, and the form of one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.authentication import Caller
from accounts.models import Member
from core.sentences import stored
from core.spoken import say
from dashboard.forms_rules import SaidCondition, SaidForm, SaidGroup
from dashboard.readings.rule_words import action_words, definition_words, people_words
from dashboard.readings.team import settings_tabs
from dashboard.readings.words import actor_words
from dashboard.screens.common import Badge, Destructive, Option
from dashboard.screens.rules import ConditionRow, GroupBox, RulePage, RuleRow, RulesPage
from dashboard.screens.today import Attention
from flows.automation import broken_rules
from orders.models import AutomationRule, RuleNotice
from orders.rules.automation.definition import MEMBER, MOST_GROUPS, MOST_RULES, TODAY
from orders.rules.automation.evaluation import Standing
from orders.rules.automation.fields import FIELDS, OPERATORS
from shipping.rules.catalogue import services
from shipping.words import service_words
from warehouse.models import Warehouse

SHOWN_MEMBERS = 200


def read_rules(*, caller: Caller, on: date) -> RulesPage:
    """Every rule in its order."""
    rules = list(AutomationRule.objects.order_by("position", "id"))
    broken = broken_rules({rule.pk: rule.definition for rule in rules}, on=on)
    people = people_words(_members())
    waiting = _waiting()
    may_edit = caller.may("rules.edit")
    return RulesPage(
        tabs=settings_tabs("rules"),
        rows=tuple(
            _row(
                rule,
                place=place,
                last=len(rules) - 1,
                broken=tuple(say(each) for each in stored(broken[rule.pk])),
                people=people,
                waiting=waiting.get(rule.pk, 0),
                may_edit=may_edit,
                on=on,
            )
            for place, rule in enumerate(rules)
        ),
        may_edit=may_edit,
        new_url=reverse("dashboard:rule_new"),
        trials_url=reverse("dashboard:rule_trials"),
        most=MOST_RULES,
    )


def _row(
    rule: AutomationRule,
    *,
    place: int,
    last: int,
    broken: tuple[str, ...],
    people: dict[str, str],
    waiting: int,
    may_edit: bool,
    on: date,
) -> RuleRow:
    definition = rule.definition if isinstance(rule.definition, dict) else {}

    def act(name: str) -> str:
        return reverse(f"dashboard:rule_{name}", args=[rule.pk]) if may_edit else ""

    if broken:
        badge = Badge(label=_("Broken"), tone="bad" if rule.is_active else "neutral")
    elif rule.is_active:
        badge = Badge(label=_("On"), tone="good")
    else:
        badge = Badge(label=_("Off"))
    return RuleRow(
        name=rule.name,
        version=rule.version,
        joint=_(" or ") if definition.get("match") == "any" else _(" and "),
        conditions=() if broken and "groups" not in definition else definition_words(definition),
        actions=tuple(action_words(each, people, on) for each in definition.get("actions") or ()),
        stops=rule.stops,
        badge=badge,
        broken=broken,
        edit_url=act("edit"),
        move_url=act("move"),
        is_first=place == 0,
        is_last=place == last,
        switch_url=act("switch"),
        is_active=rule.is_active,
        waiting=waiting,
        waiting_url=f"{reverse('dashboard:orders')}?rule={rule.pk}",
        seen_url=act("seen") if waiting else "",
        updated_at=rule.updated_at,
        updated_by=actor_words(rule.updated_by),
        remove=Destructive(
            label=_("Remove…"),
            undoes=_("The rule is asked of no order any more. What it did stays."),
            url=act("remove"),
            confirm_label=_("Remove %(name)s") % {"name": rule.name},
        )
        if may_edit
        else None,
    )


def _waiting() -> dict[int, int]:
    rows = RuleNotice.objects.filter(member_id__isnull=True, settled_at__isnull=True)
    return dict(rows.order_by().values_list("rule_id").annotate(Count("id")))


def rules_attention() -> Iterator[Attention]:
    """Orders that rules want looked at, for Today."""
    rows = (
        RuleNotice.objects.filter(member_id__isnull=True, settled_at__isnull=True)
        .order_by()
        .values("rule_id", "rule_name")
        .annotate(many=Count("id"), oldest=Min("raised_at"))
    )
    for row in rows[:MOST_RULES]:
        yield Attention(
            count=row["many"],
            label=_("Your rule “%(rule)s” found orders") % {"rule": row["rule_name"]},
            remedy=_("Look at them, then count them as seen under Settings, Rules."),
            url=f"{reverse('dashboard:orders')}?rule={row['rule_id']}",
            action=_("See orders"),
            oldest_at=row["oldest"],
            tone="neutral",
        )


def _members() -> list[Member]:
    rows = Member.objects.filter(is_active=True).select_related("user")
    return list(rows.order_by("id")[:SHOWN_MEMBERS])


def standing_now(on: date) -> Standing:
    """Everything that a rule may refer to today."""
    return Standing(
        frozenset(service.code for service in services(on)),
        frozenset(Warehouse.objects.filter(is_active=True).values_list("code", flat=True)),
        frozenset(f"{MEMBER}{member.pk}" for member in _members()),
    )


def read_rule_form(*, said: SaidForm, rule_id: int | None, on: date) -> RulePage:
    """The form as it stands, with the faults found in it."""
    action = said.actions
    told = action.get("notify", [])

    def chosen(kind: str) -> str:
        return next(iter(action.get(kind, [])), "")

    return RulePage(
        tabs=settings_tabs("rules"),
        title=_("Rule: %(name)s") % {"name": said.name} if rule_id else _("New rule"),
        back_url=reverse("dashboard:rules"),
        post_url=reverse("dashboard:rule_edit", args=[rule_id])
        if rule_id
        else reverse("dashboard:rule_new"),
        version=said.version,
        name=said.name,
        is_active=said.is_active,
        stops=said.stops,
        match=_match(said.match, _("all groups fit"), _("any group fits")),
        groups=tuple(_group(group, place) for place, group in enumerate(said.groups)),
        holds="hold" in action,
        hold_note=chosen("hold"),
        tag_text=", ".join(action.get("tag", [])),
        services=_options(
            chosen("service"), [(each.code, service_words(each.code, on)) for each in services(on)]
        ),
        warehouses=_options(
            chosen("warehouse"),
            [
                (code, f"{name} ({code})")
                for code, name in Warehouse.objects.filter(is_active=True)
                .order_by("priority", "id")
                .values_list("code", "name")
            ],
        ),
        priority=chosen("priority"),
        tells_today=TODAY in told,
        members=tuple(
            Option(value=value, label=email, selected=value in told)
            for value, email in people_words(_members()).items()
        ),
        faults=tuple(said.faults),
        action_faults=tuple(said.action_faults),
        choices=tuple(
            (
                _(field.label),
                ", ".join(
                    code if code == words else f"{code} ({_(words)})"
                    for code, words in field.choices
                ),
            )
            for field in FIELDS.values()
            if field.choices
        ),
        may_add_group=len(said.groups) < MOST_GROUPS,
    )


def _match(value: str, all_words: str, any_words: str) -> tuple[Option, ...]:
    return (
        Option(value="all", label=all_words, selected=value != "any"),
        Option(value="any", label=any_words, selected=value == "any"),
    )


def _options(value: str, pairs: list[tuple[str, str]]) -> tuple[Option, ...]:
    """ "Leave it", what may be chosen, and what was chosen although it is gone."""
    gone = [(value, _("%(code)s (gone)") % {"code": value})]
    shown = [("", _("leave it")), *pairs]
    if value and value not in dict(pairs):
        shown += gone
    return tuple(Option(value=code, label=words, selected=code == value) for code, words in shown)


def _group(group: SaidGroup, place: int) -> GroupBox:
    return GroupBox(
        id=f"g{place}",
        number=place + 1,
        match=_match(group.match, _("all of these hold"), _("any of these holds")),
        rows=tuple(_condition(row, f"g{place}-c{number}") for number, row in enumerate(group.rows)),
        faults=tuple(group.faults),
    )


def _condition(row: SaidCondition, start: str) -> ConditionRow:
    fields = [("", _("choose")), *((name, _(each.label)) for name, each in FIELDS.items())]
    return ConditionRow(
        id=start,
        fields=tuple(
            Option(value=name, label=words, selected=name == row.field) for name, words in fields
        ),
        operators=tuple(
            Option(value=name, label=_(words), selected=name == row.operator)
            for name, words in OPERATORS.items()
        ),
        values=row.values,
        currency=row.currency,
        faults=tuple(row.faults),
    )
