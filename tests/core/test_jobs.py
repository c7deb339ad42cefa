"""The to-do list: leases, waiting, people, poison, fairness, and a broker that is away."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
import redis
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone
from kombu import Connection

import config.celery  # noqa: F401 - the application whose broker messages go to
from core import broker, jobs
from core.jobs import ForAPerson, Later, Work, claim, drain_queue, enqueue, run_one
from core.leases import leases
from core.models import Event, Job, Merchant
from core.querysets import DUE_QUEUES, due_queues
from core.sentences import Sentence
from core.spoken import say_all
from core.tasks import drain as drain_task
from core.tenancy import across_merchants, merchant
from tests.factories import a_merchant
from tests.services import Services

Run = Callable[[int, Mapping[str, Any]], None]


@pytest.fixture
def owner(transactional_db: None) -> Merchant:
    return a_merchant("acme")


@pytest.fixture
def does(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Run], None]]:
    """Register what a job of kind `test.job` does, and leave the broker alone."""
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)

    def register(run: Run) -> None:
        jobs._handlers["test.job"] = jobs._Registered(run, "flow")

    register(lambda *_: None)
    yield register
    del jobs._handlers["test.job"]


def queue(owner: Merchant, *keys: str, again: bool = False, payload: Any = None) -> None:
    with merchant(owner):
        works = [Work("test.job", key, payload or {}) for key in keys]
        enqueue(works, now=timezone.now(), again=again)


def row(owner: Merchant, key: str = "1") -> Job:
    with merchant(owner):
        return Job.objects.get(key=key)


def make_due(owner: Merchant) -> None:
    with merchant(owner):
        Job.objects.update(run_after=timezone.now() - timedelta(seconds=1))


def drain(owner: Merchant) -> bool:
    return drain_queue(merchant_id=owner.pk, queue="flow")


def test_a_job_is_queued_once_and_done_once(owner: Merchant, does: Any) -> None:
    done: list[str] = []
    does(lambda _, payload: done.append(payload["n"]))
    queue(owner, "1", payload={"n": "first"})
    queue(owner, "1", payload={"n": "second"})
    drain(owner)
    drain(owner)
    assert done == ["first"]
    assert row(owner).status == "done"


def test_again_puts_a_done_job_back_with_its_new_payload(owner: Merchant, does: Any) -> None:
    done: list[str] = []
    does(lambda _, payload: done.append(payload["n"]))
    queue(owner, "1", payload={"n": "first"})
    drain(owner)
    queue(owner, "1", payload={"n": "second"}, again=True)
    drain(owner)
    assert done == ["first", "second"]


def test_again_while_the_job_runs_does_it_once_more(owner: Merchant, does: Any) -> None:
    runs: list[int] = []

    def run(*_: Any) -> None:
        runs.append(1)
        if len(runs) == 1:
            queue(owner, "1", again=True)

    does(run)
    queue(owner, "1")
    drain(owner)
    make_due(owner)
    drain(owner)
    assert len(runs) == 2
    assert row(owner).status == "done"


def test_later_waits_without_counting_as_a_failure(owner: Merchant, does: Any) -> None:
    def run(*_: Any) -> None:
        raise Later(60, "The carrier has a limit.")

    does(run)
    queue(owner, "1")
    before = timezone.now()
    for _ in range(jobs.MAX_ATTEMPTS + 2):
        make_due(owner)
        drain(owner)
    waiting = row(owner)
    assert (waiting.status, waiting.attempts) == ("queued", 0)
    assert waiting.last_error == "The carrier has a limit."
    assert waiting.run_after > before + timedelta(seconds=50)


def test_a_job_for_a_person_fails_at_once(owner: Merchant, does: Any) -> None:
    def run(*_: Any) -> None:
        raise ForAPerson("No service fits.")

    does(run)
    queue(owner, "1")
    drain(owner)
    assert (row(owner).status, row(owner).last_error) == ("failed", "No service fits.")
    assert say_all(row(owner).said) == "No service fits."


def test_why_a_job_failed_is_kept_as_sentences_for_every_language(
    owner: Merchant, does: Any
) -> None:
    def run(*_: Any) -> None:
        raise ForAPerson(Sentence("still", "Still to scan: {wanted}.", {"wanted": "MUG-01"}))

    does(run)
    queue(owner, "1")
    drain(owner)
    assert row(owner).last_error == "Still to scan: MUG-01."
    assert row(owner).said[0]["params"] == {"wanted": "MUG-01"}


def test_a_fault_is_tried_again_ever_later_and_then_fails(owner: Merchant, does: Any) -> None:
    def run(*_: Any) -> None:
        raise ValueError("broken")

    does(run)
    queue(owner, "1")
    waits = []
    for _ in range(jobs.MAX_ATTEMPTS):
        drain(owner)
        waits.append(round((row(owner).run_after - timezone.now()).total_seconds()))
        make_due(owner)
    assert waits[:3] == [1, 2, 5]
    assert max(waits) <= jobs.BACKOFF_SECONDS[-1]
    failed = row(owner)
    assert (failed.status, failed.attempts) == ("failed", jobs.MAX_ATTEMPTS)
    assert failed.last_error == "ValueError: broken"
    assert failed.said[0]["code"] == "unknown_fault"


def test_a_refusal_that_calls_itself_permanent_is_not_tried_again(
    owner: Merchant, does: Any
) -> None:
    class Refused(Exception):
        retryable = False

    def run(*_: Any) -> None:
        raise Refused("no such consignee")

    does(run)
    queue(owner, "1")
    drain(owner)
    assert (row(owner).status, row(owner).attempts) == ("failed", 1)


def test_a_handler_that_raises_inside_a_block_leaves_nothing_behind(
    owner: Merchant, does: Any
) -> None:
    def run(merchant_id: int, _: Any) -> None:
        with merchant(merchant_id):
            Event.objects.create(
                kind="half.done", subject_kind="test", subject_id=1, actor="t", at=timezone.now()
            )
            raise ValueError("broken")

    does(run)
    queue(owner, "1")
    drain(owner)
    assert row(owner).last_error == "ValueError: broken"
    with merchant(owner):
        assert not Event.objects.filter(kind="half.done").exists()


def test_a_database_fault_says_nothing_of_the_row(
    owner: Merchant, does: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def run(merchant_id: int, _: Any) -> None:
        with merchant(merchant_id):
            Event.objects.create(
                kind="x", subject_kind="test", subject_id=1, actor="Erika Mustermann",
                at=cast("datetime", None),
            )  # fmt: skip

    does(run)
    queue(owner, "1")
    with caplog.at_level(logging.INFO):
        drain(owner)
    assert "null value" in row(owner).last_error
    assert "Mustermann" not in row(owner).last_error + caplog.text
    assert "test_jobs.py" in caplog.text


def test_a_dead_workers_job_is_taken_when_its_lease_runs_out(owner: Merchant, does: Any) -> None:
    queue(owner, "1")
    now = timezone.now()
    [job] = claim(merchant_id=owner.pk, queue="flow", count=4, now=now)
    leases.let_go(job)
    assert claim(merchant_id=owner.pk, queue="flow", count=4, now=now) == []
    past = now + timedelta(seconds=django_settings.JOB_LEASE_SECONDS + 1)
    [taken] = claim(merchant_id=owner.pk, queue="flow", count=4, now=past)
    leases.let_go(taken)
    assert taken.attempts == 2


def test_a_late_worker_does_not_overwrite_the_one_who_has_the_job_now(
    owner: Merchant, does: Any
) -> None:
    queue(owner, "1")
    now = timezone.now()
    [late] = claim(merchant_id=owner.pk, queue="flow", count=1, now=now)
    leases.let_go(late)
    past = now + timedelta(seconds=django_settings.JOB_LEASE_SECONDS + 1)
    [present] = claim(merchant_id=owner.pk, queue="flow", count=1, now=past)
    run_one(late)
    assert row(owner).status == "queued"
    run_one(present)
    assert row(owner).status == "done"


def test_a_long_job_keeps_its_lease(owner: Merchant, does: Any, settings: Any) -> None:
    settings.JOB_LEASE_SECONDS = 1
    taken: list[Job] = []

    def run(*_: Any) -> None:
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            leases.prolong()
            now = timezone.now()
            taken.extend(claim(merchant_id=owner.pk, queue="flow", count=4, now=now))
            time.sleep(0.2)

    does(run)
    queue(owner, "1", "2")
    drain(owner)
    assert taken == []
    assert {row(owner, "1").status, row(owner, "2").status} == {"done"}
    assert row(owner, "2").attempts == 1


def test_the_thread_prolongs_leases_by_itself(owner: Merchant, does: Any, settings: Any) -> None:
    settings.JOB_LEASE_SECONDS = 0.3
    leases._pid = 0
    seen: list[Any] = []

    def run(*_: Any) -> None:
        for _beat in range(4):
            seen.append(row(owner).lease_until)
            time.sleep(0.2)

    does(run)
    queue(owner, "1")
    drain(owner)
    assert len(set(seen)) > 2
    assert row(owner).status == "done"
    assert row(owner).lease_until is None


def test_a_job_that_kills_its_workers_fails_in_the_end(owner: Merchant, does: Any) -> None:
    does(lambda *_: pytest.fail("not run any more"))
    queue(owner, "1")
    with merchant(owner):
        Job.objects.update(attempts=jobs.MAX_ATTEMPTS)
    drain(owner)
    assert row(owner).status == "failed"
    assert "died" in row(owner).last_error


def test_poison_holds_up_nobody(owner: Merchant, does: Any) -> None:
    def run(_: int, payload: Mapping[str, Any]) -> None:
        if payload["poison"]:
            raise ValueError("poison")

    does(run)
    queue(owner, *[f"bad-{n}" for n in range(10)], payload={"poison": True})
    queue(owner, "good", payload={"poison": False})
    drain(owner)
    assert row(owner, "good").status == "done"


def test_a_busy_merchant_leaves_room_for_the_others(owner: Merchant, does: Any) -> None:
    other = a_merchant("other")
    queue(owner, *[str(n) for n in range(100)])
    queue(other, "only")
    # One worker, messages in the order they were sent; a drain that has more hands itself on.
    messages, order = [owner, other], []
    while messages:
        current = messages.pop(0)
        order.append(current)
        if drain(current):
            messages.append(current)
    assert order[:2] == [owner, other]
    assert row(other, "only").status == "done"
    assert len(order) == 4


def test_two_drains_at_once_do_each_job_once(owner: Merchant, does: Any) -> None:
    done: list[str] = []

    def run(_: int, payload: Mapping[str, Any]) -> None:
        time.sleep(0.002)
        done.append(payload["n"])

    does(run)
    with merchant(owner):
        enqueue([Work("test.job", str(n), {"n": str(n)}) for n in range(60)], now=timezone.now())

    def work() -> None:
        try:
            while drain(owner):
                continue
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done, key=int) == [str(n) for n in range(60)]


def test_a_lost_message_is_found_by_the_sweep(owner: Merchant, does: Any) -> None:
    assert due_queues(now=timezone.now()) == []
    queue(owner, "1")
    assert due_queues(now=timezone.now()) == [(owner.pk, "flow")]
    [job] = claim(merchant_id=owner.pk, queue="flow", count=1, now=timezone.now())
    assert due_queues(now=timezone.now()) == []
    leases.let_go(job)
    late = timezone.now() + timedelta(seconds=django_settings.JOB_LEASE_SECONDS + 1)
    assert due_queues(now=late) == [(owner.pk, "flow")]


def test_the_sweep_names_who_has_waited_longest_first(owner: Merchant, does: Any) -> None:
    others = [a_merchant(f"other-{n}") for n in range(3)]
    for waiting in (others[2], others[0], owner, others[1]):
        queue(waiting, "1")
    found = [merchant_id for merchant_id, _ in due_queues(now=timezone.now(), limit=3)]
    assert found == [others[2].pk, others[0].pk, owner.pk]


def test_a_sweep_over_very_many_jobs_reads_few_rows(owner: Merchant, does: Any) -> None:
    other = a_merchant("other")
    fill = (
        "INSERT INTO core_job (merchant_id, kind, key, queue, payload, status, run_after,"
        " attempts, last_error, created_at)"
        " SELECT %s, 'test.job', n::text, CASE n %% 3 WHEN 0 THEN 'flow' WHEN 1 THEN 'calls'"
        " ELSE 'documents' END, '{}', 'queued', now() - n * interval '1 ms', 0, '', now()"
        " FROM generate_series(1, 50000) AS n"
    )
    with connection.cursor() as cursor:
        cursor.execute(fill, [owner.pk])
        cursor.execute(fill, [other.pk])
        cursor.execute("ANALYZE core_job")
    with across_merchants("The test reads the sweep's plan."), connection.cursor() as cursor:
        cursor.execute(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {DUE_QUEUES}",
            {"now": timezone.now(), "limit": 500},
        )
        [plan] = cursor.fetchone()[0]
    assert len(due_queues(now=timezone.now())) == 6
    read = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
    assert read < 200, plan


@pytest.fixture
def broker_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Point the messages of this process somewhere else, and forget earlier failures."""

    def point(url: str) -> None:
        elsewhere = Connection(url, transport_options=broker.PATIENCE)
        monkeypatch.setattr("core.broker._connection", lambda: elsewhere)
        monkeypatch.setattr("core.broker._Quiet.until", 0.0)

    yield point
    broker._Quiet.until = 0.0


def test_a_broker_that_hangs_costs_a_request_less_than_a_second_and_the_next_nothing(
    owner: Merchant, broker_at: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    jobs._handlers.setdefault("test.job", jobs._Registered(lambda *_: None, "flow"))
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(5)
        broker_at(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0")
        began = time.monotonic()
        queue(owner, "1")
        first = time.monotonic() - began
        queue(owner, "2")
        second = time.monotonic() - began - first
    del jobs._handlers["test.job"]
    assert broker.PATIENCE_S <= first < broker.PATIENCE_S + 1
    assert second < 0.4
    assert caplog.text.count("The broker is away") == 2
    with merchant(owner):
        assert Job.objects.count() == 2


def test_a_broker_that_is_gone_fails_at_once_and_is_asked_again_later(
    broker_at: Callable[[str], None], services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker_at("redis+socket:///nowhere/redis.sock")
    with pytest.raises(broker.BrokerAway, match="No such file"):
        broker.send(drain_task, (1, "flow"), queue="test-queue", expires=60)
    broker_at(services.redis_url.replace("unix://", "redis+socket://", 1))
    monkeypatch.setattr("core.broker._Quiet.until", time.monotonic() + 60)
    with pytest.raises(broker.BrokerAway, match="a moment ago"):
        broker.send(drain_task, (1, "flow"), queue="test-queue", expires=60)
    monkeypatch.setattr("core.broker._Quiet.until", 0.0)
    broker.send(drain_task, (1, "flow"), queue="test-queue", expires=60)
    waiting = redis.Redis.from_url(services.redis_url)
    assert waiting.llen("test-queue") == 1
    waiting.delete("test-queue")
