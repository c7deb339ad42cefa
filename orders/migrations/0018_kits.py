"""Kits are made of components, and goods with an expiry date need some days left."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import core.tenant_models


class Migration(migrations.Migration):
    """New tables and a column with a default: code of the version before works on."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("core", "0007_suspension"),
        ("orders", "0017_rule_letters"),
    ]

    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            model_name="product",
            name="min_days_left",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="KitPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.PositiveIntegerField()),
                (
                    "component",
                    core.tenant_models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.product",
                    ),
                ),
                (
                    "kit",
                    core.tenant_models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kit_parts",
                        to="orders.product",
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.merchant",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["merchant", "component"], name="kit_part_component")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "kit", "component"), name="kit_part_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="kit_part_has_quantity"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kit", models.F("component")), _negated=True),
                        name="kit_is_not_in_itself",
                    ),
                ],
            },
        ),
    ]
