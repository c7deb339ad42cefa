"""Where goods lie that nobody puts away by scan: opening stock, and purchases received on paper."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Q, QuerySet

from warehouse.models import Condition, Location, StockBalance, StockLevel
from warehouse.rules.put_away import condition_zones

MOST_BINS = 500


def home_bins(
    *, warehouse_id: int, product_ids: Collection[int], now: datetime
) -> Mapping[int, Location]:
    """Return each product's bin in a warehouse, in the active merchant's block.

    Its pick face; else the nearest bin it is picked from; else one of the pick bins, always the
    same one of the same bins. Reserve, and the zones of goods that are not good, only where there
    is nothing else. Empty where the warehouse has no bin.
    """
    bins = list(_bins(warehouse_id, now)[:MOST_BINS])
    if not bins:
        return {}
    spread = {each: bins[each % len(bins)] for each in product_ids}
    return {**spread, **_held(warehouse_id, product_ids, now), **_faces(warehouse_id, product_ids)}


def _bins(warehouse_id: int, now: datetime) -> QuerySet[Location]:
    """Pick bins for good goods along the walk; where there are none, whatever bins there are."""
    all_bins = Location.objects.filter(
        warehouse_id=warehouse_id, kind=Location.Kind.BIN
    ).order_by("pick_sequence", "id")  # fmt: skip
    good = all_bins.exclude(zone__in=list(condition_zones(now.date()).values()))
    pick = good.filter(use=Location.Use.PICK)
    return next((rows for rows in (pick, good) if rows.exists()), all_bins)


def _held(warehouse_id: int, product_ids: Collection[int], now: datetime) -> Mapping[int, Location]:
    rows = StockBalance.objects.filter(
        product_id__in=list(product_ids), location__warehouse_id=warehouse_id,
        location__kind=Location.Kind.BIN, location__use=Location.Use.PICK,
        condition=Condition.GOOD, lot="", on_hand__gt=0,
    ).exclude(location__zone__in=list(condition_zones(now.date()).values()))  # fmt: skip
    # The nearest comes last and stays.
    rows = rows.order_by("-location__pick_sequence", "-location_id").select_related("location")
    return {row.product_id: row.location for row in rows}


def _faces(warehouse_id: int, product_ids: Collection[int]) -> Mapping[int, Location]:
    rows = StockLevel.objects.filter(
        Q(face__isnull=False), warehouse_id=warehouse_id, product_id__in=list(product_ids)
    )
    return {row.product_id: row.face for row in rows.select_related("face") if row.face}
