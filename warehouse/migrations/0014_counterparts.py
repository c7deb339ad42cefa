"""Every warehouse has a receiving dock, a staging area, and the ledger's counterparts."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

PLACES = (
    "INSERT INTO warehouse_location (warehouse_id, code, kind, pick_sequence, zone, aisle, bay)"
    " SELECT w.id, upper(k.kind), k.kind, 0, '', '', '' FROM warehouse_warehouse AS w"
    " CROSS JOIN (VALUES ('receiving'), ('staging'), ('lost'), ('count')) AS k(kind)"
    " WHERE NOT EXISTS (SELECT FROM warehouse_location AS l"
    " WHERE l.warehouse_id = w.id AND l.kind = k.kind)"
    " ON CONFLICT DO NOTHING"
)
"""A bin that has such a code already keeps it; its warehouse then wants a place by another name."""


class Migration(migrations.Migration):
    """Rows only."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("warehouse", "0013_stock_places")]
    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL(PLACES, migrations.RunSQL.noop),
    ]
