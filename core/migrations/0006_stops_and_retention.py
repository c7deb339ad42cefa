"""Partners that refuse our credentials; jobs a person gave up; indexes the sweeps go by."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models import Q

from core.walls import OperatorTable


class Migration(migrations.Migration):
    """Workers of the app role write stops too: they are who is refused."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("core", "0005_job_said")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="PartnerStop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("partner", models.CharField(max_length=40)),
                ("account", models.CharField(max_length=80)),
                ("operation", models.CharField(blank=True, max_length=40)),
                ("http_status", models.PositiveSmallIntegerField()),
                ("since", models.DateTimeField()),
                ("refused_at", models.DateTimeField()),
                ("refusals", models.PositiveIntegerField(default=1)),
                ("next_try_at", models.DateTimeField()),
                ("tried_by", models.CharField(blank=True, max_length=120)),
                ("cleared_at", models.DateTimeField(null=True)),
                ("jobs_woken_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("cleared_at__isnull", True)),
                        fields=("partner", "account", "operation"),
                        name="partner_stop_open_once",
                    )
                ],
            },
        ),
        OperatorTable("partnerstop", "SELECT, INSERT, UPDATE"),
        migrations.AddField(
            model_name="job",
            name="waits_for",
            field=models.CharField(blank=True, db_default="", max_length=40),
        ),
        migrations.AddField(
            model_name="job",
            name="given_up_reason",
            field=models.CharField(blank=True, db_default="", max_length=300),
        ),
        migrations.AlterField(
            model_name="job",
            name="status",
            field=models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("done", "Done"),
                    ("failed", "Failed"),
                    ("given_up", "Given Up"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=Q(("status", "done")), fields=["finished_at"], name="job_done"
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=Q(("status", "queued"), models.Q(("waits_for", ""), _negated=True)),
                fields=["waits_for", "id"],
                name="job_waits_for",
            ),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["merchant", "storage_name"], name="document_bytes"),
        ),
    ]
