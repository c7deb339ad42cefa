"""Refused credentials stop every call at once, are shown, and let all go on once mended."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from core.jobs import Later, claim, run_one
from core.models import Job, Merchant, PartnerStop
from core.partner_stops import wake_waiting_jobs
from core.tenancy import merchant
from flows.partners import OutsideGate, assert_not_stopped, later
from integrations.errors import NotAuthorised, Stopped
from tests.factories import a_merchant, a_product, a_warehouse
from tests.floor import a_released_wave, a_staff_member, ask, logged_in

pytestmark = pytest.mark.django_db
GATE = OutsideGate("postal")


def call(status: int, operation: str = "book") -> None:
    """One call of the post that is answered so; raises `Stopped` when none is made."""
    GATE.before_call("postal", operation)
    GATE.after_call("postal", operation, status, {})


def stop() -> PartnerStop:
    return PartnerStop.objects.get()


def test_one_refusal_stops_the_account_and_nobody_else() -> None:
    call(401)
    with pytest.raises(Stopped) as refused:
        call(200)
    assert 3500 < refused.value.retry_after_s <= 3600
    with pytest.raises(Stopped):
        call(200, "find")
    OutsideGate("line").before_call("line", "book")
    with pytest.raises(Later) as waits:
        assert_not_stopped("postal", "book")
    assert waits.value.waits_for == "postal"


def test_a_forbidden_operation_stops_that_one_alone() -> None:
    call(403, "find")
    call(200, "book")
    with pytest.raises(Stopped):
        call(200, "find")


def test_the_rare_probe_is_one_call_and_its_answer_ends_the_stop() -> None:
    call(401)
    PartnerStop.objects.update(next_try_at=timezone.now())
    GATE.before_call("postal", "book")
    with pytest.raises(Stopped):
        OutsideGate("postal").before_call("postal", "book")
    PartnerStop.objects.update(next_try_at=timezone.now())
    call(401)
    assert (stop().refusals, stop().cleared_at) == (2, None)
    PartnerStop.objects.update(next_try_at=timezone.now())
    call(0)
    assert stop().cleared_at is None
    PartnerStop.objects.update(next_try_at=timezone.now())
    call(422)
    assert stop().cleared_at is not None
    call(200)


def test_what_a_job_is_told() -> None:
    first = later(NotAuthorised("no", partner="postal"), again_after_s=2)
    again = later(Stopped(17.0, "no", partner="postal"), again_after_s=2)
    assert (first.seconds, again.seconds, again.waits_for) == (3600, 17.0, "postal")


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> tuple[Merchant, list[int]]:
    """A booking whose carrier refuses us: asked once, then not again."""
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    owner, asked = _owner(), list[int]()

    class Carrier:
        def book(self, _: Any) -> None:
            asked.append(1)
            GATE.before_call("postal", "book")
            GATE.after_call("postal", "book", 401, {})
            raise NotAuthorised("refused our credentials (401)", partner="postal")

        find_by_reference = book

    monkeypatch.setattr("flows.booking.carrier", lambda _: Carrier())
    monkeypatch.setattr("flows.booking.choose_service", _postal)
    return owner, asked


def _owner() -> Merchant:
    house, owner = a_warehouse(), a_merchant("acme")
    a_product(owner)
    a_released_wave(owner, house)
    return owner


def _postal(_facts: Any, choices: Any, **wishes: Any) -> Any:
    from shipping.rules.choice import choose_service

    return choose_service(_facts, choices, **wishes)


def work(owner: Merchant) -> Job:
    """Do the booking job when it is due, and return how it stands."""
    with merchant(owner):
        Job.objects.exclude(kind="booking.book").delete()
    for job in claim(merchant_id=owner.pk, queue="calls", count=5, now=timezone.now()):
        run_one(job)
    with merchant(owner):
        return Job.objects.get(kind="booking.book")


def test_a_booking_waits_without_asking_and_goes_on_once_staff_say_so(
    waiting: tuple[Merchant, list[int]],
) -> None:
    owner, asked = waiting
    with merchant(owner):
        Job.objects.filter(kind="booking.book").update(run_after=timezone.now())
    job = work(owner)
    assert (job.status, job.waits_for, len(asked)) == ("queued", "postal", 1)
    assert job.run_after > timezone.now() + dt.timedelta(minutes=50)
    staff = logged_in(a_staff_member("support"))
    [row] = ask(staff, "/staff/problems/").json()["partners"]
    assert "POSTAL_KEY" in row["remedy"]
    page = staff.get("/staff/problems/").content.decode()
    assert "Try again" in page
    board = logged_in(a_staff_member("floor", *_houses())).get("/stations/").content.decode()
    assert "were refused" in board
    assert ask(staff, row["try_url"], {}).json()["status"] == "trying"
    assert work(owner).waits_for == "postal"
    assert (len(asked), stop().refusals, stop().tried_by) == (
        2,
        2,
        "staff:support@operator.example",
    )
    PartnerStop.objects.update(cleared_at=timezone.now())
    assert wake_waiting_jobs(now=timezone.now()) == 1
    with merchant(owner):
        job = Job.objects.get(kind="booking.book")
    assert (job.waits_for, job.run_after <= timezone.now()) == ("", True)
    assert wake_waiting_jobs(now=timezone.now()) == 0
    assert ask(staff, row["try_url"], {}).status_code == 409


def _houses() -> list[Any]:
    from warehouse.models import Warehouse

    return list(Warehouse.objects.all())
