"""Print jobs: one label is queued once, and again only with a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from core.events import record
from core.models import Document
from core.sentences import stored
from core.states import move
from core.tenancy import active_merchant_id
from warehouse.models import Parcel, PrintJob
from warehouse.rules.printing import BY_A_PERSON
from warehouse.states import PRINT_MOVES

S = PrintJob.Status


class NothingToPrint(Exception):
    """The parcel has no label that could be printed again."""


class ReasonMissing(Exception):
    """A label is printed again only with a reason."""


class OnItsWay(Exception):
    """The label is on its way already; printed again now, there would be two."""


class MayBePrinted(Exception):
    """It cannot be ruled out that the label came out: to print it again needs a reason."""


def ask_for_label(
    *,
    parcel: Parcel,
    label_id: int | None,
    printer_id: int | None,
    station: str,
    actor: str,
    now: datetime,
) -> PrintJob:
    """Queue a parcel's label, or let it wait for its label; a parcel that has a job keeps it.

    The caller holds the parcel's row, as whoever brings the label does (`label_arrived`).
    """
    job = PrintJob(
        merchant_id=active_merchant_id(),
        warehouse_id=parcel.warehouse_id,
        printer_id=printer_id,
        station=station,
        parcel=parcel,
        document_id=label_id,
        status=S.QUEUED if label_id else S.WAITING,
        asked_by=actor,
        created_at=now,
        queued_at=now if label_id else None,
    )
    with connection.cursor() as cursor:
        cursor.execute(ASK, {name: getattr(job, name) for name in ASKED})
        new = cursor.fetchone()
    if new is None:
        first = PrintJob.objects.filter(parcel=parcel, reprint_of__isnull=True)
        return first.exclude(status=S.WITHDRAWN).get()
    job.pk, job.sha256 = new
    job._state.adding, job._state.db = False, connection.alias
    return job


ASKED = ("merchant_id", "warehouse_id", "printer_id", "station", "parcel_id", "document_id",
         "status", "asked_by", "created_at", "queued_at")  # fmt: skip
# Written out: every piece that is scanned at the single-item station waits for it.
ASK = """
INSERT INTO warehouse_printjob (merchant_id, warehouse_id, printer_id, station, parcel_id,
  document_id, sha256, status, said, tries, reason, asked_by, created_at, queued_at)
VALUES (%(merchant_id)s, %(warehouse_id)s, %(printer_id)s, %(station)s, %(parcel_id)s,
  %(document_id)s, COALESCE((SELECT d.sha256 FROM core_document d
    WHERE d.merchant_id = %(merchant_id)s AND d.id = %(document_id)s), ''),
  %(status)s, '[]', 0, '', %(asked_by)s, %(created_at)s, %(queued_at)s)
ON CONFLICT DO NOTHING RETURNING id, sha256
"""


def label_arrived(*, parcel_id: int, label: Document, now: datetime) -> bool:
    """Queue the job that waits for this parcel's label; False when none does.

    The caller locked the parcel's row before the label was written down, else a job that begins to
    wait at the same moment would wait for ever.
    """
    waiting = PrintJob.objects.filter(parcel_id=parcel_id, status=S.WAITING)
    return bool(waiting.update(status=S.QUEUED, document=label, sha256=label.sha256, queued_at=now))


def print_again(
    *,
    parcel: Parcel,
    reason: str,
    printer_id: int | None,
    station: str,
    actor: str,
    now: datetime,
) -> PrintJob:
    """Queue the same bytes once more, with a reason. The caller holds the parcel's row.

    A copy that was sent counts as not come out from now on. Raises `ReasonMissing`,
    `NothingToPrint`, or `OnItsWay` while a copy is queued or being sent.
    """
    if not reason.strip():
        raise ReasonMissing("Say why it is printed again.")
    jobs = PrintJob.objects.filter(parcel=parcel).exclude(status=S.WITHDRAWN)
    first = jobs.filter(reprint_of__isnull=True).first()
    if first is None or first.document is None:
        raise NothingToPrint("The parcel has no label yet.")
    last = jobs.order_by("-id")[0]
    is_leased = last.lease_until is not None and last.lease_until > now
    if last.status in (S.WAITING, S.QUEUED) or (last.status == S.SENT and is_leased):
        raise OnItsWay("The label is on its way to the printer.")
    move(
        jobs.filter(status=S.SENT), moves=PRINT_MOVES, to=S.FAILED,
        said=stored([BY_A_PERSON]), finished_at=now, lease_until=None,
    )  # fmt: skip
    job = PrintJob.objects.create(
        warehouse_id=first.warehouse_id,
        printer_id=printer_id,
        station=station,
        parcel=parcel,
        document=first.document,
        sha256=first.sha256,
        status=S.QUEUED,
        reprint_of=first,
        reason=reason.strip()[:300],
        asked_by=actor,
        created_at=now,
        queued_at=now,
    )
    record(
        kind="label.reprinted",
        subject_kind="order",
        subject_id=parcel.order_id,
        actor=actor,
        now=now,
        data={"parcel": parcel.reference, "reason": job.reason},
    )
    return job


def try_again(*, job_id: int, printer_id: int | None, now: datetime) -> None:
    """Queue a failed job once more, perhaps at another printer. The caller holds the parcel's row.

    Raises `MayBePrinted` when anything of it was ever sent or it was printed again since,
    `OnItsWay` when it has not failed.
    """
    failed = PrintJob.objects.filter(pk=job_id, status=S.FAILED)
    since = PrintJob.objects.filter(parcel__in=failed.values("parcel"), pk__gt=job_id).exclude(
        status=S.WITHDRAWN
    )
    if failed.filter(sent_at__isnull=False).exists() or since.exists():
        raise MayBePrinted("The label may have come out.")
    if not failed.update(
        status=S.QUEUED, printer_id=printer_id, said=[], queued_at=now, finished_at=None
    ):
        raise OnItsWay("It is on its way again already.")


def confirm_label(*, parcel_id: int, now: datetime) -> bool:
    """Write down that a parcel's label is there: somebody saw or scanned it."""
    seen = PrintJob.objects.filter(parcel_id=parcel_id, status=S.SENT)
    return bool(seen.update(status=S.CONFIRMED, said=[], finished_at=now, lease_until=None))


def opened_in_browser(*, job_id: int, now: datetime) -> bool:
    """Write down that a browser was given the label; False when it was given before."""
    return bool(
        PrintJob.objects.filter(pk=job_id, printer__isnull=True, status=S.QUEUED).update(
            status=S.SENT, sent_at=now, delivered_at=now
        )
    )


def withdraw_labels(*, parcel_id: int, now: datetime) -> int:
    """Take back every print of a parcel whose label no longer holds; return how many.

    The next label is its first again. What came out already is waste paper: say so to the packer.
    """
    live = PrintJob.objects.filter(parcel_id=parcel_id)
    return move(live, moves=PRINT_MOVES, to=S.WITHDRAWN, finished_at=now, lease_until=None)
