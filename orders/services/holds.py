"""Holds: raised by checks, released by those whom the hold names."""

from __future__ import annotations

from datetime import datetime

from core.events import record
from orders.models import Hold, Order
from orders.rules.reasons import HoldFinding
from orders.services.orders import move_orders

CHECK = "check"
"""Who released a hold that a later check no longer found."""
NOT_BY_HAND = frozenset({"product_unknown", "no_lines", "nothing_to_ship"})
"""Reasons that only their remedy ends: there is nothing to take from a shelf."""
ALWAYS = {"member": "owner", "staff": "admin"}


class HoldAlreadyReleased(Exception):
    """The hold was released before; nothing changed."""


class HoldStillApplies(Exception):
    """Nobody can let this hold go while what it says is so: the order could not be packed."""


class NotYourHold(Exception):
    """The hold is for another role to release."""


def release_hold(*, hold_id: int, role: str, actor: str, now: datetime, note: str = "") -> bool:
    """Release a hold; return whether it was the order's last. The order moves when it is rechecked.

    `role` is the releaser's, as `member:operations` or `staff:customs`; `note` says why. Raises
    `HoldAlreadyReleased`, `NotYourHold`, or `Hold.DoesNotExist`.
    """
    order_id = Hold.objects.values_list("order_id", flat=True).get(pk=hold_id)
    Order.objects.select_for_update().get(pk=order_id)
    hold = Hold.objects.get(pk=hold_id)
    if hold.released_at is not None:
        raise HoldAlreadyReleased("This hold was released before.")
    if not may_release(role, hold.released_by_role):
        raise NotYourHold(f"This hold is released by {hold.released_by_role.replace(':', ' ')}.")
    if hold.reason_code in NOT_BY_HAND:
        raise HoldStillApplies(hold.remedy)
    hold.released_at, hold.released_by = now, actor
    hold.save(update_fields=["released_at", "released_by"])
    record(
        kind="hold.released",
        subject_kind="order",
        subject_id=order_id,
        actor=actor,
        now=now,
        data={"code": hold.code, "field": hold.field, "note": note[:200]},
    )
    return not Hold.objects.filter(order_id=order_id, released_at__isnull=True).exists()


def may_release(role: str, wanted: str) -> bool:
    """Tell whether `role` may release a hold that names `wanted`; owners and admins always may."""
    door, _, _ = wanted.partition(":")
    return role in (wanted, f"{door}:{ALWAYS[door]}")


def hold_order(*, order_id: int, finding: HoldFinding, actor: str, now: datetime) -> bool:
    """Hold an order for something found outside of its checks; False when it was held for it.

    The caller holds the order's row and has taken its stock and parcel.
    """
    place = ":".join(filter(None, (finding.field, finding.params.get("sku", ""))))[:120]
    open_holds = Hold.objects.filter(order_id=order_id, released_at__isnull=True)
    if open_holds.filter(code=finding.code, field=place).exists():
        return False
    Hold.objects.create(
        order_id=order_id,
        code=finding.code,
        field=place,
        reason_code=finding.reason_code,
        params=finding.kept,
        reason=finding.sentence[:500],
        remedy=finding.remedy[:500],
        released_by_role=finding.released_by,
        raised_at=now,
    )
    move_orders(
        order_ids=[order_id], to=Order.Status.HELD, actor=actor, now=now,
        data={"holds": [finding.code]},
    )  # fmt: skip
    return True
