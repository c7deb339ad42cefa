"""The database wall around listings, conflicts and blocked buyers; what lines say of the channel."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from core.walls import TenantKey, TenantWall

OWN_LINES = (
    "UPDATE orders_orderline SET channel_line = external_line, channel_code = sku,"
    " channel_quantity = quantity WHERE channel_quantity = 0"
)


class Migration(migrations.Migration):
    """Row-level security, composite keys and rights; every line so far is the channel's own."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("orders", "0004_listings")]
    operations: ClassVar[list[Operation]] = [
        TenantWall("channellisting"),
        TenantWall("listingpart"),
        TenantWall("orderconflict"),
        TenantWall("buyerblock"),
        TenantKey("orderline", "listing"),
        migrations.RunSQL(OWN_LINES, migrations.RunSQL.noop),
    ]
