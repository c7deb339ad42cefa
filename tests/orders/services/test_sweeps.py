"""Old dry runs go, and orders from before recipients had a digest get theirs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from core.models import Merchant
from core.retention import kept_days
from core.tenancy import merchant
from flows.together import orders_beside
from orders.files.orders import ParsedLine
from orders.models import Order, RuleTrial, RuleTrialOrder
from orders.services import digests, trials
from orders.services.digests import digest_batch
from orders.services.trials import DRY_RUNS, purge_trials, start_trial
from tests.factories import ACTOR, NOW, a_merchant, a_product, a_warehouse, an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(db: None) -> Merchant:
    a_warehouse()
    owner = a_merchant("acme")
    a_product(owner)
    return owner


def a_trial(owner: Merchant, *, days_old: int, orders: list[Order]) -> int:
    begun = NOW - timedelta(days=days_old)
    with merchant(owner):
        trial = start_trial(
            rules=(), since=begun, until=NOW, orders_total=len(orders), actor=ACTOR, now=begun
        )
        RuleTrialOrder.objects.bulk_create(
            RuleTrialOrder(merchant_id=owner.pk, trial=trial, order=order, ruled=[], changes=[])
            for order in orders
        )
    return trial.pk


def test_old_dry_runs_go_with_their_results_in_batches(
    acme: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "PURGED", 2)
    other = a_merchant("other")
    orders = [an_order(acme) for _ in range(5)]
    kept = kept_days(DRY_RUNS, on=NOW.date())
    a_trial(acme, days_old=kept + 2, orders=orders)
    a_trial(other, days_old=kept + 1, orders=[])
    young = a_trial(acme, days_old=kept - 1, orders=orders[:2])
    assert purge_trials(now=NOW, batches=2) == 0
    with merchant(acme):
        assert RuleTrialOrder.objects.count() == 1 + 2
    assert purge_trials(now=NOW) == 2
    with merchant(acme):
        assert list(RuleTrial.objects.values_list("pk", flat=True)) == [young]
        assert RuleTrialOrder.objects.count() == 2
        assert Order.objects.count() == 5
    with merchant(other):
        assert not RuleTrial.objects.exists()
    assert purge_trials(now=NOW) == 0


def test_orders_from_before_the_digest_get_the_one_a_new_order_has(
    acme: Merchant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(digests, "BATCH", 2)
    orders = [an_order(acme) for _ in range(3)]
    with merchant(acme):
        was = dict(Order.objects.values_list("pk", "address_digest"))
        assert all(was.values())
        Order.objects.update(address_digest="")
        Order.objects.filter(pk=orders[0].pk).update(status="shipped")
        Order.objects.filter(pk=orders[1].pk).update(street_1="")
    call_command("digest_addresses")
    assert "done: 1 digested" in capsys.readouterr().out
    with merchant(acme):
        now = dict(Order.objects.values_list("pk", "address_digest"))
    assert now == {**dict.fromkeys(was, ""), orders[2].pk: was[orders[2].pk]}
    assert digest_batch(after_id=orders[1].pk).digested == 0


def test_an_order_that_got_its_digest_is_suggested_with_others(acme: Merchant) -> None:
    old = an_order(acme, recipient_name="Erika Mustermann")
    with merchant(acme):
        Order.objects.update(address_digest="")
    an_order(
        acme,
        recipient_name="Erika Mustermann",
        lines=(ParsedLine(1, "1", "MUG-BLUE", "", 1, Decimal("9.50")),),
    )
    with merchant(acme):
        old.refresh_from_db()
        assert orders_beside(old, now=NOW) is None
    call_command("digest_addresses")
    with merchant(acme):
        old.refresh_from_db()
        assert orders_beside(old, now=NOW) is not None
