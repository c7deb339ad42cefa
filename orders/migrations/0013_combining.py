"""Orders split into parts and merged into one: who belongs to whom, and who goes to one door."""

import django.db.models.deletion
from django.db import migrations, models

import core.tenant_models


def link(to, name):
    return core.tenant_models.TenantForeignKey(
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=name,
        to=to,
    )


STATUSES = [
    ("received", "Received"),
    ("held", "On hold"),
    ("accepted", "Accepted"),
    ("backordered", "Backordered"),
    ("allocated", "Allocated"),
    ("packed", "Packed"),
    ("shipped", "Shipped"),
    ("delivered", "Delivered"),
    ("lost", "Lost"),
    ("cancelled", "Cancelled"),
    ("split", "Split"),
    ("merged", "Merged"),
]


class Migration(migrations.Migration):
    dependencies = [("orders", "0012_hashed_accounts")]

    operations = [
        migrations.AlterField(
            "order",
            "status",
            models.CharField(choices=STATUSES, default="received", max_length=12),
        ),
        migrations.AddField(
            "order",
            "address_digest",
            models.CharField(blank=True, default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            "order",
            "made_by",
            models.CharField(
                blank=True,
                choices=[("split", "Part of a split order"), ("merge", "Several orders in one")],
                default="",
                max_length=5,
            ),
            preserve_default=False,
        ),
        migrations.AddField("order", "parent", link("orders.order", "parts")),
        migrations.AddField("order", "merged_into", link("orders.order", "sources")),
        migrations.AddField("order", "undone_at", models.DateTimeField(null=True)),
        migrations.AddField("orderline", "source_line", link("orders.orderline", "copies")),
        migrations.AddIndex(
            "order",
            models.Index(
                condition=models.Q(
                    ("status__in", ("accepted", "backordered", "allocated")),
                    models.Q(("address_digest", ""), _negated=True),
                ),
                fields=["merchant", "address_digest", "id"],
                name="order_goes_together",
            ),
        ),
        migrations.AddIndex(
            "order",
            models.Index(
                condition=models.Q(("parent__isnull", False)),
                fields=["merchant", "parent"],
                name="order_of_parent",
            ),
        ),
        migrations.AddIndex(
            "order",
            models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["merchant", "merged_into"],
                name="order_merged_into",
            ),
        ),
        migrations.AddIndex(
            "orderline",
            models.Index(
                condition=models.Q(("source_line__isnull", False)),
                fields=["merchant", "source_line"],
                name="order_line_copies",
            ),
        ),
        migrations.RemoveConstraint("channelnotice", "channel_notice_once"),
        migrations.AddConstraint(
            "channelnotice",
            models.UniqueConstraint(
                fields=("merchant", "parcel_reference", "order"), name="channel_notice_once"
            ),
        ),
    ]
