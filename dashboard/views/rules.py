"""The rules of Settings: listed, made, changed, put in order, switched, removed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, member_view
from core.tenancy import merchant
from dashboard.forms_rules import SaidForm, add_to, form_from, form_of
from dashboard.readings.rules import read_rule_form, read_rules, standing_now
from dashboard.views.screens import show
from orders.models import AutomationRule, RuleNotice
from orders.rules.automation.definition import MOST_RULES
from orders.services.automation import (
    RuleChanged,
    RuleSaid,
    TooManyRules,
    change_rule,
    create_rule,
    move_rule,
    remove_rule,
    settle_notices,
    switch_rule,
)


@member_view("orders.view")
@require_safe
def rules(request: MemberRequest) -> HttpResponse:
    """The list, in the order in which the rules are asked."""
    with merchant(request.caller.merchant_id):
        page = read_rules(caller=request.caller, on=timezone.now().date())
    return show(request, "dashboard/settings/rules.html", page, current="settings")


@member_view("rules.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def rule_new(request: MemberRequest) -> HttpResponse:
    """The empty form; a POST makes the rule, or shows what is wrong with it."""
    if request.method != "POST":
        return _form(request, SaidForm(), rule_id=None)
    return _save(request, rule_id=None)


@member_view("rules.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request: MemberRequest, rule_id: int) -> HttpResponse:
    """The form of a rule; a POST changes it, or shows what is wrong with it."""
    with merchant(request.caller.merchant_id):
        rule = _find(rule_id)
    if request.method != "POST":
        said = form_of(
            {
                "name": rule.name,
                "version": rule.version,
                "is_active": rule.is_active,
                "stops": rule.stops,
                "definition": rule.definition,
            }
        )
        return _form(request, said, rule_id=rule_id)
    return _save(request, rule_id=rule_id)


def _find(rule_id: int) -> AutomationRule:
    rule = AutomationRule.objects.filter(pk=rule_id).first()
    if rule is None:
        raise Http404
    return rule


def _save(request: MemberRequest, *, rule_id: int | None) -> HttpResponse:
    said, add = form_from(request.POST)
    if add:
        add_to(said, add)
        return _form(request, said, rule_id=rule_id)
    caller, now = request.caller, timezone.now()
    with merchant(caller.merchant_id):
        definition = said.read(standing_now(now.date()))
        if definition is not None:
            wanted = RuleSaid(said.name, said.is_active, said.stops, definition)
            try:
                if rule_id is None:
                    create_rule(said=wanted, actor=caller.actor, now=now)
                else:
                    change_rule(
                        rule_id=rule_id,
                        said=wanted,
                        version=said.version,
                        actor=caller.actor,
                        now=now,
                    )
            except TooManyRules:
                text = _("There may be at most {most} rules. Remove one first.")
                said.faults.append(text.format(most=MOST_RULES))
            except RuleChanged:
                text = _(
                    "Somebody changed this rule meanwhile. Open it again to see how it is now."
                )
                said.faults.append(text)
            except AutomationRule.DoesNotExist:
                raise Http404 from None
            else:
                messages.success(request, _("The rule is saved."))
                return HttpResponseRedirect(reverse("dashboard:rules"))
    return _form(request, said, rule_id=rule_id, status=400)


def _form(
    request: MemberRequest, said: SaidForm, *, rule_id: int | None, status: int = 200
) -> HttpResponse:
    with merchant(request.caller.merchant_id):
        page = read_rule_form(said=said, rule_id=rule_id, on=timezone.now().date())
    return show(request, "dashboard/settings/rule.html", page, current="settings", status=status)


@member_view("rules.edit")
@require_POST
def rule_move(request: MemberRequest, rule_id: int) -> HttpResponse:
    """One place up or down."""
    caller = request.caller
    with merchant(caller.merchant_id):
        _find(rule_id)
        in_order = list(
            AutomationRule.objects.order_by("position", "id").values_list("pk", flat=True)
        )
        step = -1 if request.POST.get("to") == "up" else 1
        place = in_order.index(rule_id) + 1 + step
        move_rule(rule_id=rule_id, to=place, actor=caller.actor, now=timezone.now())
    return HttpResponseRedirect(reverse("dashboard:rules"))


@member_view("rules.edit")
@require_POST
def rule_switch(request: MemberRequest, rule_id: int) -> HttpResponse:
    """On, or off."""
    caller = request.caller
    with merchant(caller.merchant_id):
        _find(rule_id)
        switch_rule(
            rule_id=rule_id,
            is_active=request.POST.get("to") == "on",
            actor=caller.actor,
            now=timezone.now(),
        )
    return HttpResponseRedirect(reverse("dashboard:rules"))


@member_view("rules.edit")
@require_POST
def rule_remove(request: MemberRequest, rule_id: int) -> HttpResponse:
    """Gone; what it did stays with the orders."""
    caller = request.caller
    with merchant(caller.merchant_id):
        _find(rule_id)
        remove_rule(rule_id=rule_id, actor=caller.actor, now=timezone.now())
    messages.success(request, _("The rule is removed."))
    return HttpResponseRedirect(reverse("dashboard:rules"))


@member_view("rules.edit")
@require_POST
def rule_seen(request: MemberRequest, rule_id: int) -> HttpResponse:
    """The orders that a rule wanted looked at are seen; of a removed rule, too."""
    with merchant(request.caller.merchant_id):
        waiting = RuleNotice.objects.filter(rule_id=rule_id, member_id__isnull=True)
        newest = waiting.order_by("-id").first()
        if newest is None:
            raise Http404
        settle_notices(rule_id=rule_id, member_id=None, up_to=newest.pk, now=timezone.now())
    return HttpResponseRedirect(reverse("dashboard:rules"))
