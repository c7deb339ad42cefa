"""The to-do list: rows in Postgres that workers claim under a lease.

A handler is registered for a kind of job, takes the merchant's id and the job's payload, runs
outside of any transaction, and may run twice: after a kill, its lease runs out and another worker
takes the job again. It therefore moves states by conditional updates, and says `Later` when the
world is not ready yet.
"""

from __future__ import annotations

import json
import logging
import os
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseFault
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from core import broker
from core.leases import leases
from core.models import Job, SuspendedMerchant
from core.sentences import Sentence, gettext_noop, stored, verbatim
from core.tenancy import active_merchant_id, merchant
from core.wakes import wakes

log = logging.getLogger("waybridge.jobs")

MAX_ATTEMPTS = 12
SUSPENDED = "The merchant is suspended."
SUSPENDED_WAIT = timedelta(hours=1)
"""How long put-off work stays out of the sweep's sight; a reinstatement wakes it at once."""
BACKOFF_SECONDS = (1, 2, 5, 15, 60, 300, 900, 3600)

Handler = Callable[[int, Mapping[str, Any]], None]


class Later(Exception):
    """The job cannot be done yet (a limit, an outage): try again after `seconds`.

    `waits_for` names a partner that refuses our credentials: mended, the job goes on at once.
    `has_moved` says that this run got something done: earlier attempts that ended badly are
    forgotten, else a job without an end would use up all it may have over the months.
    """

    def __init__(
        self, seconds: float, reason: str, *, waits_for: str = "", has_moved: bool = False
    ) -> None:
        super().__init__(reason)
        self.has_moved = has_moved
        self.seconds = seconds
        self.reason = reason
        self.waits_for = waits_for


class ForAPerson(Exception):
    """The job cannot be done by a machine; it fails at once and shows up on Today.

    `said` are our sentences, or texts in somebody else's own words; both are kept with the job.
    """

    def __init__(self, *said: Sentence | str) -> None:
        self.sentences = tuple(
            each if isinstance(each, Sentence) else verbatim(each) for each in said
        )
        super().__init__(" ".join(sentence.text for sentence in self.sentences))


@dataclass(frozen=True, slots=True)
class _Registered:
    run: Handler
    queue: str
    waits_while_suspended: bool = False


_handlers: dict[str, _Registered] = {}


@dataclass(frozen=True, slots=True)
class Work:
    """One job to be queued. The same `kind` and `key` twice is one job."""

    kind: str
    key: str
    payload: Mapping[str, Any]
    run_after: datetime | None = None


def handler(
    kind: str, *, queue: str, waits_while_suspended: bool = False
) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of `kind`, in workers of `queue`.

    `waits_while_suspended` is for work towards goods that have not left yet: it stays on the list
    until the merchant is reinstated. What was promised to a carrier, an authority or a buyer goes
    on.
    """

    def register(run: Handler) -> Handler:
        if kind in _handlers:
            raise RuntimeError(f"Two handlers for the job kind {kind!r}.")
        _handlers[kind] = _Registered(run, queue, waits_while_suspended)
        return run

    return register


def enqueue(
    works: Iterable[Work], *, now: datetime, again: bool = False, wakes_workers: bool = True
) -> None:
    """Queue jobs in the current transaction and wake workers when it commits.

    `again=True` puts a job that is done or failed back on the list, with its new payload. Without
    `wakes_workers` the next sweep finds them (`SWEEP_SECONDS`): for work nobody looks out for,
    queued many times a minute by people whose requests should not pay for a message each.
    """
    rows = [
        (
            work.kind,
            work.key,
            _handlers[work.kind].queue,
            json.dumps(dict(work.payload)),
            work.run_after or now,
        )
        for work in works
    ]
    if not rows:
        return
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            QUEUE + (ONCE_MORE if again else ONCE), [active_merchant_id(), now, *columns]
        )
    if not wakes_workers:
        return
    wake_after_commit({queue for _, _, queue, _, run_after in rows if run_after <= now})


# Written out: every order queues its next step on its way in.
QUEUE = (
    "INSERT INTO core_job (merchant_id, status, attempts, last_error, created_at,"
    " kind, key, queue, payload, run_after)"
    " SELECT %s, 'queued', 0, '', %s, row.kind, row.key, row.queue, row.payload, row.run_after"
    " FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]::jsonb[], %s::timestamptz[])"
    " AS row(kind, key, queue, payload, run_after) "
)
ONCE = "ON CONFLICT DO NOTHING"
ONCE_MORE = (
    "ON CONFLICT (merchant_id, kind, key) DO UPDATE SET status = EXCLUDED.status,"
    " payload = EXCLUDED.payload, run_after = EXCLUDED.run_after,"
    " lease_until = NULL, attempts = EXCLUDED.attempts, waits_for = '', given_up_reason = ''"
)


def wake_after_commit(queues: set[str]) -> None:
    """Say "look now" after the commit, once per transaction and queue."""
    merchant_id = active_merchant_id()
    pending = {func.key for _, func, *_ in connection.run_on_commit if isinstance(func, _LookNow)}
    for queue in sorted(queues):
        look_now = _LookNow(merchant_id, queue)
        if look_now.key not in pending:
            transaction.on_commit(look_now, robust=True)


class _LookNow:
    """An on-commit call that can be compared, so that one transaction wakes a queue once."""

    def __init__(self, merchant_id: int, queue: str) -> None:
        self.key = (merchant_id, queue)
        # Django names the call by it where one fails; without it the failure itself would fail.
        self.__qualname__ = "wake_workers"

    def __call__(self) -> None:
        wakes.soon(self.key, wake_workers)


def wake_workers(merchant_id: int, queue: str) -> None:
    """Send the message. Losing it costs one sweep interval, never the job."""
    from core.tasks import drain  # noqa: PLC0415 - the message names the task, the task this file

    try:
        broker.send(drain, (merchant_id, queue), queue=queue, expires=60)
    except broker.BrokerAway as away:
        log.warning("The broker is away; the sweep will find merchant %s: %s", merchant_id, away)


def drain_queue(*, merchant_id: int, queue: str, limit: int = 40, batch: int = 4) -> bool:
    """Do up to `limit` due jobs of one merchant; tell whether more may be waiting."""
    done = 0
    while done < limit:
        jobs = claim(merchant_id=merchant_id, queue=queue, count=batch, now=timezone.now())
        try:
            for job in jobs:
                run_one(job)
        finally:
            leases.let_go(*jobs)
        done += len(jobs)
        if len(jobs) < batch:
            return False
    return True


def claim(*, merchant_id: int, queue: str, count: int, now: datetime) -> list[Job]:
    """Take up to `count` due jobs under a lease; nobody else gets them until it runs out."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    with merchant(merchant_id):
        due = Job.objects.filter(free, queue=queue, status=Job.Status.QUEUED, run_after__lte=now)
        if SuspendedMerchant.objects.filter(pk=merchant_id).exists():
            due.filter(kind__in=kinds_that_wait()).update(
                run_after=now + SUSPENDED_WAIT, last_error=SUSPENDED
            )
        jobs = list(due.order_by("run_after", "id").select_for_update(skip_locked=True)[:count])
        if jobs:
            lease_until = now + timedelta(seconds=settings.JOB_LEASE_SECONDS)
            for job in jobs:
                job.lease_until = lease_until
                job.attempts += 1
                job.worker_pid = os.getpid()
            Job.objects.bulk_update(jobs, ["lease_until", "attempts", "worker_pid"])
    leases.hold(jobs)
    return jobs


def kinds_that_wait() -> list[str]:
    """Return the kinds of work that a suspended merchant's goods do not get."""
    return [kind for kind, known in _handlers.items() if known.waits_while_suspended]


def wait_while_suspended(merchant_id: int) -> None:
    """Put the running job off when its merchant was suspended meanwhile, in the active block."""
    if SuspendedMerchant.objects.filter(pk=merchant_id).exists():
        raise Later(SUSPENDED_WAIT.total_seconds(), SUSPENDED)


def wake_waiting(*, now: datetime) -> None:
    """Make the active merchant's work due that waited for its reinstatement."""
    waiting = Job.objects.filter(status=Job.Status.QUEUED, kind__in=kinds_that_wait())
    if waiting.filter(last_error=SUSPENDED).update(run_after=now, last_error=""):
        wake_after_commit({_handlers[kind].queue for kind in kinds_that_wait()})


def run_one(job: Job) -> None:
    """Do one claimed job and write down how it went."""
    if job.attempts > MAX_ATTEMPTS:
        # Every earlier attempt ended without a word: the job takes its worker with it.
        died = Sentence("workers_died", gettext_noop("Its workers died again and again."))
        last_error = f"{died.text} {job.last_error}"
        _finish(job, status=Job.Status.FAILED, last_error=last_error, said=stored([died]))
        return
    try:
        _handlers[job.kind].run(job.merchant_id, job.payload)
    except Later as later:
        _finish(
            job,
            last_error=later.reason,
            run_after=timezone.now() + timedelta(seconds=later.seconds),
            attempts=0 if later.has_moved else max(job.attempts - 1, 0),
            waits_for=later.waits_for,
        )
    except ForAPerson as reason:
        said = stored(reason.sentences)
        _finish(job, status=Job.Status.FAILED, last_error=str(reason), said=said)
    except Exception as error:  # noqa: BLE001 - a worker outlives every job
        fault = _fault(error)
        where = "".join(traceback.format_tb(error.__traceback__))
        about = (job.kind, job.key, job.merchant_id, fault, where)
        log.error("Job %s %s of merchant %s failed: %s\n%s", *about)
        # A partner's refusal says of itself that asking again changes nothing.
        is_permanent = not getattr(error, "retryable", True)
        _after_fault(job, fault, attempts=MAX_ATTEMPTS if is_permanent else job.attempts)
    else:
        _finish(job, status=Job.Status.DONE, finished_at=timezone.now(), last_error="", said=[])


def take_along(*, kind: str, count: int, now: datetime) -> list[Job]:
    """Lock up to `count` further due jobs of a kind in the active block, the oldest first.

    For a handler that does many at once: it does what they ask for and calls `finish_along` in the
    same transaction. Rolled back, they are as they were, for a worker to claim one by one.
    """
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    due = Job.objects.filter(
        free, kind=kind, queue=_handlers[kind].queue, status=Job.Status.QUEUED, run_after__lte=now
    )
    jobs = due.only("payload").order_by("run_after", "id")
    return list(jobs.select_for_update(skip_locked=True)[:count])


def finish_along(jobs: Iterable[Job], *, now: datetime) -> None:
    """Write down that jobs got by `take_along` are done."""
    Job.objects.filter(pk__in=[job.pk for job in jobs]).update(
        status=Job.Status.DONE, finished_at=now, attempts=F("attempts") + 1, lease_until=None,
        last_error="", said=[], worker_pid=os.getpid(),
    )  # fmt: skip


def _fault(error: Exception) -> str:
    """Name a fault. What Postgres adds to its first line is the row: names and addresses."""
    text = str(error)
    if isinstance(error, DatabaseFault):
        text = text.partition("\n")[0]
    return f"{type(error).__name__}: {text}"


def _after_fault(job: Job, fault: str, *, attempts: int) -> None:
    if attempts >= MAX_ATTEMPTS:
        text = gettext_noop("A fault the program does not know stopped it ({fault}).")
        said = stored([Sentence("unknown_fault", text, {"fault": fault})])
        _finish(job, status=Job.Status.FAILED, last_error=fault, said=said)
        return
    wait = BACKOFF_SECONDS[min(attempts, len(BACKOFF_SECONDS)) - 1]
    _finish(job, last_error=fault, run_after=timezone.now() + timedelta(seconds=wait))


def _finish(job: Job, **changes: Any) -> None:
    """Write the outcome, unless the lease ran out and somebody else has the job now."""
    leases.let_go(job)
    with merchant(job.merchant_id):
        mine = Job.objects.filter(pk=job.pk, lease_until=job.lease_until)
        mine.update(lease_until=None, **changes)
