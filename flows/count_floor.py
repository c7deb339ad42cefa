"""Count lists as the floor finds them, in its warehouses."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Count, F, Q

from core.tenancy import across_merchants
from warehouse.models import CountList, CountTask, ShortPick, StockBalance

SHOWN = 200
Row = Mapping[str, Any]
LEFT = Q(tasks__status__in=["open", "counting", "second"])


def open_counts(*, warehouse_ids: Collection[int]) -> list[Row]:
    """Open lists with their owners, bins left and differences to decide; the oldest first."""
    with across_merchants("The floor sees the counts of every merchant's goods in its bins."):
        rows = CountList.objects.filter(
            warehouse_id__in=warehouse_ids, status=CountList.Status.OPEN
        )
        return list(
            rows.values(
                "id", "number", "basis", "chosen", "warehouse_id", "created_at",
                owner=F("merchant__code"), owner_name=F("merchant__name"),
                owner_active=F("merchant__is_active"),
            )
            .annotate(
                bins=Count("tasks"),
                left=Count("tasks", filter=LEFT),
                decide=Count("tasks", filter=Q(tasks__status=CountTask.Status.DECIDE)),
            )
            .order_by("id")[:SHOWN]
        )  # fmt: skip


def find_count(list_id: int, *, warehouse_ids: Collection[int]) -> CountList | None:
    """Return a list with its merchant and warehouse."""
    with across_merchants("A count list's number on the floor does not say whose goods it counts."):
        return (
            CountList.objects.filter(pk=list_id, warehouse_id__in=warehouse_ids)
            .select_related("merchant", "warehouse")
            .first()
        )


def owners_in(*, warehouse_ids: Collection[int]) -> list[Row]:
    """Merchants with goods in the warehouses' bins, each with how many places short picks name."""
    with across_merchants("A count is asked for by merchant: the floor chooses whose goods."):
        lying = StockBalance.objects.filter(
            location__warehouse_id__in=warehouse_ids, location__kind="bin", on_hand__gt=0
        )
        owners = lying.values(
            warehouse_id=F("location__warehouse_id"), owner=F("merchant__code"),
            owner_name=F("merchant__name"),
        ).distinct().order_by("owner")  # fmt: skip
        short = (
            ShortPick.objects.filter(
                location__warehouse_id__in=warehouse_ids, counted_at__isnull=True
            )
            .values_list("location__warehouse_id", "merchant__code")
            .annotate(places=Count("location", distinct=True))
        )
        places = {(house, owner): many for house, owner, many in short}
        return [
            {**row, "short": places.get((row["warehouse_id"], row["owner"]), 0)}
            for row in owners[:SHOWN]
        ]
