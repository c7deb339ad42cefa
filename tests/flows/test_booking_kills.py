"""Workers killed while they book: another one goes on, and every parcel is booked once."""

from __future__ import annotations

from core.models import Merchant
from tests.flows.killing import kill_workers
from tests.flows.parcels import CARRIERS, booked, open_jobs, parcels_for, worker_environment
from tests.sandbox.program import Program

PARCELS_EACH = 4


def test_killed_workers_leave_every_parcel_booked_once(house: Merchant, connected: Program) -> None:
    for carrier_code in CARRIERS:
        parcels_for(house, carrier_code, PARCELS_EACH)
    killed = kill_workers(
        house,
        connected,
        worker_environment(connected, JOB_LEASE_SECONDS="1", LOOK_UP_AFTER_SECONDS="1"),
        kills=10,
        parcels=3 * PARCELS_EACH,
        seed=1,
    )
    assert killed >= 10
    seen = booked(house, connected)
    assert open_jobs(house) == []
    assert seen.bookings == {"booked": 3 * PARCELS_EACH}
    assert set(seen.at_carriers.values()) == {1}
    assert len(seen.at_carriers) == 3 * PARCELS_EACH
    assert seen.labels == seen.charges == seen.ledger_rows == 3 * PARCELS_EACH
    assert seen.tracked == seen.lookups == 3 * PARCELS_EACH
