"""Bins may have a position, and a wave says how long its walk is."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models import Q


class Migration(migrations.Migration):
    """New columns only, all empty: code of the version before works on."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("warehouse", "0005_allocation_walls")]
    operations: ClassVar[list[Operation]] = [
        *(
            migrations.AddField(
                model_name="location",
                name=name,
                field=models.CharField(blank=True, db_default="", default="", max_length=20),
            )
            for name in ("zone", "aisle", "bay")
        ),
        migrations.AddField(
            model_name="location",
            name="level",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        *(
            migrations.AddField(
                model_name="location", name=name, field=models.IntegerField(null=True)
            )
            for name in ("x_mm", "y_mm")
        ),
        migrations.AddConstraint(
            model_name="location",
            constraint=models.CheckConstraint(
                condition=Q(x_mm__isnull=True, y_mm__isnull=True)
                | Q(x_mm__isnull=False, y_mm__isnull=False),
                name="location_position_whole",
            ),
        ),
        *(
            migrations.AddField(
                model_name="wave", name=name, field=models.PositiveIntegerField(null=True)
            )
            for name in ("path_mm", "serpentine_mm")
        ),
    ]
