"""Dry runs of rules over past orders."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.schema import IDEMPOTENCY_KEY, answers, list_parameters, page_of
from core.fields import Instant, StrictSerializer, Whole
from core.problems import Problem
from core.routes import permission
from core.tenancy import merchant
from flows.rule_trials import NoPeriod, NoRules, TrialsWait, begin_trial
from orders.models import RuleTrial, RuleTrialOrder, TrialStatus
from orders.rules.automation.definition import MOST_RULES


class TrialRuleShape(serializers.Serializer[Any]):
    """A rule of a dry run, as it was when it began."""

    rule = serializers.IntegerField()
    name = serializers.CharField()
    version = serializers.IntegerField()
    orders = serializers.IntegerField(help_text="Orders it would act on, so far.")


class TrialShape(serializers.Serializer[Any]):
    """A dry run and how far it is."""

    id = serializers.IntegerField()
    status = serializers.ChoiceField(TrialStatus.choices)
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    orders_total = serializers.IntegerField()
    orders_seen = serializers.IntegerField()
    orders_changed = serializers.IntegerField()
    is_cut = serializers.BooleanField(help_text="The period holds more orders than were looked at.")
    rules = TrialRuleShape(many=True, source="counted")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class TrialOrderShape(serializers.Serializer[RuleTrialOrder]):
    """An order of a dry run: what each rule would do, and what would be another."""

    reference = serializers.CharField(source="order.reference")
    ruled = serializers.JSONField()
    changes = serializers.JSONField()


class TrialBody(StrictSerializer):
    """Which rules, switched on or not, over which orders by the instant they came in."""

    rules = serializers.ListField(child=Whole(min_value=1), max_length=MOST_RULES)
    since = Instant()
    until = Instant()


class NoFilter(FilterSet):  # type: ignore[misc]  # untyped library
    """Nothing to filter by."""


TRIAL, TRIAL_ORDER, TRIAL_BODY = TrialShape(), TrialOrderShape(), TrialBody()


@permission("orders.view", write="rules.edit")
class Trials(Endpoint):
    """The merchant's dry runs."""

    @extend_schema(
        operation_id="list_automation_trials",
        summary="List dry runs, newest first",
        parameters=list_parameters(NoFilter),
        responses=answers({200: page_of(TrialShape, "AutomationTrial")}, 400),
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Answer one page."""
        with merchant(self.caller.merchant_id):
            return self.page(RuleTrial.objects.all(), NoFilter, TRIAL.to_representation)

    @extend_schema(
        operation_id="create_automation_trial",
        summary="Try rules on past orders",
        description="Nothing is changed. Ask for the dry run until its status is done.",
        parameters=[IDEMPOTENCY_KEY],
        request=TrialBody,
        responses=answers({202: TrialShape}, 400, 409, 413, 415),
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Queue one."""
        body = self.read(TRIAL_BODY)
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            try:
                trial = begin_trial(
                    rule_ids=body["rules"],
                    since=body["since"],
                    until=body["until"],
                    actor=self.caller.actor,
                    now=now,
                )
            except NoRules as error:
                text = _("None of these rules is yours. Name at least one.")
                raise Problem(status=400, code="no_rules", field="rules", detail=text) from error
            except NoPeriod as error:
                text = _("The period must end after it begins.")
                raise Problem(status=400, code="no_period", field="until", detail=text) from error
            except TrialsWait as error:
                text = _("Wait until one of your dry runs is done.")
                raise Problem(status=409, code="trials_wait", detail=text) from error
            return 202, TRIAL.to_representation(trial)

        return self.answer(effect, now=now)


@permission("orders.view")
class OneTrial(Endpoint):
    """One dry run."""

    @extend_schema(
        operation_id="get_automation_trial",
        summary="One dry run",
        responses=answers({200: TrialShape}, 404),
    )
    def get(self, request: Request, trial_id: int) -> Response:  # noqa: ARG002
        """Answer how far it is."""
        with merchant(self.caller.merchant_id):
            return Response(TRIAL.to_representation(_find(trial_id)))


@permission("orders.view")
class TrialOrders(Endpoint):
    """What a dry run found."""

    @extend_schema(
        operation_id="list_automation_trial_orders",
        summary="The orders that the rules of a dry run fit, newest first",
        parameters=list_parameters(NoFilter),
        responses=answers({200: page_of(TrialOrderShape, "AutomationTrialOrder")}, 400, 404),
    )
    def get(self, request: Request, trial_id: int) -> Response:  # noqa: ARG002
        """Answer one page."""
        with merchant(self.caller.merchant_id):
            rows = RuleTrialOrder.objects.filter(trial=_find(trial_id))
            present_row = TRIAL_ORDER.to_representation
            return self.page(rows, NoFilter, present_row, related=("order",))


def _find(trial_id: int) -> RuleTrial:
    trial = RuleTrial.objects.filter(pk=trial_id).first()
    if trial is None:
        raise Http404
    return trial
