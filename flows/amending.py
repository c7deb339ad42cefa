"""Stage 6, export: declarations of goods that turn out otherwise, taken back at the authority.

A declaration that an authority knows is never changed: it is withdrawn, and a new one is lodged
under a new LRN that names it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from core.jobs import ForAPerson, Later, Work, enqueue, handler
from core.tenancy import merchant
from customs.models import Declaration
from customs.services import begin_amendment, is_known, lock_current, record_answer, supersede_all
from flows.clearance import EXPORT, POLL_SECONDS, load, redraft
from flows.faults import sentences_of
from flows.partners import ask, authority
from integrations.errors import Refused
from shipping.models import Booking

S = Declaration.Status


def withdraw_declarations(*, booking: Booking, now: datetime) -> None:
    """End what was declared for a withdrawn booking, in the active block."""
    _tell(supersede_all(booking_id=booking.pk, now=now), now)


def amend_export(*, booking: Booking, actor: str, now: datetime) -> bool:
    """Declare a parcel's export anew with its true weight, in the active block.

    False where nothing was lodged yet: what is lodged later has the weight by itself.
    """
    current = lock_current(booking_id=booking.pk, direction=EXPORT)
    if current is None or not is_known(current):
        return False
    begin_amendment(declaration=current, actor=actor, now=now)
    redraft(load(booking.pk, now), EXPORT, now)
    _tell([current], now)
    told = {"booking_id": booking.pk}
    enqueue([Work("clearance.lodge_export", str(booking.pk), told)], now=now, again=True)
    return True


def _tell(lodged: Sequence[Declaration], now: datetime) -> None:
    works = [
        Work("clearance.withdraw", str(each.pk), {"declaration_id": each.pk}) for each in lodged
    ]
    enqueue(works, now=now)


@handler("clearance.withdraw", queue="calls")
def withdraw(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Have the authority take a declaration back; safe to repeat."""
    with merchant(merchant_id):
        declaration = Declaration.objects.get(pk=payload["declaration_id"])
    if declaration.status in (S.WITHDRAWN, S.REFUSED):
        return
    try:
        answer = ask(lambda: authority().withdraw(declaration.lrn), again_after_s=POLL_SECONDS)
    except Refused as refused:
        raise ForAPerson(*sentences_of(refused, partner="customs")) from refused
    now = timezone.now()
    if answer is None and _may_be_on_its_way(declaration, now):
        raise Later(POLL_SECONDS, "The authority does not know the declaration yet.")
    with merchant(merchant_id):
        # Unknown for so long: its lodging was begun and never sent, and no worker sends it now.
        record_answer(
            declaration_id=declaration.pk,
            status=answer.status if answer else S.WITHDRAWN,
            mrn=answer.mrn if answer else "",
            reason=answer.reason if answer else "",
            now=now,
        )


def _may_be_on_its_way(declaration: Declaration, now: datetime) -> bool:
    """Tell whether a call that lodges it may still be running."""
    since = now - (declaration.lodged_at or declaration.created_at)
    return since.total_seconds() < settings.LOOK_UP_AFTER_SECONDS
