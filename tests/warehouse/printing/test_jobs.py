"""A label is printed once, and again only with a reason; the database holds it, too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.models import Merchant
from core.tenancy import across_merchants, merchant
from flows.booked import settle_booked
from flows.printing import jobs_at, jobs_for, print_waiting, queue_label, reprint, retry, saw_it
from shipping.models import Booking
from tests.factories import ACTOR, NOW
from tests.floor import a_released_wave, label_for, parcels_of
from tests.warehouse.printing.conftest import a_printer, reread
from warehouse.models import Parcel, PrintAgent, Printer, PrintJob, Warehouse
from warehouse.rules.printing import LEASE, SENDING
from warehouse.services.print_agents import begin_job, report_job
from warehouse.services.printing import (
    MayBePrinted,
    NothingToPrint,
    OnItsWay,
    ReasonMissing,
    withdraw_labels,
)

SAYS = "Across merchants as an agent is."
S = PrintJob.Status


def queued(owner: Merchant, parcel: Parcel, printer: Printer | None) -> PrintJob:
    with merchant(owner):
        mine = Parcel.objects.select_for_update().get(pk=parcel.pk)
        return queue_label(
            parcel=mine,
            printer_id=printer.pk if printer else None,
            station="T1",
            actor=ACTOR,
            now=NOW,
        )


def again(job: PrintJob, printer: Printer, reason: str = "smudged", **more: Any) -> PrintJob:
    return reprint(
        job=job, reason=reason, printer_id=printer.pk, station="T1", actor=ACTOR, now=NOW, **more
    )


def leased(agent: PrintAgent, now: Any = NOW) -> list[PrintJob]:
    return [each.job for each in jobs_for(agent=agent, now=now)]


def begun(agent: PrintAgent, job: PrintJob, now: Any = NOW) -> bool:
    with across_merchants(SAYS):
        return begin_job(agent=agent, job_id=job.pk, attempt=job.tries, now=now)


def reported(
    agent: PrintAgent, job: PrintJob, outcome: str, code: str = "", now: Any = NOW
) -> bool:
    with across_merchants(SAYS):
        return report_job(
            agent=agent, job_id=job.pk, attempt=job.tries, outcome=outcome, code=code, detail="",
            now=now,
        )  # fmt: skip


def test_label_is_queued_once_and_names_the_stored_bytes(
    acme: Merchant, parcel: Parcel, printer: Printer
) -> None:
    job = queued(acme, parcel, printer)
    assert queued(acme, parcel, printer).pk == job.pk
    with merchant(acme):
        label = Booking.objects.get().label
    assert label is not None
    assert (job.status, job.document_id, job.sha256) == (S.QUEUED, label.pk, label.sha256)


def test_without_a_label_it_waits_and_goes_on_when_the_label_is_written_down(
    acme: Merchant, house: Warehouse, printer: Printer
) -> None:
    parcel = parcels_of(acme, a_released_wave(acme, house))[0]
    job = queued(acme, parcel, printer)
    assert (job.status, job.document_id) == (S.WAITING, None)
    booking = label_for(acme, parcel)
    with merchant(acme):
        print_waiting(booking_id=booking.pk, now=NOW)
    job = reread(acme, job)
    assert (job.status, job.document_id) == (S.QUEUED, booking.label_id)


def test_booking_that_settles_queues_what_waits(
    acme: Merchant, house: Warehouse, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    parcel = parcels_of(acme, a_released_wave(acme, house))[0]
    job = queued(acme, parcel, printer)
    monkeypatch.setattr("flows.booked._charge", lambda *_: None)
    monkeypatch.setattr("flows.booked.start_tracking", lambda **_: None)
    monkeypatch.setattr("flows.booked._renumber", lambda *_: None)
    booking = label_for(acme, parcel)
    with merchant(acme):
        Booking.objects.filter(pk=booking.pk).update(status="sending")
        settle_booked(
            booking_id=booking.pk, tracking_number=booking.tracking_number, label=booking.label,
            actor=ACTOR, now=NOW,
        )  # fmt: skip
    assert reread(acme, job).status == S.QUEUED


def test_database_refuses_a_second_live_label(
    acme: Merchant, parcel: Parcel, printer: Printer
) -> None:
    job = queued(acme, parcel, printer)
    row = {
        "warehouse_id": job.warehouse_id, "parcel_id": parcel.pk, "document_id": job.document_id,
        "asked_by": ACTOR, "created_at": NOW, "status": S.QUEUED,
    }  # fmt: skip
    with merchant(acme):
        PrintJob.objects.filter(pk=job.pk).update(status=S.FAILED)
        with pytest.raises(IntegrityError, match="print_first_once"), transaction.atomic():
            PrintJob.objects.create(**row)
        with pytest.raises(IntegrityError, match="print_again_has_reason"), transaction.atomic():
            PrintJob.objects.create(**row, reprint_of_id=job.pk)
        PrintJob.objects.create(**row, reprint_of_id=job.pk, reason="torn")
        with pytest.raises(IntegrityError, match="print_on_its_way"), transaction.atomic():
            PrintJob.objects.create(**row, reprint_of_id=job.pk, reason="torn again")


def test_reprint_needs_a_reason_and_gives_the_same_bytes(
    acme: Merchant, parcel: Parcel, printer: Printer, agent: PrintAgent
) -> None:
    job = queued(acme, parcel, printer)
    with pytest.raises(OnItsWay):
        again(job, printer)
    (held,) = leased(agent)
    assert begun(agent, held)
    with pytest.raises(OnItsWay):
        again(job, printer)
    assert reported(agent, held, "confirmed")
    with pytest.raises(ReasonMissing):
        again(job, printer, "  ")
    copy = again(job, printer)
    assert (copy.status, copy.document_id, copy.sha256) == (S.QUEUED, job.document_id, job.sha256)
    assert (copy.reprint_of_id, copy.reason) == (job.pk, "smudged")


def test_nothing_to_print_again_without_a_label(
    acme: Merchant, house: Warehouse, printer: Printer
) -> None:
    parcel = parcels_of(acme, a_released_wave(acme, house))[0]
    with pytest.raises(NothingToPrint):
        again(queued(acme, parcel, printer), printer)


def test_voided_label_is_withdrawn_and_the_next_one_is_the_first(
    acme: Merchant, parcel: Parcel, printer: Printer
) -> None:
    job = queued(acme, parcel, printer)
    with merchant(acme):
        assert withdraw_labels(parcel_id=parcel.pk, now=NOW) == 1
    new = queued(acme, parcel, printer)
    assert new.pk != job.pk
    assert (reread(acme, job).status, new.status) == (S.WITHDRAWN, S.QUEUED)


def test_lost_answer_to_the_first_step_prints_later_and_once(
    acme: Merchant, parcel: Parcel, printer: Printer, agent: PrintAgent
) -> None:
    queued(acme, parcel, printer)
    (held,) = leased(agent)
    assert leased(agent) == []
    (second,) = leased(agent, NOW + LEASE + timedelta(seconds=1))
    assert (second.pk, second.tries) == (held.pk, held.tries + 1)
    late = NOW + LEASE + timedelta(seconds=2)
    assert not begun(agent, held, late), "the first attempt must not send any more"
    assert begun(agent, second, late)
    assert begun(agent, second, late), "asked again after a lost answer"


def test_agent_killed_while_sending_leaves_a_look_and_never_a_second_label(
    acme: Merchant, house: Warehouse, parcel: Parcel, printer: Printer, agent: PrintAgent
) -> None:
    job = queued(acme, parcel, printer)
    (held,) = leased(agent)
    assert begun(agent, held)
    later = NOW + SENDING + timedelta(minutes=5)
    assert leased(agent, later) == []
    (shown,) = jobs_at([house.pk], now=later)
    assert (shown.pk, shown.status) == (job.pk, S.SENT)
    with pytest.raises(OnItsWay):
        retry(job=job, printer_id=printer.pk, now=later)
    assert saw_it(job=job, now=later)
    assert reread(acme, job).status == S.CONFIRMED


def test_dead_printer_is_a_problem_its_jobs_wait_and_go_on(
    acme: Merchant, parcel: Parcel, printer: Printer, agent: PrintAgent
) -> None:
    job = queued(acme, parcel, printer)
    (held,) = leased(agent)
    assert begun(agent, held)
    assert reported(agent, held, "not_sent", "unreachable")
    assert not reported(agent, held, "confirmed"), "the attempt is over"
    printer.refresh_from_db()
    assert "does not answer" in str(printer.fault_said)
    assert (reread(acme, job).status, reread(acme, job).sent_at) == (S.QUEUED, None)
    assert leased(agent) == [], "left alone for a moment"
    later = NOW + timedelta(seconds=60)
    (held,) = leased(agent, later)
    assert begun(agent, held, later)
    assert reported(agent, held, "confirmed", now=later)
    printer.refresh_from_db()
    assert (printer.fault_said, printer.try_after, printer.faults_in_row) == (None, None, 0)
    assert reread(acme, job).status == S.CONFIRMED


def test_refused_file_fails_in_words_and_can_go_to_another_printer(
    acme: Merchant, house: Warehouse, parcel: Parcel, printer: Printer, agent: PrintAgent
) -> None:
    job = queued(acme, parcel, printer)
    (held,) = leased(agent)
    assert begun(agent, held)
    assert reported(agent, held, "refused", "format")
    failed = reread(acme, job)
    assert failed.status == S.FAILED
    assert "does not take this kind of file" in failed.said[0]["text"]
    other = a_printer(house, "Brother 2")
    retry(job=job, printer_id=other.pk, now=NOW)
    assert reread(acme, job).printer_id == other.pk


def test_a_failed_label_that_was_printed_again_since_does_not_go_on(
    acme: Merchant, parcel: Parcel, printer: Printer, agent: PrintAgent
) -> None:
    job = queued(acme, parcel, printer)
    (held,) = leased(agent)
    assert begun(agent, held)
    assert reported(agent, held, "refused", "format")
    copy = again(job, printer)
    with pytest.raises(MayBePrinted):
        retry(job=job, printer_id=printer.pk, now=NOW)
    (held,) = leased(agent)
    assert (held.pk, begun(agent, held), reported(agent, held, "confirmed")) == (
        copy.pk, True, True,
    )  # fmt: skip
    with pytest.raises(MayBePrinted):
        retry(job=job, printer_id=printer.pk, now=NOW)
    assert [reread(acme, each).status for each in (job, copy)] == [S.FAILED, S.CONFIRMED]


def test_what_may_have_come_out_is_not_tried_again_without_a_reason(
    acme: Merchant, parcel: Parcel, printer: Printer, agent: PrintAgent
) -> None:
    job = queued(acme, parcel, printer)
    (held,) = leased(agent)
    assert begun(agent, held)
    assert reported(agent, held, "unclear", "lost")
    copy = again(job, printer)
    assert reread(acme, job).status == S.FAILED
    with pytest.raises(MayBePrinted):
        retry(job=job, printer_id=printer.pk, now=NOW)
    assert copy.status == S.QUEUED


def test_another_buildings_agent_gets_and_says_nothing(
    acme: Merchant, house: Warehouse, parcel: Parcel, printer: Printer, agent: PrintAgent
) -> None:
    from tests.factories import a_warehouse
    from warehouse.services.print_agents import create_agent

    queued(acme, parcel, printer)
    far = create_agent(warehouse=a_warehouse("hkg1"), name="far", actor=ACTOR, now=NOW).agent
    assert leased(far) == []
    (held,) = leased(agent)
    assert not begun(far, held)
    assert begun(agent, held)
    assert not reported(far, held, "confirmed")
