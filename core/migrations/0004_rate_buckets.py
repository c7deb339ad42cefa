"""How many calls an account may still make: shared by all workers, seen by any of them."""

from django.db import migrations, models

from core.walls import OperatorTable


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="RateBucket",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account", models.CharField(max_length=64)),
                ("operation", models.CharField(max_length=60)),
                ("tokens", models.FloatField()),
                ("filled_at", models.DateTimeField()),
                ("learned_per_s", models.FloatField(null=True)),
                ("blocked_until", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "operation"), name="rate_bucket_once"
                    )
                ],
            },
        ),
        OperatorTable("ratebucket", "SELECT, INSERT, UPDATE"),
    ]
