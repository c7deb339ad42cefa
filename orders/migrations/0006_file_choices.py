"""What people say about the columns of files, what was assumed, and whole rejected rows."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns of imports and rejected rows, and the saved choices."""

    dependencies = [
        ("core", "0004_rate_buckets"),
        ("orders", "0005_listing_walls"),
    ]

    operations = [
        migrations.AddField(
            model_name="import",
            name="choice",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="import",
            name="header",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="import",
            name="notes",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="import",
            name="preview",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="import",
            name="skipped",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="rejectedrow",
            name="cells",
            field=models.JSONField(default=list),
        ),
        migrations.CreateModel(
            name="ColumnPreset",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("header_sha256", models.CharField(max_length=64)),
                ("choice", models.JSONField()),
                ("created_by", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "header_sha256"), name="column_preset_once"
                    )
                ],
            },
        ),
    ]
