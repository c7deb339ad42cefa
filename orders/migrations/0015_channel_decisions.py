"""Decisions that channels are to hear, and orders of theirs that could not be read."""

import django.db.models.deletion
from django.db import migrations, models

import core.tenant_models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_stops_and_retention"),
        ("orders", "0014_combining_walls"),
    ]

    operations = [
        migrations.AlterField(
            model_name="channelnotice",
            name="status",
            field=models.CharField(
                choices=[
                    ("queued", "To be told"),
                    ("sent", "With the channel"),
                    ("told", "Told"),
                    ("refused", "Refused by the channel"),
                    ("settled", "Settled by hand"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="orderconflict",
            name="kind",
            field=models.CharField(
                choices=[
                    ("change", "Sent again with other content"),
                    ("cancellation", "Cancelled by the channel"),
                    ("shipped", "Shipped elsewhere, says the channel"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="ChannelDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("accept", "Taken"), ("cancel", "Cancelled")], max_length=6
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=60)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "To be told"),
                            ("sent", "With the channel"),
                            ("told", "Told"),
                            ("refused", "Refused by the channel"),
                            ("settled", "Settled by hand"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("batch", models.CharField(blank=True, max_length=60)),
                ("receipt", models.CharField(blank=True, max_length=120)),
                ("fault_code", models.CharField(blank=True, max_length=40)),
                ("fault_params", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by", models.CharField(blank=True, max_length=120)),
                (
                    "connection",
                    core.tenant_models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="orders.channelconnection",
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
                    "order",
                    core.tenant_models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "queued")),
                        fields=["merchant", "connection", "id"],
                        name="channel_decision_queued",
                    ),
                    models.Index(
                        condition=models.Q(("status", "refused")),
                        fields=["merchant", "-id"],
                        name="channel_decision_refused",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "order", "kind"), name="channel_decision_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UnreadOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=80)),
                ("external_order", models.CharField(blank=True, max_length=80)),
                ("digest", models.CharField(max_length=64)),
                ("reason", models.CharField(max_length=300)),
                ("seen_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by", models.CharField(blank=True, max_length=120)),
                (
                    "connection",
                    core.tenant_models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unread_orders",
                        to="orders.channelconnection",
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
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=["merchant", "-id"],
                        name="unread_order_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "connection", "key"), name="unread_order_once"
                    )
                ],
            },
        ),
    ]
