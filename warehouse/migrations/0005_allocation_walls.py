"""The database wall around rules, waiting orders, simulations and suppliers; who waits already."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from core.walls import OperatorTable, TenantWall

AGES = (
    "UPDATE warehouse_stockbalance AS b SET received_at = m.at FROM ("
    " SELECT merchant_id, product_id, to_location_id, min(at) AS at FROM warehouse_stockmove"
    " GROUP BY merchant_id, product_id, to_location_id) AS m"
    " WHERE b.merchant_id = m.merchant_id AND b.product_id = m.product_id"
    " AND b.location_id = m.to_location_id AND b.received_at IS NULL"
)
"""The first arrival ever: the oldest that what lies there may be."""
WAITING = (
    "INSERT INTO warehouse_backorder (merchant_id, order_id, since, tried_at, explanation)"
    " SELECT DISTINCT ON (o.id) o.merchant_id, o.id, coalesce(e.at, o.created_at),"
    " coalesce(e.at, o.created_at), coalesce(e.data, '{}'::jsonb)"
    " FROM orders_order AS o LEFT JOIN core_event AS e ON e.merchant_id = o.merchant_id"
    " AND e.subject_kind = 'order' AND e.subject_id = o.id AND e.kind = 'order.backordered'"
    " WHERE o.status = 'backordered' ORDER BY o.id, e.id ON CONFLICT DO NOTHING"
)


class Migration(migrations.Migration):
    """Row-level security, composite keys and rights."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("warehouse", "0004_allocation_and_supply"),
        ("core", "0003_walls"),
        ("orders", "0002_walls"),
    ]
    operations: ClassVar[list[Operation]] = [
        TenantWall("allocationpolicy", "SELECT, INSERT"),
        TenantWall("backorder"),
        TenantWall("backorderclaim"),
        TenantWall("simulation"),
        TenantWall("simulationrow"),
        TenantWall("supplier"),
        TenantWall("supplierproduct"),
        TenantWall("supplierrequest"),
        TenantWall("supplierrequestline"),
        OperatorTable("newworkdigest", ""),
        migrations.RunSQL(AGES, migrations.RunSQL.noop),
        migrations.RunSQL(WAITING, migrations.RunSQL.noop),
    ]
