"""The merchant's rules at intake, in booking's choice, in dry runs, and what they tell people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Member, User
from accounts.services import add_member
from core.events import history
from core.jobs import ForAPerson, Later
from core.models import Event, Job, Merchant
from core.tenancy import merchant
from flows.allocation import allocate_order
from flows.intake import receive_orders, release_hold
from flows.recheck import recheck_orders
from flows.rule_notices import send_notices
from flows.rule_trials import NoPeriod, NoRules, TrialsWait, begin_trial, run_trial
from orders.files.orders import ParsedLine
from orders.models import (
    AutomationRule,
    Channel,
    Hold,
    Order,
    OrderTag,
    RuleNotice,
    RuleTrial,
    RuleTrialOrder,
)
from orders.rules.automation.definition import MOST_RULES, read_definition
from orders.services import ensure_channel
from orders.services.automation import (
    RuleChanged,
    RuleSaid,
    TooManyRules,
    change_rule,
    create_rule,
    move_rule,
    remove_rule,
    switch_rule,
)
from tests.factories import (
    ACTOR,
    NOW,
    a_merchant,
    a_parsed_order,
    a_product,
    a_warehouse,
    an_order,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(db: None) -> Merchant:
    a_warehouse()
    owner = a_merchant("acme")
    a_product(owner)
    return owner


def said(
    *actions: tuple[str, ...],
    where: Mapping[str, Any] | None = None,
    name: str = "A rule",
    is_active: bool = True,
    stops: bool = False,
) -> RuleSaid:
    groups = [{"match": "all", "conditions": [dict(where)]}] if where else []
    data = {
        "match": "all",
        "groups": groups,
        "actions": [{"kind": kind, "values": values} for kind, *values in actions],
    }
    return RuleSaid(name, is_active, stops, read_definition(data))


def a_rule(owner: Merchant, *actions: tuple[str, ...], **about: Any) -> AutomationRule:
    with merchant(owner):
        return create_rule(said=said(*actions, **about), actor=ACTOR, now=NOW)


def stored(owner: Merchant, order: Order) -> Order:
    with merchant(owner):
        return Order.objects.get(pk=order.pk)


GERMANY = {"field": "country", "operator": "is", "values": ["DE"]}
FRANCE = {"field": "country", "operator": "is", "values": ["FR"]}


def test_rules_act_on_a_new_order_and_its_history_names_them(acme: Merchant) -> None:
    first = a_rule(acme, ("tag", "german", "new"), ("priority", "7"), where=GERMANY, name="One")
    a_rule(acme, ("service", "EASTLINE_STANDARD"), ("warehouse", "szx1"), name="Two")
    a_rule(acme, ("tag", "french"), where=FRANCE, name="Three")
    order = stored(acme, an_order(acme))
    assert (order.tags, order.priority) == (["german", "new"], 7)
    assert (order.wanted_service, order.wanted_warehouse) == ("EASTLINE_STANDARD", "szx1")
    assert order.status == Order.Status.ACCEPTED
    with merchant(acme):
        events = history(subject_kind="order", subject_id=order.pk)
        told = [event.data for event in events if event.kind == "rule.applied"]
        assert sorted((each["name"], each["version"]) for each in told) == [("One", 1), ("Two", 1)]
        assert first.pk in [each["rule"] for each in told]
        assert set(OrderTag.objects.values_list("tag", flat=True)) == {"german", "new"}


def test_a_rule_holds_an_order_until_operations_release_it(acme: Merchant) -> None:
    rule = a_rule(acme, ("hold", "Call the buyer"), name="Look first")
    order = an_order(acme)
    assert order.status == Order.Status.HELD
    with merchant(acme):
        hold = Hold.objects.get(order=order)
        assert (hold.code, hold.field, hold.reason_code) == (
            "rule", f"rule:{rule.pk}", "rule_holds_noted",
        )  # fmt: skip
        assert "Look first" in hold.reason
        assert "Call the buyer" in hold.reason
        assert release_hold(hold_id=hold.pk, role="member:operations", actor=ACTOR, now=NOW)
    assert stored(acme, order).status == Order.Status.ACCEPTED


def test_rules_of_another_merchant_and_those_switched_off_do_nothing(acme: Merchant) -> None:
    rival = a_merchant("rival")
    a_rule(rival, ("tag", "rival"))
    a_rule(acme, ("tag", "draft"), is_active=False)
    assert stored(acme, an_order(acme)).ruled == []


def test_a_service_that_does_not_take_the_order_is_refused_with_a_sentence(acme: Merchant) -> None:
    a_rule(acme, ("service", "POSTAL_SMALL_PACKET"))
    heavy = (ParsedLine(1, "1", "MUG-BLUE", "", 9, None),)
    order = stored(acme, an_order(acme, lines=heavy))
    assert order.wanted_service == ""
    assert order.ruled[0]["did"][0]["refused"][0]["code"] == "weight"


def test_a_rule_whose_warehouse_went_is_skipped_and_says_so(acme: Merchant) -> None:
    a_rule(acme, ("warehouse", "gone9"), ("tag", "x"), stops=True)
    a_rule(acme, ("tag", "after"))
    order = stored(acme, an_order(acme))
    assert order.tags == ["after"]
    with merchant(acme):
        skipped = Event.objects.get(kind="rule.skipped", subject_id=order.pk)
    assert skipped.data["skipped"][0]["code"] == "warehouse_gone"


def test_a_definition_that_nobody_can_read_any_more_stops_no_order(acme: Merchant) -> None:
    rule = a_rule(acme, ("tag", "x"))
    with merchant(acme):
        AutomationRule.objects.filter(pk=rule.pk).update(definition={"groups": "?"})
    order = stored(acme, an_order(acme))
    assert order.status == Order.Status.ACCEPTED
    assert "skipped" in order.ruled[0]


def test_the_wanted_warehouse_is_the_only_one_that_is_looked_at(acme: Merchant) -> None:
    a_warehouse("hkg1")
    a_rule(acme, ("warehouse", "hkg1"))
    order = an_order(acme)
    allocate_order(acme.pk, {"order_id": order.pk})
    assert stored(acme, order).status == Order.Status.BACKORDERED


def test_without_rules_intake_makes_the_same_statements_and_none_with_one_more(
    acme: Merchant,
) -> None:
    def statements() -> int:
        with merchant(acme):
            channel = ensure_channel(kind=Channel.Kind.UPLOAD, name="upload", now=NOW)
            with CaptureQueriesContext(connection) as seen:
                receive_orders(orders=[a_parsed_order()], channel=channel, actor=ACTOR, now=NOW)
        return len(seen)

    before = statements()
    a_rule(acme, ("tag", "x"), where=FRANCE)
    assert statements() == before


def test_rules_keep_their_order_and_count_their_versions(acme: Merchant) -> None:
    rules = [a_rule(acme, ("tag", name), name=name) for name in ("a", "b", "c")]
    with merchant(acme):
        move_rule(rule_id=rules[2].pk, to=1, actor=ACTOR, now=NOW)
        move_rule(rule_id=rules[0].pk, to=99, actor=ACTOR, now=NOW)
        names = list(AutomationRule.objects.order_by("position").values_list("name", flat=True))
        assert names == ["c", "b", "a"]
        same = change_rule(
            rule_id=rules[0].pk, said=said(("tag", "a"), name="a"), version=1, actor=ACTOR, now=NOW
        )
        assert same.version == 1
        other = said(("tag", "z"), name="a")
        changed = change_rule(
            rule_id=rules[0].pk, said=other, version=1, actor=ACTOR, now=NOW
        )  # fmt: skip
        assert changed.version == 2
        with pytest.raises(RuleChanged):
            change_rule(rule_id=rules[0].pk, said=other, version=1, actor=ACTOR, now=NOW)
        switch_rule(rule_id=rules[0].pk, is_active=False, actor=ACTOR, now=NOW)
        remove_rule(rule_id=rules[1].pk, actor=ACTOR, now=NOW)
        kinds = set(
            Event.objects.filter(subject_kind="automation_rule").values_list("kind", flat=True)
        )
    assert kinds == {
        "automation_rule.created", "automation_rule.moved", "automation_rule.changed",
        "automation_rule.switched_off", "automation_rule.removed",
    }  # fmt: skip


def test_there_are_at_most_so_many_rules(acme: Merchant) -> None:
    with merchant(acme):
        AutomationRule.objects.bulk_create(
            AutomationRule(
                merchant_id=acme.pk, name="x", position=place, definition={}, created_at=NOW,
                created_by="t", updated_at=NOW, updated_by="t",
            )
            for place in range(MOST_RULES)
        )  # fmt: skip
        with pytest.raises(TooManyRules):
            create_rule(said=said(("tag", "x")), actor=ACTOR, now=NOW)


def a_member(owner: Merchant) -> Member:
    user = User.objects.create_user("ops@acme.example")
    with merchant(owner):
        return add_member(user=user, role="operations", actor=ACTOR, now=NOW)


def test_a_member_is_told_once_of_all_that_gathered(acme: Merchant) -> None:
    member = a_member(acme)
    rule = a_rule(acme, ("notify", f"member:{member.pk}", "today"), name="Tell me")
    orders = [an_order(acme), an_order(acme)]
    with merchant(acme):
        (job,) = Job.objects.filter(kind="rules.notify")
        assert job.run_after > NOW
        assert RuleNotice.objects.filter(member_id=None, rule_id=rule.pk).count() == 2
    send_notices(acme.pk, job.payload)
    send_notices(acme.pk, job.payload)
    (letter,) = mail.outbox
    assert letter.to == ["ops@acme.example"]
    assert all(order.reference in letter.body for order in orders)
    assert "Erika" not in letter.body


def test_letters_are_capped_and_a_member_who_left_gets_none(
    acme: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = a_member(acme)
    a_rule(acme, ("notify", f"member:{member.pk}"))
    an_order(acme)
    with merchant(acme):
        payload = Job.objects.get(kind="rules.notify").payload
    monkeypatch.setattr("flows.rule_notices.MOST_LETTERS_A_DAY", 0)
    with pytest.raises(Later):
        send_notices(acme.pk, payload)
    monkeypatch.undo()
    with merchant(acme):
        Member.objects.filter(pk=member.pk).update(is_active=False)
    with pytest.raises(ForAPerson):
        send_notices(acme.pk, payload)
    assert mail.outbox == []


def a_trial(owner: Merchant, *rules: AutomationRule) -> RuleTrial:
    with merchant(owner):
        return begin_trial(
            rule_ids=[rule.pk for rule in rules], since=NOW - timedelta(days=1),
            until=NOW + timedelta(days=1), actor=ACTOR, now=NOW,
        )  # fmt: skip


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    acme: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.rule_trials.PAGE", 2)
    orders = [an_order(acme) for _ in range(5)]
    draft = a_rule(acme, ("tag", "german"), ("hold",), where=GERMANY, is_active=False)
    none = a_rule(acme, ("tag", "french"), where=FRANCE, is_active=False)
    trial = a_trial(acme, draft, none)
    with merchant(acme):
        before = list(Order.objects.order_by("id").values())
    run_trial(acme.pk, {"trial_id": trial.pk})
    run_trial(acme.pk, {"trial_id": trial.pk})
    with merchant(acme):
        trial.refresh_from_db()
        assert (trial.status, trial.orders_total, trial.orders_seen) == ("done", 5, 5)
        assert (trial.orders_changed, trial.touched) == (5, {str(draft.pk): 5})
        rows = list(RuleTrialOrder.objects.order_by("order_id"))
        assert [row.order_id for row in rows] == [order.pk for order in orders]
        assert rows[0].changes == [
            {"field": "tags", "now": [], "then": ["german"]},
            {"field": "holds", "now": [], "then": [f"rule:{draft.pk}"]},
        ]
        assert list(Order.objects.order_by("id").values()) == before
        assert not Hold.objects.exists()


def test_a_dry_run_goes_on_behind_the_page_it_saved(
    acme: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.rule_trials.PAGE", 2)
    for _ in range(3):
        an_order(acme)
    trial = a_trial(acme, a_rule(acme, ("tag", "x"), is_active=False))
    with monkeypatch.context() as killed:
        killed.setattr("flows.rule_trials.finish_trial", _die)
        with pytest.raises(KeyboardInterrupt):
            run_trial(acme.pk, {"trial_id": trial.pk})
    run_trial(acme.pk, {"trial_id": trial.pk})
    with merchant(acme):
        trial.refresh_from_db()
        assert (trial.orders_seen, RuleTrialOrder.objects.count()) == (3, 3)


def _die(**_: Any) -> None:
    raise KeyboardInterrupt


def test_a_dry_run_looks_at_no_more_orders_than_it_may(
    acme: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.rule_trials.MOST_ORDERS", 2)
    monkeypatch.setattr("orders.services.trials.MOST_ORDERS", 2)
    for _ in range(3):
        an_order(acme)
    trial = a_trial(acme, a_rule(acme, ("tag", "x"), is_active=False))
    run_trial(acme.pk, {"trial_id": trial.pk})
    with merchant(acme):
        trial.refresh_from_db()
    assert (trial.is_cut, trial.orders_total, trial.orders_seen) == (True, 2, 2)


def test_a_dry_run_wants_rules_a_period_and_its_turn(acme: Merchant) -> None:
    rule = a_rule(acme, ("tag", "x"))
    with pytest.raises(NoRules):
        a_trial(acme)
    with merchant(acme), pytest.raises(NoPeriod):
        begin_trial(rule_ids=[rule.pk], since=NOW, until=NOW, actor=ACTOR, now=NOW)
    for _ in range(3):
        a_trial(acme, rule)
    with pytest.raises(TrialsWait):
        a_trial(acme, rule)


def test_a_released_rule_hold_stays_released_until_rule_or_order_change(acme: Merchant) -> None:
    rule = a_rule(acme, ("hold",), ("tag", "seen"), where=GERMANY)
    order = an_order(acme)
    with merchant(acme):
        hold = Hold.objects.get(order=order)
        assert release_hold(hold_id=hold.pk, role="member:operations", actor="user:me", now=NOW)
        recheck_orders(order_ids=[order.pk], actor=ACTOR, now=NOW)
        assert Order.objects.get(pk=order.pk).status == Order.Status.ACCEPTED
        other = said(("hold", "again"), where=GERMANY)
        change_rule(rule_id=rule.pk, said=other, version=None, actor=ACTOR, now=NOW)
        recheck_orders(order_ids=[order.pk], actor=ACTOR, now=NOW)
        held = Order.objects.get(pk=order.pk)
        assert (held.status, held.tags) == (Order.Status.HELD, [])
        assert not OrderTag.objects.exists()


def test_checked_anew_an_order_follows_the_rules_as_they_are_now(acme: Merchant) -> None:
    rule = a_rule(acme, ("hold",), ("tag", "a"), ("priority", "4"))
    order = an_order(acme)
    with merchant(acme):
        recheck_orders(order_ids=[order.pk], actor=ACTOR, now=NOW)
        told = Event.objects.filter(subject_kind="order", subject_id=order.pk)
        assert told.filter(kind="rule.applied").count() == 1
        switch_rule(rule_id=rule.pk, is_active=False, actor=ACTOR, now=NOW)
        recheck_orders(order_ids=[order.pk], actor=ACTOR, now=NOW)
        after = Order.objects.get(pk=order.pk)
        assert (after.status, after.tags, after.priority) == (Order.Status.ACCEPTED, [], 0)
        assert told.filter(kind="rule.no_longer").count() == 1
