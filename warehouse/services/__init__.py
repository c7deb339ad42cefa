"""The only writer of the warehouse's tables."""

from __future__ import annotations

from warehouse.services.packing import (
    NewScan,
    NotPackable,
    PackedParcel,
    hand_over_parcels,
    pack_parcel,
    record_scans,
    set_packing_list,
)
from warehouse.services.reservations import (
    StockGone,
    consume_reservations,
    release_reservations,
    reserve_order,
)
from warehouse.services.stock import StockLine, move_stock, open_stock
from warehouse.services.waves import (
    WavePlan,
    confirm_picks,
    plan_wave,
    release_wave,
    set_parcel_service,
    set_pick_list,
    withdraw_parcels,
)

__all__ = [
    "NewScan", "NotPackable", "PackedParcel", "StockGone", "StockLine", "WavePlan",
    "confirm_picks", "consume_reservations", "hand_over_parcels", "move_stock", "open_stock",
    "pack_parcel", "plan_wave", "record_scans", "release_reservations", "release_wave",
    "reserve_order", "set_packing_list", "set_parcel_service", "set_pick_list",
    "withdraw_parcels",
]  # fmt: skip
