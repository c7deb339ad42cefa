"""Stage 5, fulfilment: labels on their way to paper. Once each; again only with a reason."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from core.documents import read
from core.models import Document
from core.tenancy import across_merchants, merchant
from shipping.models import Booking
from shipping.services import attach_label
from warehouse.models import Parcel, PrintAgent, Printer, PrintJob
from warehouse.services.print_agents import begin_job, lease_jobs, report_job
from warehouse.services.printing import (
    MayBePrinted,
    NothingToPrint,
    OnItsWay,
    ReasonMissing,
    ask_for_label,
    confirm_label,
    label_arrived,
    opened_in_browser,
    print_again,
    try_again,
)

S = PrintJob.Status
SHOWN = 100


def queue_label(
    *, parcel: Parcel, printer_id: int | None, station: str, actor: str, now: datetime
) -> PrintJob:
    """Queue a parcel's label at a station's printer, or let it wait for the label, in the block.

    The caller holds the parcel's row. A parcel that has a job keeps it: no second label.
    """
    live = Booking.objects.filter(parcel=parcel, status=Booking.Status.BOOKED)
    label_id = live.values_list("label_id", flat=True).first()
    return ask_for_label(
        parcel=parcel, label_id=label_id, printer_id=printer_id, station=station, actor=actor,
        now=now,
    )  # fmt: skip


def lock_for_label(*, booking_id: int) -> None:
    """Lock a booking's parcel before its label is written down: see `label_arrived`.

    Before the booking's own row, in the order in which whoever books a parcel locks them.
    """
    rows = Parcel.objects.filter(bookings=booking_id).select_for_update(of=("self",))
    list(rows.values_list("pk"))


def write_label(
    *, booking: Booking, label: Document, actor: str = "", now: datetime, by_a_person: bool = False
) -> None:
    """Attach a label that came after the booking and print it where it is waited for."""
    lock_for_label(booking_id=booking.pk)
    if by_a_person:
        attach_label(booking_id=booking.pk, label=label, actor=actor, now=now)
    else:
        attach_label(booking_id=booking.pk, label=label)
    print_waiting(booking_id=booking.pk, now=now)


def print_waiting(*, booking_id: int, now: datetime) -> None:
    """Queue the label of a booking where a station waits for it. The parcel's row is locked."""
    booking = Booking.objects.select_related("label").get(pk=booking_id)
    if booking.label is not None:
        label_arrived(parcel_id=booking.parcel_id, label=booking.label, now=now)


@dataclass(frozen=True, slots=True)
class ToPrint:
    """A job as an agent is given it."""

    job: PrintJob
    printer: Printer
    content_type: str


def jobs_for(*, agent: PrintAgent, now: datetime) -> list[ToPrint]:
    """Lease the next job of each of the agent's printers."""
    with across_merchants("A print agent serves the printers of a building, whoever's the label."):
        jobs = lease_jobs(agent=agent, now=now)
        return [
            ToPrint(job, job.printer, job.document.content_type)
            for job in jobs
            if job.printer is not None and job.document is not None
        ]


def bytes_for(*, agent: PrintAgent, job_id: int) -> tuple[Document, bytes] | None:
    """Return the stored label of a job the agent holds; None for any other.

    Raises `core.documents.DocumentDamaged`.
    """
    with across_merchants("A print agent fetches the label it was given to print."):
        job = (
            PrintJob.objects.filter(pk=job_id, agent=agent, status__in=[S.QUEUED, S.SENT])
            .select_related("document")
            .first()
        )
    if job is None or job.document is None:
        return None
    return job.document, read(job.document)


def begin(*, agent: PrintAgent, job_id: int, attempt: int, now: datetime) -> bool:
    """Note that the agent sends now; False when it must not."""
    with across_merchants("A print agent begins a job by its number."):
        return begin_job(agent=agent, job_id=job_id, attempt=attempt, now=now)


def report(
    *, agent: PrintAgent, job_id: int, attempt: int, outcome: str, code: str, detail: str,
    now: datetime,
) -> bool:  # fmt: skip
    """Note how a job of the agent ended."""
    with across_merchants("A print agent reports a job by its number."):
        return report_job(
            agent=agent, job_id=job_id, attempt=attempt, outcome=outcome, code=code,
            detail=detail, now=now,
        )  # fmt: skip


def needs_look(now: datetime) -> Q:
    """Jobs that go no further by themselves, or of which nobody knows what became."""
    is_over = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return Q(status=S.FAILED) | (Q(status=S.SENT, delivered_at__isnull=True) & is_over)


def jobs_at(warehouse_ids: Collection[int], *, now: datetime) -> list[PrintJob]:
    """Return what a person has to look at, then what waits or was sent lately, newest first."""
    with across_merchants("Staff of a warehouse see to its printers, whoever's the label."):
        rows = PrintJob.objects.filter(warehouse_id__in=warehouse_ids).select_related(
            "parcel", "printer", "merchant", "warehouse"
        )
        # A reprint says more of a parcel than the first print that failed before it.
        looked_after = Q(reprints__isnull=False) & Q(status=S.FAILED)
        problems = list(rows.filter(needs_look(now)).exclude(looked_after).order_by("-id")[:SHOWN])
        known = {job.pk for job in problems}
        rest = rows.filter(status__in=[S.QUEUED, S.SENT, S.WAITING]).order_by("-id")[:SHOWN]
        return problems + [job for job in rest if job.pk not in known]


def jobs_of(reference: str, *, warehouse_ids: Collection[int]) -> list[PrintJob]:
    """Return every print of a parcel by its reference, newest first."""
    with across_merchants("A parcel's reference on a label does not say whose it is."):
        return list(
            PrintJob.objects.filter(
                parcel__reference=reference.upper(), warehouse_id__in=warehouse_ids
            )
            .exclude(status=S.WITHDRAWN)
            .select_related("parcel", "printer", "merchant", "warehouse")
            .order_by("-id")[:SHOWN]
        )


def find_job(job_id: int, *, warehouse_ids: Collection[int]) -> PrintJob | None:
    """Return a print job of the warehouses."""
    with across_merchants("A print job's number does not say whose it is."):
        return (
            PrintJob.objects.filter(pk=job_id, warehouse_id__in=warehouse_ids)
            .select_related("parcel", "printer", "document", "merchant")
            .first()
        )


def reprint(
    *, job: PrintJob, reason: str, printer_id: int | None, station: str, actor: str, now: datetime
) -> PrintJob:
    """Print a parcel's label once more, the same bytes. Raises as `print_again` does."""
    with merchant(job.merchant_id):
        parcel = Parcel.objects.select_for_update().get(pk=job.parcel_id)
        return print_again(
            parcel=parcel, reason=reason, printer_id=printer_id, station=station, actor=actor,
            now=now,
        )  # fmt: skip


def retry(*, job: PrintJob, printer_id: int | None, now: datetime) -> None:
    """Let a job that certainly was not printed go on. Raises `MayBePrinted` or `OnItsWay`."""
    with merchant(job.merchant_id):
        list(Parcel.objects.filter(pk=job.parcel_id).select_for_update().values_list("pk"))
        try_again(job_id=job.pk, printer_id=printer_id, now=now)


def saw_it(*, job: PrintJob, now: datetime) -> bool:
    """Take a person's word that the label is there."""
    with merchant(job.merchant_id):
        return confirm_label(parcel_id=job.parcel_id, now=now)


def give_to_browser(*, job: PrintJob, now: datetime) -> bool:
    """Give a label to the browser that prints it; False when it was given before."""
    with merchant(job.merchant_id):
        return opened_in_browser(job_id=job.pk, now=now)


__all__ = [
    "MayBePrinted", "NothingToPrint", "OnItsWay", "ReasonMissing", "ToPrint", "begin",
    "bytes_for", "find_job", "give_to_browser", "jobs_at", "jobs_for", "jobs_of", "lock_for_label",
    "needs_look", "print_waiting", "queue_label", "report", "reprint", "retry", "saw_it",
    "write_label",
]  # fmt: skip
