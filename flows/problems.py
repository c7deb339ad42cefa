"""Work that stopped and partners that refuse us: what staff see of it, and what they may do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Staff
from core import partner_stops
from core.failed_jobs import Word, give_up_failed, retry_failed
from core.models import Job, PartnerStop
from core.tenancy import across_merchants, merchant
from customs.models import Declaration
from orders.models import Import, Order
from shipping.models import Booking, Handover
from tracking.models import PartnerDelivery, TrackedParcel
from tracking.words import carrier_words
from warehouse.models import Parcel, Wave

PAGE = 50
COUNTED = 1000
"""Failed jobs are counted up to this: beyond it no number helps anybody."""

CREDENTIALS: Mapping[str, tuple[str, ...]] = {
    "dhl_express": ("DHL_EXPRESS_USERNAME", "DHL_EXPRESS_PASSWORD", "DHL_EXPRESS_ACCOUNT"),
    "postal": ("POSTAL_KEY",),
    "line": ("LINE_KEY",),
    "customs": ("CUSTOMS_KEY",),
    "delivery": ("DELIVERY_KEY",),
}
"""Names of the settings that hold a partner's credentials; never the credentials."""


KINDS_OF_ROLE: Mapping[str, tuple[str, ...]] = {
    "customs": ("clearance.",),
    "support": ("booking.", "channels.", "delivery.", "export.", "papers.", "suppliers."),
}
"""How the names of the work begin that a role of the staff tries again or gives up. An
administrator may do so with all of it; what stands nowhere here is for them alone."""


def kinds_of(role: str) -> tuple[str, ...]:
    """Return how the kinds of work begin that a role sees to; an empty beginning is that of all."""
    return ("",) if role == Staff.Role.ADMIN else KINDS_OF_ROLE.get(role, ())


class NotFailed(Exception):
    """The job does not stand failed any more: a worker or another person was first."""


class StopOver(Exception):
    """The partner takes our credentials again."""


@dataclass(frozen=True, slots=True)
class About:
    """What a job is about: its name, the warehouse where it is one's (else 0), and its order."""

    name: str = ""
    warehouse_id: int = 0
    order_id: int = 0


@dataclass(frozen=True, slots=True)
class Stopped:
    """One failed job with what it is about."""

    job: Job
    about: About


def failed_jobs(
    *, below: int | None, kinds: Sequence[str] = ("",)
) -> tuple[list[Stopped], int | None]:
    """Return a page of failed jobs, newest first, and where the next page begins.

    `kinds` are beginnings of the kinds of work.
    """
    with across_merchants("Staff see to every merchant's work that stopped."):
        rows = Job.objects.filter(status=Job.Status.FAILED).select_related("merchant")
        if below is not None:
            rows = rows.filter(pk__lt=below)
        if "" not in kinds:
            rows = rows.filter(_begins(kinds))
        found = list(rows.order_by("-id")[: PAGE + 1])
        about = subjects(found[:PAGE])
    listed = [Stopped(job, about.get(job.pk, About())) for job in found[:PAGE]]
    return listed, found[PAGE - 1].pk if len(found) > PAGE else None


def _begins(kinds: Sequence[str]) -> Q:
    # Each only compares a prefix; without any there is nothing to see.
    wanted = Q(pk__in=[])
    for kind in kinds:
        wanted |= Q(kind__startswith=kind)
    return wanted


def count_failed() -> int:
    """Count failed jobs up to `COUNTED`, inside the caller's crossing."""
    return Job.objects.filter(status=Job.Status.FAILED)[:COUNTED].count()


def subjects(jobs: Iterable[Job]) -> dict[int, About]:
    """Map jobs (by id) to what they are about, in one query per kind, inside the caller's block."""
    wanted: dict[str, set[int]] = {}
    keys: dict[int, tuple[str, int]] = {}
    for job in jobs:
        key = _key(job)
        if key is not None:
            keys[job.pk] = key
            wanted.setdefault(key[0], set()).add(key[1])
    found = {
        (name, pk): About(str(label), warehouse_id or 0, order_id or 0)
        for name, ids in wanted.items()
        for pk, label, warehouse_id, order_id in _read(name, ids)
    }
    return {job_id: found[key] for job_id, key in keys.items() if key in found}


def _key(job: Job) -> tuple[str, int] | None:
    """Name what the payload points at. A delivery's parcel is a tracked one, with its own ids."""
    for name, value in job.payload.items():
        if name in _READINGS and isinstance(value, int):
            is_tracked = name == "parcel_id" and job.kind.startswith("delivery.")
            return ("tracked_id" if is_tracked else name), value
    return None


_PACKED = "booking__parcel__"
_READINGS: Mapping[str, tuple[Any, str, str | None, str | None]] = {
    "parcel_id": (Parcel, "reference", "warehouse_id", "order_id"),
    "tracked_id": (
        TrackedParcel, "tracking_number", f"{_PACKED}warehouse_id", f"{_PACKED}order_id",
    ),
    "delivery_id": (
        PartnerDelivery, "reference", f"parcel__{_PACKED}warehouse_id",
        f"parcel__{_PACKED}order_id",
    ),
    "booking_id": (Booking, "parcel__reference", "parcel__warehouse_id", "parcel__order_id"),
    "declaration_id": (Declaration, "lrn", f"{_PACKED}warehouse_id", f"{_PACKED}order_id"),
    "order_id": (Order, "reference", None, "id"),
    "import_id": (Import, "file_name", None, None),
    "wave_id": (Wave, "number", "warehouse_id", None),
    "handover_id": (Handover, "number", "warehouse_id", None),
}  # fmt: skip


def _read(name: str, ids: Collection[int]) -> Iterable[tuple[int, str, int | None, int | None]]:
    model, label, warehouse, order = _READINGS[name]
    rows = model.objects.filter(pk__in=ids).values("pk", *filter(None, (label, warehouse, order)))
    for row in rows:
        yield row["pk"], row[label], row.get(warehouse), row.get(order)


def find_job(job_id: int, *, kinds: Sequence[str] = ("",)) -> Job | None:
    """Return a job of such kinds that waits for a person, whoever's it is."""
    with across_merchants("A problem is named by its job's number alone."):
        job = Job.objects.filter(pk=job_id, status=Job.Status.FAILED).first()
        return job if job is not None and job.kind.startswith(tuple(kinds)) else None


def try_job_again(*, job: Job, actor: str, now: datetime) -> None:
    """Put a failed job back on the list, on a person's word; raise `NotFailed`."""
    with merchant(job.merchant_id):
        if not retry_failed(job_id=job.pk, word=Word(_order_of(job), actor, now)):
            raise NotFailed(f"Job {job.pk} does not stand failed.")


def give_job_up(*, job: Job, reason: str, actor: str, now: datetime) -> None:
    """Let a failed job rest, with the reason; raise `NotFailed`."""
    with merchant(job.merchant_id):
        word = Word(_order_of(job), actor, now)
        if not give_up_failed(job_id=job.pk, reason=reason, word=word):
            raise NotFailed(f"Job {job.pk} does not stand failed.")


def _order_of(job: Job) -> tuple[str, int] | None:
    order_id = subjects([job]).get(job.pk, About()).order_id
    return ("order", order_id) if order_id else None


def partner_problems() -> list[PartnerStop]:
    """Return the partners that refuse our credentials, the longest first."""
    return partner_stops.open_stops()


def try_partner_again(*, stop_id: int, actor: str, now: datetime) -> None:
    """Let one call through to see whether a partner takes us again; raise `StopOver`."""
    if not partner_stops.try_again(stop_id=stop_id, actor=actor, now=now):
        raise StopOver(f"Stop {stop_id} is over.")


def credential_names(partner: str) -> str:
    """Return the names of the settings to look at for a partner."""
    return ", ".join(CREDENTIALS.get(partner, (partner,)))


def partner_words(partner: str) -> str:
    """Return a partner's name for people."""
    if partner == "customs":
        return _("Customs")
    return carrier_words("partner" if partner == "delivery" else partner)
