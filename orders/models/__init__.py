"""What buyers bought, where, and the products it is made of."""

from __future__ import annotations

from orders.models.automation import (
    AutomationRule,
    OrderTag,
    RuleNotice,
    RuleTrial,
    RuleTrialOrder,
    TrialStatus,
)
from orders.models.channels import (
    CONNECTED,
    Channel,
    ChannelAccountLookup,
    ChannelConnection,
    ChannelDecision,
    ChannelKind,
    ChannelNotice,
    ChannelPushLookup,
    UnreadOrder,
)
from orders.models.conflicts import (
    BlockKind,
    BuyerBlock,
    ConflictKind,
    ConflictOutcome,
    OrderConflict,
)
from orders.models.kits import KitPart
from orders.models.listings import (
    ChannelListing,
    ListingPart,
    ListingStatus,
)
from orders.models.orders import (
    GOES_TOGETHER,
    Battery,
    Hold,
    HoldCode,
    Import,
    Order,
    OrderLine,
    OrderMadeBy,
    OrderStatus,
    Product,
    RejectedRow,
)
from orders.models.presets import ColumnPreset

__all__ = [
    "CONNECTED", "GOES_TOGETHER", "AutomationRule", "Battery", "BlockKind", "BuyerBlock", "Channel",
    "ChannelAccountLookup", "ChannelConnection", "ChannelDecision", "ChannelKind", "ChannelListing",
    "ChannelNotice", "ChannelPushLookup", "ColumnPreset", "ConflictKind", "ConflictOutcome", "Hold",
    "HoldCode", "Import", "KitPart", "ListingPart", "ListingStatus", "Order",
    "OrderConflict", "OrderLine", "OrderMadeBy", "OrderStatus", "OrderTag", "Product",
    "RejectedRow", "RuleNotice", "RuleTrial",
    "RuleTrialOrder", "TrialStatus", "UnreadOrder",
]  # fmt: skip
