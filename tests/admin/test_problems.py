"""Work that stopped: listed with words, tried again or given up with a reason, by one person."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from core.models import Event, Job, Merchant
from core.tenancy import merchant
from tests.factories import NOW
from tests.floor import a_released_wave, ask
from warehouse.models import Warehouse

Staff = Callable[[str], Client]


@pytest.fixture
def job(acme: Merchant, house: Warehouse) -> Job:
    a_released_wave(acme, house)
    with merchant(acme):
        found = Job.objects.get(kind="booking.book")
        Job.objects.filter(pk=found.pk).update(status="failed", last_error="postal_code: unknown")
        return found


def test_listed_in_words_with_its_order_and_counted_on_the_board(staff: Staff, job: Job) -> None:
    support = staff("support")
    [row] = ask(support, "/staff/problems/").json()["jobs"]
    assert (row["words"], row["reason"]) == (
        "Booking with the carrier", "postal_code: unknown",
    )  # fmt: skip
    assert support.get(row["order_url"]).status_code == 200
    assert row["about"] in support.get("/staff/problems/").content.decode()
    floor = staff("floor")
    assert ask(floor, "/stations/").json()["failed"] == 1
    assert "1 piece of work has stopped" in floor.get("/stations/").content.decode()


def test_tried_again_once_and_the_orders_history_tells(
    staff: Staff, acme: Merchant, job: Job
) -> None:
    support = staff("support")
    path = f"/staff/problems/{job.pk}/retry/"
    assert ask(support, path, {}).json()["status"] == "queued"
    assert ask(support, path, {}).status_code == 404
    with merchant(acme):
        assert Job.objects.get(pk=job.pk).status == "queued"
        told = Event.objects.get(kind="job.tried_again")
    assert (told.subject_kind, told.actor) == ("order", "staff:support@operator.example")


def test_given_up_with_a_reason_and_never_done_again(
    staff: Staff, acme: Merchant, job: Job
) -> None:
    support = staff("support")
    path = f"/staff/problems/{job.pk}/give-up/"
    assert ask(support, path, {}).status_code == 400
    assert ask(support, path, {"reason": "The buyer cancelled."}).status_code == 200
    with merchant(acme):
        left = Job.objects.get(pk=job.pk)
        told = Event.objects.get(kind="job.given_up")
    assert (left.status, left.given_up_reason) == ("given_up", "The buyer cancelled.")
    assert told.data["why"] == "The buyer cancelled."
    assert ask(support, "/staff/problems/").json()["jobs"] == []
    assert ask(support, f"/staff/problems/{job.pk}/retry/", {}).status_code == 404


def test_a_role_sees_to_its_own_kinds_of_work_and_the_administrator_to_all(
    staff: Staff, acme: Merchant, job: Job
) -> None:
    """A booking is support's, a declaration customs', an allocation only the administrator's."""
    with merchant(acme):
        others = {
            kind: Job.objects.create(
                kind=kind, key="k", queue="flow", payload={}, status="failed", run_after=NOW,
                created_at=NOW,
            ).pk
            for kind in ("clearance.follow", "allocation.allocate")
        }  # fmt: skip
    mine = {
        "support": {job.pk},
        "customs": {others["clearance.follow"]},
        "admin": {job.pk, *others.values()},
    }
    for role, seen in mine.items():
        client = staff(role)
        listed = {row["id"] for row in ask(client, "/staff/problems/").json()["jobs"]}
        assert listed == seen
        for pk in {job.pk, *others.values()} - seen:
            for act, body in (("retry", {}), ("give-up", {"reason": "no"})):
                assert ask(client, f"/staff/problems/{pk}/{act}/", body).status_code == 404
    with merchant(acme):
        assert Job.objects.filter(status="failed").count() == 3
