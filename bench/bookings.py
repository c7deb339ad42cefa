"""Bookings under kill -9: how many of them the carriers saw twice, or not at all."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import throwaway
from bench.figures import Figure

KILLS = 200


def figures() -> Iterator[Figure]:
    """Book some 200 parcels with three carriers while 200 workers are killed."""
    throwaway.start()
    yield from kills(count=KILLS, parcels=KILLS)


def kills(*, count: int, parcels: int) -> Iterator[Figure]:
    """Book parcels under `count` kills; tell what the carriers or our tables hold twice or lack."""
    from tests.flows import parcels as floor  # noqa: PLC0415 - Django is set up by now
    from tests.flows.killing import kill_workers  # noqa: PLC0415
    from tests.sandbox.program import Program  # noqa: PLC0415

    each = -(-parcels // len(floor.CARRIERS))
    wanted = each * len(floor.CARRIERS)
    with tempfile.TemporaryDirectory(prefix="waybridge-bench-") as folder:
        stand_ins = Program(data=Path(folder), way_seconds=1)
        stand_ins.start()
        try:
            owner = floor.a_house()
            for carrier_code in floor.CARRIERS:
                floor.parcels_for(owner, carrier_code, each)
            environment = floor.worker_environment(
                stand_ins, JOB_LEASE_SECONDS="1", LOOK_UP_AFTER_SECONDS="1"
            )
            began = time.monotonic()
            killed = kill_workers(
                owner, stand_ins, environment, kills=count, parcels=wanted, seed=7
            )
            took = time.monotonic() - began
            seen = floor.booked(owner, stand_ins)
        finally:
            stand_ins.stop()
    rows = (seen.bookings["booked"], seen.labels, seen.charges, seen.tracked, seen.lookups)
    doubled = sum(seen.at_carriers.values()) - len(seen.at_carriers)
    yield Figure("journey.bookings_killed_workers", killed, "kills", f">= {count}")
    yield Figure("journey.bookings_doubled", doubled, "bookings", "= 0")
    yield Figure("journey.bookings_lost", wanted - len(seen.at_carriers), "bookings", "= 0")
    yield Figure("journey.bookings_wrong_rows", sum(n != wanted for n in rows), "tables", "= 0")
    yield Figure("journey.bookings_under_kills_s", took, "s")
