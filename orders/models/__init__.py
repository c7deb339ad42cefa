"""What buyers bought, where, and the products it is made of."""

from __future__ import annotations

from orders.models.channels import Channel
from orders.models.orders import (
    Battery,
    Hold,
    HoldCode,
    Import,
    Order,
    OrderLine,
    OrderStatus,
    Product,
    RejectedRow,
)

__all__ = [
    "Battery", "Channel", "Hold", "HoldCode", "Import", "Order", "OrderLine", "OrderStatus",
    "Product", "RejectedRow",
]  # fmt: skip
