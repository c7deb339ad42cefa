"""Allocations that wait for a wave are found by an index that holds only those."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models import Q


class Migration(migrations.Migration):
    """What waves took before is written down from their parcels."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("warehouse", "0002_walls"),
        ("orders", "0010_sorted_lists"),
    ]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            model_name="allocation", name="priority", field=models.SmallIntegerField(default=0)
        ),
        migrations.AddField(
            model_name="allocation", name="ship_by", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="allocation", name="planned_at", field=models.DateTimeField(null=True)
        ),
        migrations.RunSQL(
            "UPDATE warehouse_allocation AS a SET ship_by = o.ship_by,"
            " priority = o.priority,"
            " planned_at = (SELECT min(p.created_at) FROM warehouse_parcel AS p WHERE"
            "   p.merchant_id = a.merchant_id AND p.order_id = a.order_id"
            "   AND p.status <> 'cancelled')"
            " FROM orders_order AS o WHERE o.merchant_id = a.merchant_id AND o.id = a.order_id",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(
                condition=Q(("planned_at__isnull", True)),
                fields=["merchant", "warehouse", "-priority", "ship_by", "order"],
                name="allocation_waiting",
            ),
        ),
    ]
