"""Minimum and maximum of stock, tasks that fill pick faces, days of cover; components of kits."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import core.tenant_models


class Migration(migrations.Migration):
    """New tables, an empty column, an index: code of the version before works on."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("core", "0007_suspension"),
        ("orders", "0018_kits"),
        ("warehouse", "0019_printing_walls"),
    ]

    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="ReplenishTask",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lot", models.CharField(blank=True, max_length=40)),
                ("expires_on", models.DateField(null=True)),
                ("quantity", models.PositiveIntegerField()),
                ("moved", models.PositiveIntegerField(null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("dropped", "Dropped")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("finished_by", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="StockCover",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("available", models.IntegerField()),
                ("minimum", models.PositiveIntegerField(null=True)),
                ("shipped", models.PositiveIntegerField()),
                ("days", models.PositiveSmallIntegerField()),
                ("days_left", models.PositiveIntegerField(null=True)),
                ("is_low", models.BooleanField()),
                ("low_since", models.DateTimeField(null=True)),
                ("measured_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="StockLevel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("minimum", models.PositiveIntegerField(null=True)),
                ("maximum", models.PositiveIntegerField(null=True)),
                ("face_minimum", models.PositiveIntegerField(null=True)),
                ("face_maximum", models.PositiveIntegerField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.RemoveConstraint(
            model_name="parcelitem",
            name="parcel_item_once",
        ),
        migrations.AddField(
            model_name="parcelitem",
            name="unit_value",
            field=models.DecimalField(decimal_places=2, max_digits=12, null=True),
        ),
        migrations.AddIndex(
            model_name="stockmove",
            index=models.Index(
                condition=models.Q(("reason", "packed")),
                fields=["merchant", "at"],
                name="stock_move_packed",
            ),
        ),
        migrations.AddConstraint(
            model_name="parcelitem",
            constraint=models.UniqueConstraint(
                fields=("merchant", "parcel", "order_line", "product", "unit_value"),
                name="parcel_item_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddField(
            model_name="replenishtask",
            name="from_location",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="warehouse.location",
            ),
        ),
        migrations.AddField(
            model_name="replenishtask",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.merchant",
            ),
        ),
        migrations.AddField(
            model_name="replenishtask",
            name="product",
            field=core.tenant_models.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.product"
            ),
        ),
        migrations.AddField(
            model_name="replenishtask",
            name="to_location",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="warehouse.location",
            ),
        ),
        migrations.AddField(
            model_name="replenishtask",
            name="warehouse",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="warehouse.warehouse",
            ),
        ),
        migrations.AddField(
            model_name="stockcover",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.merchant",
            ),
        ),
        migrations.AddField(
            model_name="stockcover",
            name="product",
            field=core.tenant_models.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="covers",
                to="orders.product",
            ),
        ),
        migrations.AddField(
            model_name="stockcover",
            name="warehouse",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="warehouse.warehouse",
            ),
        ),
        migrations.AddField(
            model_name="stocklevel",
            name="face",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="warehouse.location",
            ),
        ),
        migrations.AddField(
            model_name="stocklevel",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.merchant",
            ),
        ),
        migrations.AddField(
            model_name="stocklevel",
            name="product",
            field=core.tenant_models.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="levels",
                to="orders.product",
            ),
        ),
        migrations.AddField(
            model_name="stocklevel",
            name="warehouse",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="warehouse.warehouse",
            ),
        ),
        migrations.AddIndex(
            model_name="replenishtask",
            index=models.Index(
                condition=models.Q(("status", "open")),
                fields=["merchant", "warehouse", "id"],
                name="replenish_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="replenishtask",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "open")),
                fields=("merchant", "product", "from_location", "lot", "expires_on"),
                name="replenish_task_open_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="replenishtask",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="replenish_has_quantity"
            ),
        ),
        migrations.AddIndex(
            model_name="stockcover",
            index=models.Index(
                condition=models.Q(("is_low", True)),
                fields=["merchant", "days_left", "id"],
                name="stock_cover_low",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockcover",
            constraint=models.UniqueConstraint(
                fields=("merchant", "product", "warehouse"), name="stock_cover_once"
            ),
        ),
        migrations.AddIndex(
            model_name="stocklevel",
            index=models.Index(
                condition=models.Q(("face_minimum__isnull", False)),
                fields=["merchant", "warehouse", "product"],
                name="stock_level_face",
            ),
        ),
        migrations.AddConstraint(
            model_name="stocklevel",
            constraint=models.UniqueConstraint(
                fields=("merchant", "product", "warehouse"), name="stock_level_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="stocklevel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("maximum__isnull", True),
                    models.Q(("maximum__gte", models.F("minimum")), ("minimum__isnull", False)),
                    _connector="OR",
                ),
                name="stock_level_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="stocklevel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("face_maximum__isnull", True), ("face_minimum__isnull", True)),
                    models.Q(
                        ("face_maximum__gt", models.F("face_minimum")),
                        ("face_minimum__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="stock_level_face_in_order",
            ),
        ),
    ]
