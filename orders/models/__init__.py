"""What buyers bought, where, and the products it is made of."""

from __future__ import annotations

from orders.models.channels import (
    CONNECTED,
    Channel,
    ChannelAccountLookup,
    ChannelConnection,
    ChannelKind,
    ChannelNotice,
    ChannelPush,
)
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
    "CONNECTED", "Battery", "Channel", "ChannelAccountLookup", "ChannelConnection", "ChannelKind",
    "ChannelNotice", "ChannelPush", "Hold", "HoldCode", "Import", "Order", "OrderLine",
    "OrderStatus", "Product", "RejectedRow",
]  # fmt: skip
