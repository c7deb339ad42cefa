"""Connections to marketplaces, what they are told, and what they push."""

import django.db.models.deletion
from django.db import migrations, models

import core.tenant_models
from core.walls import OperatorTable, TenantWall


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_rate_buckets"),
        ("orders", "0002_walls"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="channel_said",
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name="channel",
            name="kind",
            field=models.CharField(
                choices=[
                    ("upload", "File upload"),
                    ("api", "API"),
                    ("amazon", "Amazon"),
                    ("ebay", "eBay"),
                    ("aliexpress", "AliExpress"),
                    ("shopify", "Shopify"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="ChannelAccountLookup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("account", models.CharField(max_length=120)),
                ("merchant_id", models.BigIntegerField()),
                ("connection_id", models.BigIntegerField(unique=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "account"), name="channel_account_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ChannelConnection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for your consent"),
                            ("connecting", "Being connected"),
                            ("active", "Connected"),
                            ("broken", "Broken"),
                            ("paused", "Paused"),
                            ("ended", "Disconnected"),
                        ],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                ("account", models.CharField(blank=True, max_length=120)),
                ("options", models.JSONField(default=dict)),
                ("sealed_tokens", models.TextField(blank=True)),
                ("access_expires_at", models.DateTimeField(null=True)),
                ("consent_expires_at", models.DateTimeField(null=True)),
                ("renewing_until", models.DateTimeField(null=True)),
                ("consent_state_sha256", models.CharField(blank=True, max_length=64)),
                ("consent_asked_at", models.DateTimeField(null=True)),
                ("sealed_return", models.TextField(blank=True)),
                (
                    "tell_at",
                    models.CharField(
                        choices=[
                            ("handover", "When the carrier has the parcel"),
                            ("booking", "When the label is booked"),
                        ],
                        default="handover",
                        max_length=10,
                    ),
                ),
                ("read_until", models.DateTimeField()),
                ("window_until", models.DateTimeField(null=True)),
                ("cursor", models.TextField(blank=True)),
                ("pages_read", models.PositiveBigIntegerField(default=0)),
                ("orders_read", models.PositiveBigIntegerField(default=0)),
                ("read_at", models.DateTimeField(null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("fault_code", models.CharField(blank=True, max_length=40)),
                ("fault_params", models.JSONField(default=dict)),
                ("fault_since", models.DateTimeField(null=True)),
                ("created_by", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField()),
                (
                    "channel",
                    core.tenant_models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="connections",
                        to="orders.channel",
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
            name="ChannelNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("parcel_reference", models.CharField(max_length=24)),
                ("said", models.JSONField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "To be told"),
                            ("told", "Told"),
                            ("refused", "Refused by the channel"),
                            ("settled", "Settled by hand"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveIntegerField(default=0)),
                ("channel_reference", models.CharField(blank=True, max_length=120)),
                ("fault_code", models.CharField(blank=True, max_length=40)),
                ("fault_params", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by", models.CharField(blank=True, max_length=120)),
                (
                    "connection",
                    core.tenant_models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
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
                        related_name="notices",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="ChannelPush",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("digest", models.CharField(max_length=64)),
                ("headers", models.JSONField()),
                ("body", models.BinaryField()),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "digest"), name="channel_push_once")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="channelconnection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "ended"), _negated=True),
                fields=("merchant", "channel"),
                name="channel_connection_live_once",
            ),
        ),
        migrations.AddIndex(
            model_name="channelnotice",
            index=models.Index(
                condition=models.Q(("status", "refused")),
                fields=["merchant", "-id"],
                name="channel_notice_refused",
            ),
        ),
        migrations.AddIndex(
            model_name="channelnotice",
            index=models.Index(fields=["merchant", "order"], name="channel_notice_of_order"),
        ),
        migrations.AddConstraint(
            model_name="channelnotice",
            constraint=models.UniqueConstraint(
                fields=("merchant", "parcel_reference"), name="channel_notice_once"
            ),
        ),
        TenantWall("channelconnection"),
        TenantWall("channelnotice"),
        OperatorTable("channelpush", "INSERT"),
    ]
