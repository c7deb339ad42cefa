"""Locations are a tree with capacities; stock and its ledger go by lot, expiry and condition."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """New columns are empty or have a default: code of the version before works on."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("orders", "0016_channel_decision_walls"),
        ("warehouse", "0012_wave_walls"),
    ]

    operations: ClassVar[list[Operation]] = [
        migrations.RemoveConstraint(
            model_name="stockbalance",
            name="stock_balance_once",
        ),
        migrations.RemoveConstraint(
            model_name="stockmove",
            name="stock_move_once",
        ),
        migrations.AddField(
            model_name="location",
            name="capacity_units",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="location",
            name="capacity_volume_cm3",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="location",
            name="capacity_weight_g",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="location",
            name="parent",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="children",
                to="warehouse.location",
            ),
        ),
        migrations.AddField(
            model_name="location",
            name="use",
            field=models.CharField(
                choices=[("pick", "Pick face"), ("reserve", "Reserve")],
                db_default="pick",
                default="pick",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="stockbalance",
            name="expires_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="stockmove",
            name="expires_on",
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name="location",
            name="kind",
            field=models.CharField(
                choices=[
                    ("zone", "Zone"),
                    ("aisle", "Aisle"),
                    ("rack", "Rack"),
                    ("bin", "Bin"),
                    ("receiving", "Receiving"),
                    ("staging", "Staging"),
                    ("supplier", "Supplier"),
                    ("packed", "Packed"),
                    ("adjustment", "Adjustment"),
                    ("lost", "Lost"),
                    ("count", "Count"),
                ],
                default="bin",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="stockbalance",
            name="condition",
            field=models.CharField(
                choices=[
                    ("good", "Good"),
                    ("damaged", "Damaged"),
                    ("quarantine", "In quarantine"),
                    ("expired", "Expired"),
                ],
                default="good",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="stockmove",
            name="condition",
            field=models.CharField(
                choices=[
                    ("good", "Good"),
                    ("damaged", "Damaged"),
                    ("quarantine", "In quarantine"),
                    ("expired", "Expired"),
                ],
                default="good",
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="stockbalance",
            index=models.Index(fields=["merchant", "location"], name="stock_balance_place"),
        ),
        migrations.AddConstraint(
            model_name="location",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parent__isnull", True),
                    models.Q(("parent", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="location_not_in_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockbalance",
            constraint=models.UniqueConstraint(
                fields=("merchant", "product", "location", "lot", "expires_on", "condition"),
                name="stock_balance_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="stockbalance",
            constraint=models.CheckConstraint(
                condition=models.Q(("condition__in", ["good", "damaged", "quarantine", "expired"])),
                name="stock_condition_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmove",
            constraint=models.UniqueConstraint(
                fields=(
                    "merchant",
                    "reason",
                    "reference",
                    "product",
                    "from_location",
                    "lot",
                    "expires_on",
                    "condition",
                ),
                name="stock_move_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmove",
            constraint=models.CheckConstraint(
                condition=models.Q(("condition__in", ["good", "damaged", "quarantine", "expired"])),
                name="stock_move_condition_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmove",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_location", models.F("to_location")), _negated=True),
                name="stock_move_goes_somewhere",
            ),
        ),
    ]
