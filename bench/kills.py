"""Many kills during a longer journey: what was lost or done twice, compared with a quiet run."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import requests

from bench.figures import Figure
from tests.journey.disturbances import Disturber
from tests.journey.running import Ran, doubles, finish, make_files, rows, start_journey
from tests.stack import ephemeral_stack

ORDERS = int(os.environ.get("BENCH_KILL_ORDERS", "300"))
KILLS = 40
DOUBLED = """
SELECT count(*) FROM (
  SELECT 1 FROM core_document GROUP BY merchant_id, kind, number HAVING count(*) > 1
  UNION ALL SELECT 1 FROM billing_charge GROUP BY merchant_id, booking_id HAVING count(*) > 1
  UNION ALL SELECT 1 FROM shipping_booking WHERE status = 'booked'
    GROUP BY merchant_id, parcel_id HAVING count(*) > 1
  UNION ALL SELECT 1 FROM core_job WHERE status = 'failed'
) AS twice
"""
"""Papers, charges and bookings of the same thing, and jobs that gave up."""


def figures() -> Iterator[Figure]:
    """Run the same file twice, each on an installation of its own, one of them disturbed."""
    with tempfile.TemporaryDirectory() as folder:
        quiet, _, took = _run(Path(folder) / "quiet", disturbed=False)
        yield Figure("journey.kills_quiet_run_s", took, "s")
        ran, wrong, took = _run(Path(folder) / "killed", disturbed=True)
        yield Figure("journey.kills_disturbed_run_s", took, "s")
        # Inside: the totals are read from the runs' own files.
        wrong += sum(abs(ran.counts[name] - quiet.counts[name]) for name in quiet.counts)
    yield Figure("journey.kills_lost_or_doubled", wrong, "things", "= 0")


def _run(folder: Path, *, disturbed: bool) -> tuple[Ran, int, float]:
    """Return the run, how much exists twice or gave up, and the seconds it took."""
    folder.mkdir()
    files = make_files(folder, ORDERS)
    with ephemeral_stack() as stack:
        disturber = Disturber(stack, seed=7, pause_s=(1.0, 4.0), most=KILLS if disturbed else 0)
        thread = threading.Thread(target=disturber.run)
        began = time.monotonic()
        process = start_journey(stack, files, folder / "out")
        thread.start()
        try:
            ran = finish(process, folder / "out", timeout_s=900)
        finally:
            disturber.stop()
            thread.join()
        took = time.monotonic() - began
        if ran.code:
            raise RuntimeError(ran.said)
        if disturbed:
            print(f"killed or emptied: {len(disturber.done)}", file=sys.stderr)  # noqa: T201
        state = requests.get(f"{stack.sandbox_url}/_state", timeout=10).json()
        booked = sum(found.get("bookings", 0) for found in state["partners"].values())
        wrong = len(doubles(state)) + abs(booked - ran.counts["booked"])
        return ran, wrong + int(rows(stack, DOUBLED)[0][0]), took
