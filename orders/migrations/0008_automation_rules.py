"""Rules of the merchant: their tables, and what an order keeps of them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import core.tenant_models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_job_said"),
        ("orders", "0007_preset_walls"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="priority",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="order",
            name="ruled",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="order",
            name="tags",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=30), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="wanted_service",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="order",
            name="wanted_warehouse",
            field=models.CharField(blank=True, max_length=20),
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
                    ("rule", "Your rule"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="RuleTrial",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rules", models.JSONField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("running", "Running"), ("done", "Done")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("orders_total", models.PositiveIntegerField(default=0)),
                ("orders_seen", models.PositiveIntegerField(default=0)),
                ("orders_changed", models.PositiveIntegerField(default=0)),
                ("is_cut", models.BooleanField(default=False)),
                ("touched", models.JSONField(default=dict)),
                ("resume_after_order", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=120)),
                ("finished_at", models.DateTimeField(null=True)),
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
            name="RuleTrialOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ruled", models.JSONField()),
                ("changes", models.JSONField()),
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
                        related_name="+",
                        to="orders.order",
                    ),
                ),
                (
                    "trial",
                    core.tenant_models.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="orders.ruletrial",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="AutomationRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("position", models.PositiveIntegerField()),
                ("is_active", models.BooleanField(default=False)),
                ("stops", models.BooleanField(default=False)),
                ("definition", models.JSONField()),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=120)),
                ("updated_at", models.DateTimeField()),
                ("updated_by", models.CharField(max_length=120)),
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
                        fields=["merchant", "position", "id"], name="automation_rule_in_order"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderTag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tag", models.CharField(max_length=30)),
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["merchant", "tag", "-order"], name="order_tag_newest")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "order", "tag"), name="order_tag_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule_id", models.BigIntegerField()),
                ("rule_name", models.CharField(max_length=80)),
                ("member_id", models.BigIntegerField(null=True)),
                ("raised_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
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
                        related_name="+",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=["merchant", "rule_id", "member_id", "id"],
                        name="rule_notice_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "rule_id", "order", "member_id"),
                        name="rule_notice_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="ruletrial",
            index=models.Index(fields=["merchant", "-id"], name="rule_trial_newest"),
        ),
        migrations.AddConstraint(
            model_name="ruletrialorder",
            constraint=models.UniqueConstraint(
                fields=("merchant", "trial", "order"), name="rule_trial_order_once"
            ),
        ),
    ]
