"""Holds released by a person: the order goes on to allocation when none is left."""

from __future__ import annotations

from datetime import datetime

from core.tenancy import merchant
from flows.intake import release_hold
from orders.services.holds import HoldAlreadyReleased, HoldStillApplies, NotYourHold


def release_and_go_on(
    *, merchant_id: int, hold_id: int, role: str, actor: str, now: datetime, note: str
) -> bool:
    """Release a hold; return whether the order was accepted and goes on to allocation.

    `role` is the releaser's, as `member:operations` or `staff:customs`; `note` says why it may go
    on and stays in the order's history. Raises `HoldAlreadyReleased`,
    `HoldStillApplies`, `NotYourHold`, or `Hold.DoesNotExist`.
    """
    with merchant(merchant_id):
        return release_hold(hold_id=hold_id, role=role, actor=actor, now=now, note=note)


__all__ = ["HoldAlreadyReleased", "HoldStillApplies", "NotYourHold", "release_and_go_on"]
