"""Partners whose accounts refuse our credentials: known to every process, shown to the staff.

The first refusal stops every further call of that account, at once and for all merchants. One call
is let through now and then, and when a person says so; the first real answer ends the stop, and the
jobs that waited for it go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F

from core.models import Job, PartnerStop
from core.tenancy import across_merchants

TRY_AGAIN_JOBS = 20
UNANSWERED_AGAIN = timedelta(minutes=1)
BATCH = 500


@dataclass(frozen=True, slots=True)
class Let:
    """Whether a call may be made: `until` is set when not; `stop_ids` are tried by making it."""

    stop_ids: tuple[int, ...] = ()
    until: datetime | None = None


def probe_seconds() -> float:
    """Return how long after a refusal one call is let through."""
    return float(settings.PARTNER_PROBE_SECONDS)


def let_through(*, partner: str, account: str, operation: str, now: datetime) -> Let:
    """Tell whether a call may be made; where its turn to try has come, nobody else gets that turn.

    Called outside of any transaction, so that the turn is taken before the call is made.
    """
    taken = []
    for stop in _open(partner, operation).filter(account=account).order_by("pk"):
        mine = PartnerStop.objects.filter(pk=stop.pk, next_try_at=stop.next_try_at)
        later = now + timedelta(seconds=probe_seconds())
        if stop.next_try_at > now:
            return Let(until=stop.next_try_at)
        if not mine.update(next_try_at=later):
            return Let(until=later)
        taken.append(stop.pk)
    return Let(stop_ids=tuple(taken))


def stopped_until(*, partner: str, operation: str, now: datetime) -> datetime | None:
    """Return until when no call of this kind is let through, None when one would be now."""
    waits = _open(partner, operation).filter(next_try_at__gt=now)
    return waits.order_by("-next_try_at").values_list("next_try_at", flat=True).first()


def _open(partner: str, operation: str) -> models.QuerySet[PartnerStop]:
    rows = PartnerStop.objects.filter(partner=partner, cleared_at__isnull=True)
    return rows.filter(operation__in=["", operation])


def refused(*, partner: str, account: str, operation: str, status: int, now: datetime) -> None:
    """Write down a refusal: 401 is about the whole account, 403 about the one operation."""
    about = operation if status == 403 else ""
    next_try_at = now + timedelta(seconds=probe_seconds())
    known = PartnerStop.objects.filter(
        partner=partner, account=account, operation=about, cleared_at__isnull=True
    )
    again = {"refused_at": now, "refusals": F("refusals") + 1, "next_try_at": next_try_at}
    if known.update(**again):
        return
    try:
        with transaction.atomic():
            PartnerStop.objects.create(
                partner=partner, account=account, operation=about, http_status=status,
                since=now, refused_at=now, next_try_at=next_try_at,
            )  # fmt: skip
    except IntegrityError:
        known.update(**again)


def tried(*, stop_ids: tuple[int, ...], is_over: bool, now: datetime) -> None:
    """Write down what a call came to that was let through: an answer ends the stops."""
    rows = PartnerStop.objects.filter(pk__in=stop_ids, cleared_at__isnull=True)
    if is_over:
        rows.update(cleared_at=now)
    else:
        rows.update(next_try_at=now + UNANSWERED_AGAIN)


def open_stops() -> list[PartnerStop]:
    """Return what stands stopped, the longest first."""
    return list(PartnerStop.objects.filter(cleared_at__isnull=True).order_by("since", "pk")[:50])


def try_again(*, stop_id: int, actor: str, now: datetime) -> bool:
    """Let the next call through, on a person's word; False when the stop is over already.

    A few of the jobs that wait for the partner are put forward, so that one makes that call.
    """
    stop = PartnerStop.objects.filter(pk=stop_id, cleared_at__isnull=True)
    if not stop.update(next_try_at=now, tried_by=actor):
        return False
    with across_merchants("Jobs of any merchant may find out whether a partner takes us again."):
        waiting = _waiting(stop.values_list("partner", flat=True)[0])
        ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:TRY_AGAIN_JOBS])
        waiting.filter(pk__in=ids).update(run_after=now)
    return True


def wake_waiting_jobs(*, now: datetime) -> int:
    """Let the jobs go on that waited for stops which are over; return how many."""
    over = PartnerStop.objects.filter(cleared_at__isnull=False, jobs_woken_at__isnull=True)
    woken = 0
    for stop in list(over.order_by("pk")[:50]):
        while True:
            with across_merchants("The sweep lets jobs go on whose partner takes us again."):
                rows = _waiting(stop.partner).order_by("pk").select_for_update(skip_locked=True)
                ids = list(rows.values_list("pk", flat=True)[:BATCH])
                Job.objects.filter(pk__in=ids).update(run_after=now, waits_for="")
            woken += len(ids)
            if len(ids) < BATCH:
                break
        over.filter(pk=stop.pk).update(jobs_woken_at=now)
    return woken


def _waiting(partner: str) -> models.QuerySet[Job]:
    return Job.objects.filter(status=Job.Status.QUEUED, waits_for=partner).exclude(waits_for="")
