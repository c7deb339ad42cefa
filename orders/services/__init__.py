"""The only writer of the orders' tables."""

from __future__ import annotations

from orders.services.holds import HoldAlreadyReleased, NotYourHold, release_hold
from orders.services.imports import (
    add_rejected_rows,
    finish_import,
    refuse_import,
    save_progress,
    start_import,
    start_reading,
)
from orders.services.orders import (
    NewOrder,
    ensure_channel,
    insert_orders,
    move_orders,
)
from orders.services.products import ProductCounts, upsert_products

__all__ = [
    "HoldAlreadyReleased", "NewOrder", "NotYourHold", "ProductCounts", "add_rejected_rows",
    "ensure_channel", "finish_import", "insert_orders", "move_orders", "refuse_import",
    "release_hold", "save_progress", "start_import", "start_reading", "upsert_products",
]  # fmt: skip
