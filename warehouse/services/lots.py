"""Another lot taken than was promised: the promise follows the goods, where they are free."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q

from core.events import record
from warehouse.models import PickTask, Reservation, StockBalance
from warehouse.querysets import FIRST_OUT, promisable
from warehouse.services.reservations import StockGone, take_pieces


def switch_lot(*, task_id: int, lot: str, actor: str, now: datetime) -> bool:
    """Promise an open task's order the same goods of another lot at the same place.

    False where too few of it are free there, or where it expires later than what was promised:
    what expires first goes first. The caller holds the wave's row.
    """
    task = PickTask.objects.select_related("reservation", "parcel", "product", "location").get(
        pk=task_id
    )
    promise = Reservation.objects.select_for_update().get(pk=task.reservation_id)
    before = StockBalance.objects.get(pk=promise.balance_id)
    rows = promisable(now=now).filter(
        product_id=task.product_id, location_id=task.location_id, lot=lot,
        on_hand__gte=F("reserved") + task.quantity,
    )  # fmt: skip
    if before.expires_on is not None:
        rows = rows.filter(Q(expires_on__isnull=False, expires_on__lte=before.expires_on))
    known = Reservation.objects.filter(order_line_id=promise.order_line_id)
    other = rows.exclude(pk__in=known.values("balance_id")).order_by(*FIRST_OUT).first()
    if other is None:
        return False
    # Locked in key order, as everywhere.
    list(
        StockBalance.objects.filter(pk__in=[before.pk, other.pk])
        .order_by("pk")
        .select_for_update()
        .values_list("pk", flat=True)
    )
    try:
        take_pieces({other.pk: task.quantity})
    except StockGone:
        return False
    StockBalance.objects.filter(pk=before.pk).update(reserved=F("reserved") - task.quantity)
    Reservation.objects.filter(pk=promise.pk).update(balance=other)
    record(
        kind="order.lot_switched", subject_kind="order", subject_id=task.parcel.order_id,
        actor=actor, now=now,
        data={
            "sku": task.product.sku, "location": task.location.code, "lot": lot,
            "instead_of": before.lot, "quantity": task.quantity,
        },
    )  # fmt: skip
    return True
