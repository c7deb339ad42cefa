"""A merchant kept out, and let in again: one transaction each, by the operator alone."""

from __future__ import annotations

from datetime import datetime

from core import merchants
from core.jobs import wake_waiting
from core.models import Merchant
from core.tenancy import across_merchants, merchant

LISTED = 500


def suspend(*, merchant_id: int, reason: str, actor: str, now: datetime) -> None:
    """Keep a merchant out. Errors are those of `core.merchants.suspend_merchant`."""
    with across_merchants("Only the operator keeps a merchant out."):
        merchants.suspend_merchant(merchant_id=merchant_id, reason=reason, actor=actor, now=now)


def reinstate(*, merchant_id: int, reason: str, actor: str, now: datetime) -> None:
    """Let a merchant in again and go on with what waited.

    Errors are those of `core.merchants.reinstate_merchant`.
    """
    with across_merchants("Only the operator lets a merchant in again."):
        merchants.reinstate_merchant(merchant_id=merchant_id, reason=reason, actor=actor, now=now)
        with merchant(merchant_id):
            wake_waiting(now=now)


def all_merchants() -> list[Merchant]:
    """Return the operator's merchants, suspended ones first, then by name."""
    with across_merchants("An administrator looks at all merchants."):
        return list(Merchant.objects.order_by("is_active", "name", "id")[:LISTED])


def find_merchant(merchant_id: int) -> Merchant | None:
    """Return one merchant."""
    with across_merchants("An administrator names a merchant by its number."):
        return Merchant.objects.filter(pk=merchant_id).first()
