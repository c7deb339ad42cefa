"""The only writer of whether a merchant may come in.

What a suspension means for each door and each kind of work stands in docs/security.md.
"""

from __future__ import annotations

from datetime import datetime

from core.events import record
from core.models import Merchant, SuspendedMerchant
from core.tenancy import merchant

LONGEST_REASON = 300


class AlreadySuspended(Exception):
    """The merchant is suspended; nothing changed."""


class NotSuspended(Exception):
    """The merchant is not suspended; nothing changed."""


class ReasonMissing(Exception):
    """A merchant is neither kept out nor let in again without saying why; nothing changed."""


def suspend_merchant(*, merchant_id: int, reason: str, actor: str, now: datetime) -> None:
    """Keep a merchant out: its people, its keys, and its orders that are not handed over.

    Called inside `across_merchants`, because only the operator may. Raises `AlreadySuspended`,
    `ReasonMissing`, `Merchant.DoesNotExist`.
    """
    _move(merchant_id, to_active=False, reason=reason)
    SuspendedMerchant.objects.get_or_create(merchant_id=merchant_id)
    _write_down("merchant.suspended", merchant_id, reason, actor, now)


def reinstate_merchant(*, merchant_id: int, reason: str, actor: str, now: datetime) -> None:
    """Let a suspended merchant in again. Its waiting jobs are the caller's to wake.

    Called inside `across_merchants`. Raises `NotSuspended`, `ReasonMissing`,
    `Merchant.DoesNotExist`.
    """
    _move(merchant_id, to_active=True, reason=reason)
    SuspendedMerchant.objects.filter(merchant_id=merchant_id).delete()
    _write_down("merchant.reinstated", merchant_id, reason, actor, now)


def is_suspended(merchant_id: int) -> bool:
    """Tell whether a merchant is kept out; may be asked outside of any block."""
    return SuspendedMerchant.objects.filter(merchant_id=merchant_id).exists()


def _move(merchant_id: int, *, to_active: bool, reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing("Say why: the reason is kept in the merchant's history.")
    rows = Merchant.objects.filter(pk=merchant_id)
    if rows.filter(is_active=not to_active).update(is_active=to_active):
        return
    if not rows.exists():
        raise Merchant.DoesNotExist(f"There is no merchant {merchant_id}.")
    raise (NotSuspended if to_active else AlreadySuspended)(f"Merchant {merchant_id}")


def _write_down(kind: str, merchant_id: int, reason: str, actor: str, now: datetime) -> None:
    with merchant(merchant_id):
        record(
            kind=kind,
            subject_kind="merchant",
            subject_id=merchant_id,
            actor=actor,
            now=now,
            data={"reason": reason.strip()[:LONGEST_REASON]},
        )
