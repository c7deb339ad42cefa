"""Idempotency-Key: one effect, one answer, whoever asks again and however many at once."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from core.idempotency import KeyReused, answer_once
from core.models import Event, IdempotentAnswer, Merchant
from core.tenancy import merchant
from tests.factories import a_merchant
from tests.flows.racing import at_once


@pytest.fixture
def owner(transactional_db: None) -> Merchant:
    return a_merchant("acme")


def effect() -> tuple[int, Any]:
    event = Event.objects.create(
        kind="done", subject_kind="t", subject_id=1, actor="t", at=timezone.now()
    )
    return 201, {"id": event.pk}


def ask(
    owner: Merchant,
    *,
    key: str = "k-1",
    body: bytes = b"{}",
    route: str = "POST /x",
    run: Any = None,
) -> tuple[int, Any, bool]:
    with merchant(owner):
        return answer_once(
            key=key, route=route, body=body, now=timezone.now(), effect=run or effect
        )


def effects(owner: Merchant) -> int:
    with merchant(owner):
        return Event.objects.filter(kind="done").count()


def test_a_repeated_request_gets_the_first_answer(owner: Merchant) -> None:
    status, answer, replayed = ask(owner)
    assert (status, replayed) == (201, False)
    assert ask(owner) == (201, answer, True)
    assert effects(owner) == 1


@pytest.mark.parametrize("changed", [{"body": b"[]"}, {"route": "POST /y"}])
def test_another_request_under_the_same_key_is_refused(owner: Merchant, changed: Any) -> None:
    ask(owner)
    with pytest.raises(KeyReused):
        ask(owner, **changed)
    assert effects(owner) == 1


def test_the_same_key_of_another_merchant_is_another_key(owner: Merchant) -> None:
    other = a_merchant("other")
    ask(owner)
    assert ask(other)[2] is False
    assert effects(other) == 1


def test_a_fault_stores_nothing_and_the_key_may_be_used_again(owner: Merchant) -> None:
    def fail() -> tuple[int, Any]:
        effect()
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        ask(owner, run=fail)
    assert effects(owner) == 0
    assert ask(owner)[2] is False


def test_eight_at_once_have_one_effect(owner: Merchant) -> None:
    answers = at_once([partial(ask, owner)] * 8)
    assert effects(owner) == 1
    assert sorted(replayed for *_, replayed in answers) == [False] + [True] * 7
    assert len({answer["id"] for _, answer, _ in answers}) == 1
    with merchant(owner):
        assert IdempotentAnswer.objects.count() == 1
