"""Inbounds announced, received and put away; what stations have in hand; cycle counts."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import core.tenant_models


class Migration(migrations.Migration):
    """Tables; their wall follows."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("core", "0007_suspension"),
        ("orders", "0016_channel_decision_walls"),
        ("warehouse", "0014_counterparts"),
    ]

    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="CountList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=20)),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("abc", "Class"),
                            ("zone", "Zone"),
                            ("bin", "Bin"),
                            ("short_pick", "Short pick"),
                        ],
                        max_length=10,
                    ),
                ),
                ("chosen", models.CharField(blank=True, max_length=60)),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done")], default="open", max_length=10
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=120)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "merchant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.merchant",
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="warehouse.warehouse",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="CountTask",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "To count"),
                            ("counting", "Being counted"),
                            ("second", "Second count by somebody else"),
                            ("decide", "Difference to decide"),
                            ("done", "Counted"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField(default=0)),
                ("recounts", models.PositiveSmallIntegerField(default=0)),
                ("counter", models.CharField(blank=True, max_length=120)),
                ("counters", models.JSONField(default=list)),
                ("began_move_id", models.BigIntegerField(null=True)),
                ("ended_move_id", models.BigIntegerField(null=True)),
                ("began_at", models.DateTimeField(null=True)),
                ("counted_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=120)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "count_list",
                    core.tenant_models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="warehouse.countlist",
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="warehouse.location",
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
            },
        ),
        migrations.CreateModel(
            name="CountLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField()),
                ("lot", models.CharField(blank=True, max_length=40)),
                ("expires_on", models.DateField(null=True)),
                (
                    "condition",
                    models.CharField(
                        choices=[
                            ("good", "Good"),
                            ("damaged", "Damaged"),
                            ("quarantine", "In quarantine"),
                            ("expired", "Expired"),
                        ],
                        max_length=12,
                    ),
                ),
                ("counted", models.PositiveIntegerField(default=0)),
                ("expected", models.PositiveIntegerField(null=True)),
                ("adjusted", models.IntegerField(default=0)),
                (
                    "merchant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.merchant",
                    ),
                ),
                (
                    "product",
                    core.tenant_models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.product",
                    ),
                ),
                (
                    "task",
                    core.tenant_models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="warehouse.counttask",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Inbound",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=20)),
                ("reference", models.CharField(blank=True, max_length=60)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("announced", "Announced"),
                            ("receiving", "Being received"),
                            ("received", "Received"),
                            ("put_away", "Put away"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="announced",
                        max_length=10,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("dashboard", "Dashboard"), ("api", "API"), ("file", "File")],
                        max_length=10,
                    ),
                ),
                ("expected_on", models.DateField(null=True)),
                ("carrier_note", models.CharField(blank=True, max_length=200)),
                ("cartons", models.PositiveIntegerField(null=True)),
                ("has_differences", models.BooleanField(default=False)),
                ("seen_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=120)),
                ("arrived_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField(null=True)),
                ("received_by", models.CharField(blank=True, max_length=120)),
                ("put_away_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                (
                    "merchant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.merchant",
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="warehouse.warehouse",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="InboundGoods",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lot", models.CharField(blank=True, max_length=40)),
                ("expires_on", models.DateField(null=True)),
                (
                    "condition",
                    models.CharField(
                        choices=[
                            ("good", "Good"),
                            ("damaged", "Damaged"),
                            ("quarantine", "In quarantine"),
                            ("expired", "Expired"),
                        ],
                        max_length=12,
                    ),
                ),
                ("quantity", models.PositiveIntegerField(default=0)),
                ("put_away", models.PositiveIntegerField(default=0)),
                (
                    "inbound",
                    core.tenant_models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="goods",
                        to="warehouse.inbound",
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
                (
                    "product",
                    core.tenant_models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.product",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="InboundLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("expected", models.PositiveIntegerField()),
                ("lot", models.CharField(blank=True, max_length=40)),
                ("expires_on", models.DateField(null=True)),
                (
                    "inbound",
                    core.tenant_models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="warehouse.inbound",
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
                (
                    "product",
                    core.tenant_models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.product",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="InboundUnknown",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=200)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("quantity", models.PositiveIntegerField(default=1)),
                ("actor", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
                (
                    "inbound",
                    core.tenant_models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unknown",
                        to="warehouse.inbound",
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
            },
        ),
        migrations.CreateModel(
            name="StationDesk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("station", models.CharField(max_length=20)),
                ("subject_id", models.BigIntegerField()),
                ("actor", models.CharField(max_length=120)),
                ("said", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
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
            },
        ),
        migrations.AddIndex(
            model_name="countlist",
            index=models.Index(fields=["merchant", "status", "-id"], name="count_list_newest"),
        ),
        migrations.AddConstraint(
            model_name="countlist",
            constraint=models.UniqueConstraint(
                fields=("merchant", "number"), name="count_list_number_once"
            ),
        ),
        migrations.AddIndex(
            model_name="counttask",
            index=models.Index(
                fields=["merchant", "count_list", "position"], name="count_task_path"
            ),
        ),
        migrations.AddIndex(
            model_name="counttask",
            index=models.Index(fields=["merchant", "location", "status"], name="count_task_of_bin"),
        ),
        migrations.AddConstraint(
            model_name="counttask",
            constraint=models.UniqueConstraint(
                fields=("merchant", "count_list", "location"), name="count_task_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="countline",
            constraint=models.UniqueConstraint(
                fields=("merchant", "task", "attempt", "product", "lot", "expires_on", "condition"),
                name="count_line_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="inbound",
            index=models.Index(fields=["merchant", "status", "-id"], name="inbound_status_newest"),
        ),
        migrations.AddIndex(
            model_name="inbound",
            index=models.Index(
                condition=models.Q(("status__in", ["announced", "receiving", "received"])),
                fields=["warehouse", "expected_on"],
                name="inbound_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="inbound",
            constraint=models.UniqueConstraint(
                fields=("merchant", "number"), name="inbound_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="inboundgoods",
            constraint=models.UniqueConstraint(
                fields=("merchant", "inbound", "product", "lot", "expires_on", "condition"),
                name="inbound_goods_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="inboundgoods",
            constraint=models.CheckConstraint(
                condition=models.Q(("put_away__lte", models.F("quantity"))),
                name="inbound_goods_put_away_within",
            ),
        ),
        migrations.AddConstraint(
            model_name="inboundline",
            constraint=models.UniqueConstraint(
                fields=("merchant", "inbound", "product", "lot", "expires_on"),
                name="inbound_line_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="inboundline",
            constraint=models.CheckConstraint(
                condition=models.Q(("expected__gt", 0)), name="inbound_line_has_pieces"
            ),
        ),
        migrations.AddConstraint(
            model_name="stationdesk",
            constraint=models.UniqueConstraint(
                fields=("merchant", "station", "subject_id", "actor"), name="station_desk_once"
            ),
        ),
    ]
