"""What a print agent does with jobs: lease one for each printer, begin it, report its end.

Everything here crosses merchants: a printer is the building's. `tries` numbers the attempts; a word
about an earlier one changes nothing.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F

from accounts.services import key_hmac
from core.sentences import stored
from warehouse.models import PrintAgent, Printer, PrintJob, Warehouse
from warehouse.rules.printing import LEASE, SENDING, fault_sentences, pause_after

KEY_START = "wbp"
SEEN_EVERY = timedelta(seconds=30)
NOTHING_SENT = ("not_sent", "refused")
S = PrintJob.Status
NEXT = """
SELECT j.id FROM warehouse_printer r CROSS JOIN LATERAL (
  SELECT id FROM warehouse_printjob q
  WHERE q.printer_id = r.id AND q.status = 'queued'
    AND (q.lease_until IS NULL OR q.lease_until < %(now)s)
  ORDER BY q.id LIMIT 1
) j
WHERE r.warehouse_id = %(warehouse)s AND r.is_active
  AND (r.try_after IS NULL OR r.try_after <= %(now)s)
  AND NOT EXISTS (
    SELECT FROM warehouse_printjob b WHERE b.printer_id = r.id
      AND b.status IN ('queued', 'sent') AND b.lease_until >= %(now)s
  )
ORDER BY j.id FOR UPDATE OF r SKIP LOCKED
"""
"""The oldest job of each printer that is not at work and not to be left alone."""


@dataclass(frozen=True, slots=True)
class NewAgent:
    """An agent at the only moment its key exists outside the caller's hands."""

    agent: PrintAgent
    secret: str


def create_agent(*, warehouse: Warehouse, name: str, actor: str, now: datetime) -> NewAgent:
    """Make an agent with a key of 256 random bits; only its HMAC is kept."""
    secret = f"{KEY_START}_{secrets.token_urlsafe(32)}"
    agent = PrintAgent.objects.create(
        warehouse=warehouse, name=name, key_hmac=key_hmac(secret), created_at=now, created_by=actor
    )
    return NewAgent(agent, secret)


def revoke_agent(*, agent_id: int, now: datetime) -> bool:
    """End an agent's key at once; False when it was ended before."""
    live = PrintAgent.objects.filter(pk=agent_id, revoked_at__isnull=True)
    return bool(live.update(revoked_at=now))


def find_agent(*, secret: str, now: datetime) -> PrintAgent | None:
    """Return the live agent of a key, and note that it was seen."""
    if not secret.startswith(f"{KEY_START}_") or len(secret) > 200:
        return None
    agent = PrintAgent.objects.filter(key_hmac=key_hmac(secret), revoked_at__isnull=True).first()
    if agent is not None and (agent.seen_at is None or now - agent.seen_at > SEEN_EVERY):
        PrintAgent.objects.filter(pk=agent.pk).update(seen_at=now)
    return agent


def lease_jobs(*, agent: PrintAgent, now: datetime) -> list[PrintJob]:
    """Give the agent the oldest job of each idle printer for a while. Nothing is sent yet."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, {"warehouse": agent.warehouse_id, "now": now})
        ids = [row[0] for row in cursor.fetchall()]
    free = PrintJob.objects.filter(pk__in=ids, status=S.QUEUED).select_for_update(skip_locked=True)
    mine = PrintJob.objects.filter(pk__in=[job.pk for job in free])
    mine.update(agent=agent, tries=F("tries") + 1, lease_until=now + LEASE)
    return list(mine.select_related("printer", "document").order_by("id"))


def begin_job(*, agent: PrintAgent, job_id: int, attempt: int, now: datetime) -> bool:
    """Write down that sending begins; only after a True may a byte leave. Again says the same."""
    mine = PrintJob.objects.filter(pk=job_id, agent=agent, tries=attempt)
    if mine.filter(status=S.QUEUED, lease_until__gte=now).update(
        status=S.SENT, sent_at=now, lease_until=now + SENDING, said=[]
    ):
        return True
    return mine.filter(status=S.SENT, delivered_at__isnull=True, lease_until__gte=now).exists()


def report_job(
    *, agent: PrintAgent, job_id: int, attempt: int, outcome: str, code: str, detail: str,
    now: datetime,
) -> bool:  # fmt: skip
    """Write down how an attempt ended; False when it is no longer this attempt's to say.

    A word that comes late is still taken, unless a person settled it or it was said before.

    Outcomes: `confirmed`, `delivered`, `not_sent`, `refused`, `unclear` (integrations.printing).
    """
    job = (
        PrintJob.objects.select_for_update()
        .filter(pk=job_id, agent=agent, tries=attempt, status__in=[S.QUEUED, S.SENT])
        .filter(lease_until__isnull=False)
        .first()
    )
    if job is None or (job.status == S.QUEUED and outcome not in NOTHING_SENT):
        return False
    said = stored(fault_sentences(code, detail)) if code else []
    changes: dict[str, dict[str, Any]] = {
        "confirmed": {"status": S.CONFIRMED, "delivered_at": now, "finished_at": now},
        "delivered": {"status": S.SENT, "delivered_at": now},
        "not_sent": {"status": S.QUEUED, "sent_at": None},
        "refused": {"status": S.FAILED, "sent_at": None, "finished_at": now},
        "unclear": {"status": S.SENT},
    }
    PrintJob.objects.filter(pk=job.pk).update(said=said, lease_until=None, **changes[outcome])
    if job.printer_id is None:
        return True
    if outcome in ("confirmed", "delivered"):
        _prints(job.printer_id, now)
    elif code:
        _has_fault(job.printer_id, said, is_alone=outcome != "refused", now=now)
    return True


def _prints(printer_id: int, now: datetime) -> None:
    Printer.objects.filter(pk=printer_id).update(
        fault_said=None, fault_since=None, try_after=None, faults_in_row=0, printed_at=now
    )


def _has_fault(printer_id: int, said: Any, *, is_alone: bool, now: datetime) -> None:
    """Note what is wrong with a printer. `is_alone`: it is left alone for a while."""
    printer = Printer.objects.select_for_update().filter(pk=printer_id).first()
    if printer is None or not is_alone:
        return
    printer.faults_in_row = min(printer.faults_in_row + 1, 1000)
    printer.fault_said, printer.fault_since = said, printer.fault_since or now
    printer.try_after = now + pause_after(printer.faults_in_row)
    printer.save(update_fields=["faults_in_row", "fault_said", "fault_since", "try_after"])
