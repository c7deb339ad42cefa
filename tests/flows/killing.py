"""Workers killed at random while they book a merchant's parcels."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping

from core.models import Job, Merchant
from core.tenancy import merchant
from tests.flows.parcels import BOOKING, CARRIERS
from tests.forks import Workers
from tests.sandbox.program import Program

QUEUES = ("calls", "documents", "flow")
KINDS = ("booking.book", "papers.order", "clearance.prepare")
WORKERS = 2
SLOW_S = 0.15
"""How long the carriers take, so that most kills meet a call on its way."""
LONGEST_LIFE_S = 0.5
GIVE_UP_S = 600


def kill_workers(
    owner: Merchant,
    stand_ins: Program,
    environment: Mapping[str, str],
    *,
    kills: int,
    parcels: int,
    seed: int,
) -> int:
    """Let workers book the merchant's waiting parcels, killing them at random; return the kills.

    Parcels are let go one after the other, so that every kill finds something on its way. Returns
    when all jobs are done and at least `kills` workers were killed.
    """
    chance = random.Random(seed)
    for carrier_code in CARRIERS:
        stand_ins.fault(
            partner=carrier_code, operation=BOOKING[carrier_code], kind="slow", seconds=SLOW_S,
            times=100_000,
        )  # fmt: skip
    waiting = _hold_back(owner, parcels)
    workers = Workers(environment)
    killed, until = 0, time.monotonic() + GIVE_UP_S
    try:
        for _ in range(WORKERS):
            workers.start(merchant_id=owner.pk, queues=QUEUES)
        while killed < kills or waiting or not _is_done(owner):
            if time.monotonic() > until:
                raise TimeoutError(f"{killed} workers killed, and not all is booked.")
            share = max(1, parcels // max(kills, 1))
            while waiting and len(waiting) > parcels - (killed + 1) * share:
                _let_go(owner, waiting.pop())
            time.sleep(chance.uniform(0.02, LONGEST_LIFE_S))
            if killed < kills:
                workers.kill(chance.choice(workers.alive))
                workers.start(merchant_id=owner.pk, queues=QUEUES)
                killed += 1
            else:
                while waiting:
                    _let_go(owner, waiting.pop())
    finally:
        workers.stop()
        stand_ins.call("DELETE", "/_faults")
    return killed


def _hold_back(owner: Merchant, parcels: int) -> list[int]:
    """Put the bookings off; return their jobs' ids."""
    with merchant(owner):
        jobs = Job.objects.filter(kind="booking.book").order_by("-id")
        ids = list(jobs.values_list("id", flat=True))
        if len(ids) != parcels:
            raise ValueError(f"{parcels} parcels should wait, and {len(ids)} do.")
        jobs.update(run_after="2100-01-01T00:00:00Z")
    return ids


def _let_go(owner: Merchant, job_id: int) -> None:
    with merchant(owner):
        Job.objects.filter(pk=job_id).update(run_after="2000-01-01T00:00:00Z")


def _is_done(owner: Merchant) -> bool:
    with merchant(owner):
        return not Job.objects.filter(kind__in=KINDS, status=Job.Status.QUEUED).exists()
