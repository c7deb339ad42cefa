"""A bucket gives no more than the partner allows, to however many workers."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from core.buckets import Limit, learn, take

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
SLOW = Limit(rate_per_s=0.0056, burst=20)


def _take(
    *,
    after_s: float = 0,
    account: str = "amazon:A1",
    operation: str = "search",
    limit: Limit = SLOW,
) -> float:
    return take(
        account=account, operation=operation, limit=limit, now=NOW + timedelta(seconds=after_s)
    )


@pytest.mark.django_db
def test_a_burst_then_the_wait_for_the_next_token() -> None:
    assert [_take() for _ in range(20)] == [0.0] * 20
    assert _take() == pytest.approx(1 / 0.0056, rel=0.01)
    assert _take(after_s=100) == pytest.approx(1 / 0.0056 - 100, rel=0.01)
    assert _take(after_s=179) == 0.0
    assert _take(after_s=179) > 100


@pytest.mark.django_db
def test_a_bucket_never_holds_more_than_its_burst() -> None:
    assert _take() == 0.0
    later = 86_400.0
    assert [_take(after_s=later) for _ in range(20)] == [0.0] * 20
    assert _take(after_s=later) > 0


@pytest.mark.django_db
def test_accounts_and_operations_have_buckets_of_their_own() -> None:
    one = Limit(rate_per_s=1, burst=1)
    assert _take(limit=one) == 0.0
    assert _take(limit=one) > 0
    assert _take(limit=one, account="amazon:A2") == 0.0
    assert _take(limit=one, operation="get") == 0.0


@pytest.mark.django_db
def test_a_clock_that_runs_behind_neither_fills_nor_breaks_the_bucket() -> None:
    one = Limit(rate_per_s=1, burst=1)
    assert _take(limit=one) == 0.0
    assert _take(limit=one, after_s=-50) > 0
    assert _take(limit=one, after_s=1) == 0.0


@pytest.mark.django_db
def test_the_rate_an_answer_named_counts_from_then_on() -> None:
    limit = Limit(rate_per_s=1, burst=1)
    assert _take(limit=limit) == 0.0
    learn(account="amazon:A1", operation="search", now=NOW, rate_per_s=0.1)
    assert _take(limit=limit, after_s=1) == pytest.approx(9, rel=0.01)
    assert _take(limit=limit, after_s=10) == 0.0


@pytest.mark.django_db
def test_a_refusal_keeps_everyone_away_until_its_time_is_over() -> None:
    limit = Limit(rate_per_s=10, burst=10)
    assert _take(limit=limit) == 0.0
    learn(account="amazon:A1", operation="search", now=NOW, blocked_for_s=30)
    learn(account="amazon:A1", operation="search", now=NOW, blocked_for_s=5)
    assert _take(limit=limit, after_s=10) == pytest.approx(20, rel=0.01)
    assert _take(limit=limit, after_s=31) == 0.0


@pytest.mark.django_db(transaction=True)
def test_workers_share_a_bucket_and_none_takes_a_token_twice() -> None:
    limit = Limit(rate_per_s=0.001, burst=30)
    got: list[float] = []

    def worker() -> None:
        got.extend(_take(limit=limit) for _ in range(10))
        connection.close()

    threads = [threading.Thread(target=worker) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 80
    assert got.count(0.0) == 30


@pytest.mark.django_db
def test_account_ids_are_not_readable_in_the_table() -> None:
    _take(account="amazon:A-SELLER-ID")
    with connection.cursor() as cursor:
        cursor.execute("SELECT account FROM core_ratebucket")
        assert all("SELLER" not in account for (account,) in cursor.fetchall())
