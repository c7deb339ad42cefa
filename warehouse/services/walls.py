"""Slots of a put wall: taken by an order's first piece, free when its parcel is packed."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from core.tenancy import active_merchant_id
from warehouse.models import PutWall, PutWallSlot, SlotUse


def lock_wall(wall_id: int) -> PutWall:
    """Lock a wall, so that two people putting at once never take one slot. Crosses merchants."""
    return PutWall.objects.select_for_update().get(pk=wall_id)


def free_slots(wall_id: int) -> list[PutWallSlot]:
    """Return the slots with nobody's goods in them, in their order. Crosses merchants."""
    taken = SlotUse.objects.filter(slot__wall_id=wall_id, freed_at__isnull=True)
    rows = PutWallSlot.objects.filter(wall_id=wall_id).exclude(pk__in=taken.values("slot_id"))
    return list(rows.order_by("position"))


def take_slot(*, slot_id: int, parcel_id: int, now: datetime) -> SlotUse:
    """Give a free slot to an order's parcel. The caller holds the wall's row."""
    return SlotUse.objects.create(slot_id=slot_id, parcel_id=parcel_id, opened_at=now)


def complete_slot(*, parcel_id: int, now: datetime) -> bool:
    """Note that an order's last piece was put; False when it was before."""
    mine = SlotUse.objects.filter(
        parcel_id=parcel_id, freed_at__isnull=True, completed_at__isnull=True
    )
    return bool(mine.update(completed_at=now))


def free_slot(*, parcel_id: int, now: datetime) -> bool:
    """Let the slot of a packed parcel go; False when it lay in none."""
    with connection.cursor() as cursor:
        cursor.execute(FREE, [now, active_merchant_id(), parcel_id])
        return bool(cursor.rowcount)


# Written out: every parcel that is packed passes here while a person waits.
FREE = (
    "UPDATE warehouse_slotuse SET freed_at = %s"
    " WHERE merchant_id = %s AND parcel_id = %s AND freed_at IS NULL"
)
