"""The merchant's block list: hashes only."""

from __future__ import annotations

from datetime import datetime

from core.events import record
from core.tenancy import active_merchant_id
from orders.models import BuyerBlock


def block_buyer(*, kind: str, digest: str, note: str, actor: str, now: datetime) -> bool:
    """Put a buyer on the active merchant's list; False when the buyer was on it."""
    block, is_new = BuyerBlock.objects.get_or_create(
        merchant_id=active_merchant_id(),
        digest=digest,
        defaults={"kind": kind, "note": note[:200], "created_at": now, "created_by": actor},
    )
    if is_new:
        record(
            kind="buyer.blocked", subject_kind="buyer_block", subject_id=block.pk, actor=actor,
            now=now, data={"kind": kind},
        )  # fmt: skip
    return is_new


def unblock_buyer(*, block_id: int, actor: str, now: datetime) -> bool:
    """Take a buyer off the list; False when there is no such entry."""
    block = BuyerBlock.objects.filter(pk=block_id).first()
    if block is None:
        return False
    record(
        kind="buyer.unblocked", subject_kind="buyer_block", subject_id=block.pk, actor=actor,
        now=now, data={"kind": block.kind},
    )  # fmt: skip
    block.delete()
    return True
