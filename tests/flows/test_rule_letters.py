"""Letters of rules: each order is told once, whatever is killed, refused or at work twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from core.jobs import ForAPerson, Later
from core.models import Job, Merchant
from core.tenancy import merchant
from flows.rule_notices import send_notices
from orders.models import Order, RuleNotice
from tests.factories import a_merchant, a_product, a_warehouse, an_order
from tests.flows.test_automation import a_member, a_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(db: None) -> Merchant:
    a_warehouse()
    owner = a_merchant("acme")
    a_product(owner)
    member = a_member(owner)
    a_rule(owner, ("notify", f"member:{member.pk}"), name="Tell me")
    return owner


def payload(owner: Merchant) -> Any:
    with merchant(owner):
        return Job.objects.get(kind="rules.notify").payload


def die(*_: Any, **__: Any) -> int:
    raise KeyboardInterrupt


def told(*orders: Order) -> list[list[bool]]:
    """For each letter, whether it names each order."""
    return [[order.reference in letter.body for order in orders] for letter in mail.outbox]


@pytest.mark.parametrize("is_sent", [True, False], ids=["after sending", "before sending"])
def test_a_letter_is_not_sent_again_by_itself_after_a_kill(
    acme: Merchant, monkeypatch: pytest.MonkeyPatch, is_sent: bool
) -> None:
    first = an_order(acme)
    said = payload(acme)
    with monkeypatch.context() as killed:
        if is_sent:
            killed.setattr("flows.rule_notices.letter_went", die)
        else:
            killed.setattr(EmailMessage, "send", die)
        with pytest.raises(KeyboardInterrupt):
            send_notices(acme.pk, said)
    sent = [[True]] if is_sent else []
    assert told(first) == sent
    with pytest.raises(ForAPerson, match="orders: 1"):
        send_notices(acme.pk, said)
    assert told(first) == sent

    later = an_order(acme)
    send_notices(acme.pk, {**said, "letter": "another span"})
    assert told(first, later)[len(sent) :] == [[False, True]]

    # A person lets the unclear one go once more: what it told, and nothing else.
    newest = an_order(acme)
    send_notices(acme.pk, said)
    send_notices(acme.pk, said)
    only_first, only_newest = [True, False, False], [False, False, True]
    assert told(first, later, newest)[len(sent) + 1 :] == [only_first, only_newest]
    with merchant(acme):
        assert not RuleNotice.objects.filter(settled_at__isnull=True).exists()


def test_a_letter_that_the_mail_server_refuses_is_tried_again_under_its_name(
    acme: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = an_order(acme)
    said = payload(acme)
    tried: list[str] = []

    def refuse(letter: EmailMessage) -> int:
        tried.append(letter.extra_headers["Message-ID"])
        raise ConnectionRefusedError

    with monkeypatch.context() as away:
        away.setattr(EmailMessage, "send", refuse)
        with pytest.raises(Later):
            send_notices(acme.pk, said)
    send_notices(acme.pk, said)
    assert told(order) == [[True]]
    assert [letter.extra_headers["Message-ID"] for letter in mail.outbox] == tried


def test_two_spans_at_once_tell_each_order_once(
    acme: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one letter is being sent, another span's begins: it finds only what came since."""
    first = an_order(acme)
    said = payload(acme)
    send = EmailMessage.send
    nested: list[Order] = []

    def slow(letter: EmailMessage, *args: Any) -> int:
        if not nested:
            nested.append(an_order(acme))
            send_notices(acme.pk, {**said, "letter": "another span"})
        return int(send(letter, *args))

    monkeypatch.setattr(EmailMessage, "send", slow)
    send_notices(acme.pk, said)
    assert told(first, *nested) == [[False, True], [True, False]]


def test_a_job_queued_before_letters_had_names_still_tells(acme: Merchant) -> None:
    order = an_order(acme)
    said = {name: value for name, value in payload(acme).items() if name != "letter"}
    send_notices(acme.pk, said)
    assert told(order) == [[True]]
