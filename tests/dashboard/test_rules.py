"""Rules in Settings, on Today, on an order, and their dry runs, as a person meets them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.tenancy import merchant
from flows.rule_trials import run_trial
from orders.models import AutomationRule, RuleTrial
from tests.dashboard.conftest import Shop
from tests.factories import NOW, an_order

pytestmark = pytest.mark.django_db
Page = Callable[..., str]


def entered(**other: Any) -> dict[str, Any]:
    """What a browser sends for a rule on German orders over 10 EUR."""
    return {
        "version": "0", "name": "Germans", "is_active": "on", "match": "all", "g0-match": "all",
        "g0-c0-field": "country", "g0-c0-operator": "in", "g0-c0-values": "de, at",
        "g0-c0-currency": "",
        "g0-c1-field": "value", "g0-c1-operator": "greater", "g0-c1-values": "10",
        "g0-c1-currency": "eur",
        "g0-c2-field": "", "g0-c2-operator": "is", "g0-c2-values": "", "g0-c2-currency": "",
        "tags": "german, new", "priority": "5", "service": "EASTLINE_STANDARD", "warehouse": "",
        "hold_note": "", "tells_today": "on",
        **other,
    }  # fmt: skip


def the_rule(shop: Shop) -> AutomationRule:
    with merchant(shop.owner):
        return AutomationRule.objects.get()


def test_a_rule_is_made_in_the_form_and_read_again_as_it_was(shop: Shop, page: Page) -> None:
    client = shop.client("operations")
    assert client.post("/settings/rules/new/", entered()).status_code == 302
    listed = page("/settings/rules/")
    assert "Country is one of DE, AT and Value of goods is more than 10 EUR" in listed
    assert "EastLine Standard" in listed
    rule = the_rule(shop)
    form = page(f"/settings/rules/{rule.pk}/")
    assert 'value="DE, AT"' in form
    assert 'value="german, new"' in form
    again = client.post(f"/settings/rules/{rule.pk}/", entered(version="1"))
    assert (again.status_code, the_rule(shop).version) == (302, 1)
    client.post(f"/settings/rules/{rule.pk}/", entered(version="1", name="Other"))
    assert the_rule(shop).version == 2
    late = client.post(f"/settings/rules/{rule.pk}/", entered(version="1", name="Late"))
    assert late.status_code == 400
    assert "Somebody changed this rule meanwhile" in late.content.decode()


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"name": ""}, "Name: enter what you call the rule."),
        ({"g0-c1-operator": "contains"}, "This field cannot be compared that way."),
        ({"g0-c1-values": "much"}, "“much” is not a number."),
        ({"g0-c1-currency": ""}, "three capital letters of the currency"),
        ({"priority": "900"}, "The priority is a whole number from -100 to 100."),
        ({"service": "GONE"}, "The service GONE is not offered any more."),
        ({"members": "member:99999"}, "has left the team"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_entered_stays(
    shop: Shop, other: dict[str, str], words: str
) -> None:
    answer = shop.client().post("/settings/rules/new/", entered(**other))
    text = answer.content.decode()
    assert answer.status_code == 400
    assert words in text
    assert 'value="de, at"' in text
    with merchant(shop.owner):
        assert not AutomationRule.objects.exists()


def test_rows_and_groups_are_added_without_javascript(shop: Shop) -> None:
    client = shop.client()
    one_more = client.post("/settings/rules/new/", entered(add="g0")).content.decode()
    assert 'name="g0-c3-field"' in one_more
    group = client.post("/settings/rules/new/", entered(add="group")).content.decode()
    assert 'name="g1-c0-field"' in group
    with merchant(shop.owner):
        assert not AutomationRule.objects.exists()


def test_rules_are_moved_switched_and_removed(shop: Shop, page: Page) -> None:
    client = shop.client()
    for name in ("One", "Two"):
        client.post("/settings/rules/new/", entered(name=name))
    with merchant(shop.owner):
        one, two = AutomationRule.objects.order_by("position")
    client.post(f"/settings/rules/{two.pk}/move/", {"to": "up"})
    client.post(f"/settings/rules/{one.pk}/switch/", {"to": "off"})
    text = page("/settings/rules/")
    assert text.index("Two") < text.index("One")
    client.post(f"/settings/rules/{two.pk}/remove/")
    rule = the_rule(shop)
    assert (rule.name, rule.is_active) == ("One", False)


def test_roles_that_only_read_see_the_rules_and_no_button(shop: Shop, page: Page) -> None:
    shop.client().post("/settings/rules/new/", entered())
    text = page("/settings/rules/", "read_only")
    assert "Germans" in text
    assert "/switch/" not in text
    assert "/settings/rules/new/" not in text


def test_an_order_shows_its_rules_tags_and_mode_and_today_asks_to_look(
    shop: Shop, page: Page
) -> None:
    shop.client().post("/settings/rules/new/", entered())
    order = an_order(shop.owner)
    detail = page(f"/orders/{order.reference}/")
    assert "Germans (version 1): Tag it: german, new" in detail
    assert "Suggested mode: postal" in detail
    assert "general goods" in detail
    assert "Rule applied" in detail
    assert order.reference in page("/orders/?tag=german")
    assert order.reference not in page("/orders/?tag=french")
    assert "Your rule “Germans” found orders" in page("/")
    rule = the_rule(shop)
    assert order.reference in page(f"/orders/?rule={rule.pk}")
    shop.client().post(f"/settings/rules/{rule.pk}/seen/")
    assert "found orders" not in page("/")


def test_a_dry_run_is_begun_watched_and_downloaded(shop: Shop, page: Page) -> None:
    client = shop.client()
    order = an_order(shop.owner)
    client.post("/settings/rules/new/", {**entered(), "is_active": ""})
    rule = the_rule(shop)
    days = {
        "since": (NOW - timedelta(days=400)).date().isoformat(),
        "until": (timezone.now() + timedelta(days=400)).date().isoformat(),
    }
    begun = client.post("/settings/rules/trials/", {"rules": rule.pk, **days})
    assert begun.status_code == 302
    assert "Waiting for a free worker" in page(begun["Location"])
    with merchant(shop.owner):
        trial = RuleTrial.objects.get()
    run_trial(shop.owner.pk, {"trial_id": trial.pk})
    text = page(begun["Location"])
    assert order.reference in text
    assert "Tags: – → german, new" in text
    assert "hx-trigger" not in page(f"/settings/rules/trials/{trial.pk}/progress/")
    export = client.get(f"/settings/rules/trials/{trial.pk}/export.csv")
    rows = b"".join(export).decode().splitlines()
    assert len(rows) == 2
    assert order.reference in rows[1]
    for bad in ({"rules": rule.pk, "since": "soon"}, {**days}, {**days, "rules": rule.pk,
                "since": days["until"], "until": days["since"]}):  # fmt: skip
        assert client.post("/settings/rules/trials/", bad).status_code == 400
