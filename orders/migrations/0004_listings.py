"""Listings, conflicts and blocked buyers; what a line and an order keep of the channel."""

import django.db.models.deletion
from django.db import migrations, models

import core.tenant_models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_rate_buckets"),
        ("orders", "0003_channel_connections"),
    ]

    operations = [
        migrations.CreateModel(
            name="BuyerBlock",
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
                        choices=[("email", "E-mail"), ("phone", "Phone"), ("address", "Address")],
                        max_length=8,
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=120)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="ChannelListing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=80)),
                ("item_number", models.CharField(blank=True, max_length=80)),
                ("title", models.CharField(blank=True, max_length=300)),
                ("brand", models.CharField(blank=True, max_length=80)),
                ("model", models.CharField(blank=True, max_length=80)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("unmapped", "To be mapped"),
                            ("mapped", "Mapped"),
                            ("ignored", "Not shipped by us"),
                        ],
                        default="unmapped",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("resolved_at", models.DateTimeField(null=True)),
                ("resolved_by", models.CharField(blank=True, max_length=120)),
                ("checked_after_order", models.BigIntegerField(null=True)),
                ("orders_checked", models.PositiveIntegerField(default=0)),
                ("orders_released", models.PositiveIntegerField(default=0)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="ListingPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.PositiveIntegerField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="OrderConflict",
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
                        choices=[
                            ("change", "Sent again with other content"),
                            ("cancellation", "Cancelled by the channel"),
                        ],
                        max_length=12,
                    ),
                ),
                ("differences", models.JSONField(default=list)),
                ("theirs", models.TextField(blank=True)),
                ("theirs_sha256", models.CharField(max_length=64)),
                ("raised_at", models.DateTimeField()),
                ("raised_by", models.CharField(max_length=120)),
                ("resolved_at", models.DateTimeField(null=True)),
                ("resolved_by", models.CharField(blank=True, max_length=120)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("kept", "Ours kept"),
                            ("taken", "Theirs taken"),
                            ("cancelled", "Order cancelled"),
                            ("superseded", "Replaced by a newer message"),
                        ],
                        max_length=10,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="hold",
            name="facts_sha256",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="order",
            name="said",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="orderline",
            name="channel_code",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name="orderline",
            name="channel_line",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name="orderline",
            name="channel_quantity",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="hold",
            name="code",
            field=models.CharField(
                choices=[
                    ("payment", "Not paid"),
                    ("address", "Address"),
                    ("phone", "Phone"),
                    ("unknown_product", "Unknown product"),
                    ("value", "Implausible value"),
                    ("battery", "Battery"),
                    ("restricted", "Restricted goods"),
                    ("recipient_id", "Recipient's tax number"),
                    ("customs_data", "Customs data"),
                    ("duplicate", "Possible duplicate"),
                    ("party", "Denied party"),
                    ("email", "E-mail"),
                    ("destination", "Destination"),
                    ("blocked_buyer", "Blocked buyer"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["merchant", "model"], name="product_model"),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["merchant", "title"], name="product_title"),
        ),
        migrations.AddField(
            model_name="buyerblock",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.merchant",
            ),
        ),
        migrations.AddField(
            model_name="channellisting",
            name="channel",
            field=core.tenant_models.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="listings",
                to="orders.channel",
            ),
        ),
        migrations.AddField(
            model_name="channellisting",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.merchant",
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="listing",
            field=core.tenant_models.TenantForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="orders.channellisting",
            ),
        ),
        migrations.AddIndex(
            model_name="orderline",
            index=models.Index(
                condition=models.Q(("listing__isnull", False)),
                fields=["merchant", "listing", "order"],
                name="order_line_of_listing",
            ),
        ),
        migrations.AddField(
            model_name="listingpart",
            name="listing",
            field=core.tenant_models.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parts",
                to="orders.channellisting",
            ),
        ),
        migrations.AddField(
            model_name="listingpart",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.merchant",
            ),
        ),
        migrations.AddField(
            model_name="listingpart",
            name="product",
            field=core.tenant_models.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.product"
            ),
        ),
        migrations.AddField(
            model_name="orderconflict",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.merchant",
            ),
        ),
        migrations.AddField(
            model_name="orderconflict",
            name="order",
            field=core.tenant_models.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="conflicts",
                to="orders.order",
            ),
        ),
        migrations.AddIndex(
            model_name="buyerblock",
            index=models.Index(fields=["merchant", "-id"], name="buyer_block_newest"),
        ),
        migrations.AddConstraint(
            model_name="buyerblock",
            constraint=models.UniqueConstraint(
                fields=("merchant", "digest"), name="buyer_block_once"
            ),
        ),
        migrations.AddIndex(
            model_name="channellisting",
            index=models.Index(fields=["merchant", "status", "-id"], name="listing_status_newest"),
        ),
        migrations.AddIndex(
            model_name="channellisting",
            index=models.Index(fields=["merchant", "-id"], name="listing_newest"),
        ),
        migrations.AddConstraint(
            model_name="channellisting",
            constraint=models.UniqueConstraint(
                fields=("merchant", "channel", "code"), name="listing_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="listingpart",
            constraint=models.UniqueConstraint(
                fields=("merchant", "listing", "product"), name="listing_part_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="listingpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="listing_part_has_quantity"
            ),
        ),
        migrations.AddIndex(
            model_name="orderconflict",
            index=models.Index(
                condition=models.Q(("resolved_at__isnull", True)),
                fields=["merchant", "-id"],
                name="conflict_open_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="orderconflict",
            index=models.Index(fields=["merchant", "order"], name="conflict_of_order"),
        ),
        migrations.AddConstraint(
            model_name="orderconflict",
            constraint=models.UniqueConstraint(
                condition=models.Q(("resolved_at__isnull", True)),
                fields=("merchant", "order", "kind"),
                name="conflict_open_once",
            ),
        ),
    ]
