"""Picked goods of orders that left their waves, to be brought back to their places."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import F

from warehouse.models import Location, PutBack
from warehouse.services.locations import check_room, counterpart
from warehouse.services.stock import Goods, transfer

TAKEN_OUT, BROUGHT_BACK = "taken_out", "put_back"


class NotOpen(Exception):
    """The goods were brought back before."""


def to_staging(
    *, goods: Goods, from_location: Location, reference: str, actor: str, now: datetime
) -> Location:
    """Let the ledger have picked goods at the staging place, where nobody is promised them."""
    staging = counterpart(warehouse_id=from_location.warehouse_id, kind=Location.Kind.STAGING)
    transfer(
        goods=[goods], from_location=from_location, to_location=staging, reason=TAKEN_OUT,
        reference=reference, actor=actor, now=now,
    )  # fmt: skip
    return staging


def bring_back(
    *, put_back_id: int, to: Location | None = None, actor: str, now: datetime
) -> PutBack:
    """Write down that goods were brought back, to another place (`to`) where they may.

    What is still promised to its order goes to its own bin. Raises `NotOpen`, `NoRoom`,
    `NotAPlace`, `PutBack.DoesNotExist`.
    """
    rows = PutBack.objects.select_related("staging", "location").select_for_update(of=("self",))
    row = rows.get(pk=put_back_id)
    if row.done_at is not None:
        raise NotOpen(f"Put-back {put_back_id} was done before.")
    is_promised = row.staging_id == row.location_id
    target = row.location if to is None or is_promised else to
    if not is_promised:
        transfer(
            goods=[Goods(row.product_id, row.quantity, row.lot, row.expires_on)],
            from_location=row.staging, to_location=target, reason=BROUGHT_BACK,
            reference=str(row.pk), actor=actor, now=now,
        )  # fmt: skip
    row.location, row.done_at, row.done_by = target, now, actor
    row.save(update_fields=["location", "done_at", "done_by"])
    return row


def check_room_for(*, put_back_id: int, to: Location | None) -> None:
    """Raise `NoRoom` when goods to be brought back do not fit in; asked across merchants.

    What is still promised never left its bin in the ledger and needs no room.
    """
    row = PutBack.objects.select_related("location").get(pk=put_back_id)
    if row.done_at is None and row.staging_id != row.location_id:
        check_room(location=to or row.location, units={row.product_id: row.quantity})


def unpromise_put_backs(*, order_ids: Collection[int], actor: str, now: datetime) -> None:
    """Goods that wait to be brought back were promised to orders that give them up: from now on
    the ledger has them at the staging place. Called after the promises are given back."""
    rows = PutBack.objects.filter(
        order_id__in=list(order_ids), done_at__isnull=True, staging_id=F("location_id")
    ).select_related("location")
    for row in rows.order_by("pk").select_for_update(of=("self",)):
        row.staging = to_staging(
            goods=Goods(row.product_id, row.quantity, row.lot, row.expires_on),
            from_location=row.location, reference=f"put back {row.pk}", actor=actor, now=now,
        )  # fmt: skip
        row.save(update_fields=["staging"])


def waits_for_put_back(order_ids: Collection[int]) -> set[int]:
    """Return those of the orders whose goods are still to be brought back to their bins."""
    rows = PutBack.objects.filter(order_id__in=list(order_ids), done_at__isnull=True)
    return set(rows.values_list("order_id", flat=True))
