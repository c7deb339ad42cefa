"""Supervisors by warehouse, and what their board counts with."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

OPEN_PARCELS = """
UPDATE warehouse_parcel AS p SET ship_by = o.ship_by FROM orders_order AS o
 WHERE o.id = p.order_id AND o.merchant_id = p.merchant_id
   AND p.status IN ('planned', 'packed') AND o.ship_by IS NOT NULL
"""


class Migration(migrations.Migration):
    """Parcels keep the day they are to be shipped by; indexes hold only what is at hand or done."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("core", "0007_suspension"),
        ("orders", "0017_rule_letters"),
        ("warehouse", "0022_short_picks_by_order"),
    ]

    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            model_name="parcel",
            name="ship_by",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="staffassignment",
            name="role",
            field=models.CharField(
                choices=[("floor", "Floor"), ("supervisor", "Supervisor")],
                db_default="floor",
                default="floor",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="staffassignment",
            name="role_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="staffassignment",
            name="role_by",
            field=models.CharField(blank=True, db_default="", max_length=120),
        ),
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(
                condition=models.Q(("planned_at__isnull", True)),
                fields=["warehouse", "ship_by", "id"],
                include=("merchant",),
                name="allocation_due",
            ),
        ),
        migrations.AddIndex(
            model_name="parcel",
            index=models.Index(
                condition=models.Q(("status", "planned")),
                fields=["wave", "ship_by", "id"],
                include=("merchant",),
                name="parcel_to_pack",
            ),
        ),
        migrations.AddIndex(
            model_name="parcel",
            index=models.Index(
                condition=models.Q(("status", "packed")),
                fields=["warehouse", "ship_by", "id"],
                include=("merchant",),
                name="parcel_packed_due",
            ),
        ),
        migrations.AddIndex(
            model_name="parcel",
            index=models.Index(
                condition=models.Q(("packed_at__isnull", False)),
                fields=["warehouse", "packed_at"],
                include=("merchant", "packed_by"),
                name="parcel_packed_when",
            ),
        ),
        migrations.AddIndex(
            model_name="parcel",
            index=models.Index(
                condition=models.Q(("handed_over_at__isnull", False)),
                fields=["warehouse", "handed_over_at"],
                include=("merchant",),
                name="parcel_left_when",
            ),
        ),
        migrations.AddIndex(
            model_name="picktask",
            index=models.Index(
                condition=models.Q(("picked_at__isnull", False)),
                fields=["picked_at"],
                include=("merchant", "location", "picked_by"),
                name="pick_task_when",
            ),
        ),
        migrations.AddIndex(
            model_name="scan",
            index=models.Index(
                fields=["at"], include=("merchant", "actor", "verdict"), name="scan_when"
            ),
        ),
        migrations.AddIndex(
            model_name="stationscan",
            index=models.Index(fields=["at"], name="station_scan_when"),
        ),
        migrations.AddIndex(
            model_name="unitscan",
            index=models.Index(fields=["at"], name="unit_scan_when"),
        ),
        migrations.AddIndex(
            model_name="wave",
            index=models.Index(
                condition=models.Q(("status__in", ["planned", "released", "picked"])),
                fields=["warehouse", "status", "id"],
                include=("merchant",),
                name="wave_open",
            ),
        ),
        migrations.RunSQL(OPEN_PARCELS, migrations.RunSQL.noop),
    ]
