"""Whatever is killed, and when: nothing is lost and nothing is done twice."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import requests

from tests.journey.disturbances import FLUSH, Disturber
from tests.journey.running import Files, Ran, doubles, finish, rows, start_journey
from tests.stack import ephemeral_stack

pytestmark = pytest.mark.stack
CHANCES = ("delivered", "lost", "claimed", "claims_paid")
"""Which parcels are lost depends on how many were handed over before, on a shared installation."""


def test_kills_and_an_emptied_redis_end_with_the_totals_of_a_quiet_run(
    undisturbed: Ran, files: Files, tmp_path: Path
) -> None:
    with ephemeral_stack(SANDBOX_WAY_SECONDS="2") as stack:
        disturber = Disturber(stack, seed=20261123, pause_s=(0.5, 2.0), most=9)
        process = start_journey(stack, files, tmp_path)
        thread = threading.Thread(target=disturber.run)
        thread.start()
        try:
            ran = finish(process, tmp_path)
        finally:
            disturber.stop()
            thread.join()
        assert ran.code == 0, ran.said
        assert {FLUSH, "worker", "documents", "web"} <= set(disturber.done), disturber.done
        quiet, counts = undisturbed.counts, ran.counts
        for name in set(counts) - set(CHANCES):
            assert counts[name] == quiet[name], name
        lost = counts["packed"] // 50
        assert counts["lost"] == counts["claimed"] == counts["claims_paid"] == lost
        assert counts["delivered"] == counts["packed"] - lost
        state = requests.get(f"{stack.sandbox_url}/_state", timeout=10).json()
        assert doubles(state) == {}
        booked = sum(found.get("bookings", 0) for found in state["partners"].values())
        assert booked == counts["booked"]
        twice = (
            "SELECT kind, number FROM core_document GROUP BY merchant_id, kind, number"
            " HAVING count(*) > 1"
        )
        assert rows(stack, twice) == []
        assert rows(stack, "SELECT kind, last_error FROM core_job WHERE status = 'failed'") == []
