"""The only writer of the warehouse's tables."""

from __future__ import annotations

from warehouse.services.backorders import (
    Claim,
    Waiting,
    end_claims,
    note_backorders,
    queue_for_stock,
)
from warehouse.services.digests import claim_digest, digest_sent, set_email_wish
from warehouse.services.packing import (
    NewScan,
    NotPackable,
    PackedParcel,
    hand_over_parcels,
    pack_parcel,
    record_scans,
    set_packing_list,
)
from warehouse.services.policies import (
    NoSuchWarehouse,
    Policy,
    check_warehouses,
    policy_in_force,
    publish_policy,
)
from warehouse.services.reservations import (
    Promise,
    Reserving,
    StockGone,
    consume_reservations,
    release_reservations,
    reserve_orders,
)
from warehouse.services.stock import StockLine, move_stock, open_stock
from warehouse.services.supply import (
    Ask,
    NameTaken,
    WrongStep,
    accept_request,
    add_to_purchase,
    close_request,
    draft_drop_ship,
    mark_emailed,
    receive_request,
    refuse_request,
    remove_supplier_product,
    save_supplier,
    save_supplier_product,
    send_request,
    ship_request,
    withdraw_drafts,
)
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
    "Ask", "Claim", "NameTaken", "NewScan", "NoSuchWarehouse", "NotPackable", "PackedParcel",
    "Policy", "Promise", "Reserving", "StockGone", "StockLine", "Waiting", "WavePlan",
    "WrongStep", "accept_request", "add_to_purchase", "check_warehouses", "claim_digest",
    "close_request", "confirm_picks", "consume_reservations", "digest_sent", "draft_drop_ship",
    "end_claims", "hand_over_parcels", "mark_emailed", "move_stock", "note_backorders",
    "open_stock", "pack_parcel", "plan_wave", "policy_in_force", "publish_policy",
    "queue_for_stock", "receive_request", "record_scans", "refuse_request", "release_wave",
    "remove_supplier_product", "release_reservations", "reserve_orders", "withdraw_parcels", "save_supplier", "save_supplier_product",
    "send_request", "set_email_wish", "set_packing_list", "set_parcel_service", "set_pick_list",
    "ship_request", "withdraw_drafts",
]  # fmt: skip
