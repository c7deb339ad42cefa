"""Rules of the merchant: made, changed, put in order, and removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.schema import IDEMPOTENCY_KEY, answers
from core.fields import OneOf, StrictSerializer, Text, Whole
from core.problems import Problem
from core.routes import permission
from core.sentences import stored
from core.spoken import say, say_all
from core.tenancy import merchant
from flows.automation import broken_rules
from orders.models import AutomationRule
from orders.rules.automation.definition import (
    ACTIONS,
    MOST_RULES,
    BadDefinition,
    Definition,
    Fault,
    read_definition,
)
from orders.rules.automation.fields import FIELDS, OPERATORS
from orders.services.automation import (
    RuleChanged,
    RuleSaid,
    TooManyRules,
    change_rule,
    create_rule,
    move_rule,
    remove_rule,
)


class ConditionShape(serializers.Serializer[Any]):
    """One comparison."""

    field = serializers.ChoiceField(sorted(FIELDS))
    operator = serializers.ChoiceField(list(OPERATORS))
    values = serializers.ListField(child=serializers.CharField())
    currency = serializers.CharField(help_text="Of amounts; empty for everything else.")


class GroupShape(serializers.Serializer[Any]):
    """Conditions of which all, or any, must hold."""

    match = serializers.ChoiceField(["all", "any"])
    conditions = ConditionShape(many=True)


class ActionShape(serializers.Serializer[Any]):
    """What the rule does; each kind may stand once."""

    kind = serializers.ChoiceField(list(ACTIONS))
    values = serializers.ListField(
        child=serializers.CharField(),
        help_text="hold: a note or nothing; tag: tags; service, warehouse: a code; priority: a"
        " whole number from -100 to 100; notify: `today` or `member:ID`.",
    )


class RuleShape(serializers.Serializer[Any]):
    """A rule. `broken` says what it refers to that is gone: it is then skipped."""

    id = serializers.IntegerField()
    position = serializers.IntegerField(help_text="Asked in this order, 1 first.")
    version = serializers.IntegerField()
    name = serializers.CharField()
    is_active = serializers.BooleanField()
    stops = serializers.BooleanField(help_text="Where it fits, no later rule is asked.")
    match = serializers.ChoiceField(["all", "any"])
    groups = GroupShape(many=True)
    actions = ActionShape(many=True)
    broken = serializers.ListField(child=serializers.CharField())
    updated_at = serializers.DateTimeField()


class RulesShape(serializers.Serializer[Any]):
    """Every rule, in the order in which they are asked."""

    results = RuleShape(many=True)


class RuleBody(StrictSerializer):
    """A rule as it is to be. Without a group it fits every order."""

    name = Text(max_length=80)
    is_active = serializers.BooleanField(default=False)
    stops = serializers.BooleanField(default=False)
    match = OneOf(["all", "any"], default="all")
    groups = serializers.ListField(child=serializers.JSONField(), default=list, max_length=20)
    actions = serializers.ListField(child=serializers.JSONField(), max_length=20)
    version = Whole(
        required=False, allow_null=True, default=None, min_value=1,
        help_text="Of a known rule: the version that was read. Another one by now is a 409.",
    )  # fmt: skip


class RuleBodyShape(serializers.Serializer[Any]):
    """The body as documented."""

    name = serializers.CharField(max_length=80)
    is_active = serializers.BooleanField(default=False)
    stops = serializers.BooleanField(default=False)
    match = serializers.ChoiceField(["all", "any"], default="all")
    groups = GroupShape(many=True, required=False)
    actions = ActionShape(many=True)
    version = serializers.IntegerField(required=False, allow_null=True)


class MoveBody(StrictSerializer):
    """Where a rule is to stand; beyond the last is last."""

    position = Whole(min_value=1, max_value=MOST_RULES)


RULE_BODY, MOVE_BODY = RuleBody(), MoveBody()


@permission("orders.view", write="rules.edit")
class Rules(Endpoint):
    """The merchant's rules."""

    @extend_schema(
        operation_id="list_automation_rules",
        summary="List the rules in the order in which they are asked",
        responses=answers({200: RulesShape}),
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Answer all; there are never many."""
        with merchant(self.caller.merchant_id):
            return Response({"results": present_all()})

    @extend_schema(
        operation_id="create_automation_rule",
        summary="Add a rule behind the others",
        description="A new rule is off unless `is_active` is true: try it on past orders first.",
        parameters=[IDEMPOTENCY_KEY],
        request=RuleBodyShape,
        responses=answers({201: RuleShape}, 400, 409, 413, 415),
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Add one."""
        said = _said(self.read(RULE_BODY))
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            refuse_gone(said.definition)
            try:
                rule = create_rule(said=said, actor=self.caller.actor, now=now)
            except TooManyRules as error:
                raise Problem(
                    status=409,
                    code="too_many_rules",
                    detail=_("There may be at most {most} rules. Remove one first.").format(
                        most=MOST_RULES
                    ),
                ) from error
            return 201, present(rule)

        return self.answer(effect, now=now)


@permission("orders.view", write="rules.edit")
class OneRule(Endpoint):
    """One rule."""

    @extend_schema(
        operation_id="get_automation_rule",
        summary="One rule",
        responses=answers({200: RuleShape}, 404),
    )
    def get(self, request: Request, rule_id: int) -> Response:  # noqa: ARG002
        """Answer it."""
        with merchant(self.caller.merchant_id):
            return Response(present(_find(rule_id)))

    @extend_schema(
        operation_id="put_automation_rule",
        summary="Replace a rule",
        description="A change makes a new version; orders remember which version did what.",
        parameters=[IDEMPOTENCY_KEY],
        request=RuleBodyShape,
        responses=answers({200: RuleShape}, 400, 404, 409, 413, 415),
    )
    def put(self, request: Request, rule_id: int) -> Response:  # noqa: ARG002
        """Write it whole."""
        body = self.read(RULE_BODY)
        said = _said(body)
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            _find(rule_id)
            refuse_gone(said.definition)
            actor, version = self.caller.actor, body["version"]
            try:
                rule = change_rule(
                    rule_id=rule_id, said=said, version=version, actor=actor, now=now
                )
            except RuleChanged as error:
                raise Problem(
                    status=409,
                    code="rule_changed",
                    field="version",
                    detail=_("The rule is at version {version} by now. Read it again.").format(
                        version=_find(rule_id).version
                    ),
                ) from error
            return 200, present(rule)

        return self.answer(effect, now=now)

    @extend_schema(
        operation_id="delete_automation_rule",
        summary="Remove a rule",
        description="Answers those that are left. What it did to orders stays; again is a 404.",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses=answers({200: RulesShape}, 404),
    )
    def delete(self, request: Request, rule_id: int) -> Response:  # noqa: ARG002
        """Remove it."""
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            _find(rule_id)
            remove_rule(rule_id=rule_id, actor=self.caller.actor, now=now)
            return 200, {"results": present_all()}

        return self.answer(effect, now=now)


@permission("rules.edit")
class MoveRule(Endpoint):
    """The place of a rule among the others."""

    @extend_schema(
        operation_id="move_automation_rule",
        summary="Put a rule at another place",
        parameters=[IDEMPOTENCY_KEY],
        request=MoveBody,
        responses=answers({200: RulesShape}, 400, 404, 413, 415),
    )
    def post(self, request: Request, rule_id: int) -> Response:  # noqa: ARG002
        """Move it."""
        body = self.read(MOVE_BODY)
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            _find(rule_id)
            move_rule(rule_id=rule_id, to=body["position"], actor=self.caller.actor, now=now)
            return 200, {"results": present_all()}

        return self.answer(effect, now=now)


def _find(rule_id: int) -> AutomationRule:
    rule = AutomationRule.objects.filter(pk=rule_id).first()
    if rule is None:
        raise Http404
    return rule


def _said(body: Mapping[str, Any]) -> RuleSaid:
    """A validated body as the services take it; each fault of the definition names its field."""
    data = {"match": body["match"], "groups": body["groups"], "actions": body["actions"]}
    try:
        definition = read_definition(data)
    except BadDefinition as bad:
        raise ValidationError(
            {api_place(fault): [ErrorDetail(say(fault.said.as_dict()), fault.said.code)]
             for fault in bad.faults}
        ) from bad  # fmt: skip
    return RuleSaid(body["name"], body["is_active"], body["stops"], definition)


def api_place(fault: Fault) -> str:
    """`groups.0.conditions.1.values` as this API names fields: `groups[0].conditions[1].values`."""
    parts = [f"[{part}]" if part.isdigit() else f".{part}" for part in fault.place.split(".")]
    return "".join(parts).strip(".")


def refuse_gone(definition: Definition) -> None:
    """Refuse a rule that names a service, warehouse or member that is not there."""
    gone = broken_rules({0: definition}, on=timezone.now().date())[0]
    if gone:
        raise Problem(status=400, code="not_there", field="actions", detail=say_all(stored(gone)))


def present_all() -> list[dict[str, Any]]:
    """Every rule of the active merchant."""
    rules = list(AutomationRule.objects.order_by("position", "id"))
    broken = _broken(rules)
    return [_shape(rule, broken[rule.pk]) for rule in rules]


def present(rule: AutomationRule) -> dict[str, Any]:
    """One rule in the shape of `RuleShape`."""
    return _shape(rule, _broken([rule])[rule.pk])


def _broken(rules: list[AutomationRule]) -> dict[int, list[str]]:
    said = broken_rules({rule.pk: rule.definition for rule in rules}, on=timezone.now().date())
    return {key: [say(each) for each in stored(sentences)] for key, sentences in said.items()}


def _shape(rule: AutomationRule, broken: list[str]) -> dict[str, Any]:
    definition = rule.definition
    return {
        "id": rule.pk,
        "position": rule.position,
        "version": rule.version,
        "name": rule.name,
        "is_active": rule.is_active,
        "stops": rule.stops,
        "match": definition.get("match", "all"),
        "groups": definition.get("groups", []),
        "actions": definition.get("actions", []),
        "broken": broken,
        "updated_at": serializers.DateTimeField().to_representation(rule.updated_at),
    }
