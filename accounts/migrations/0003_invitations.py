"""Invitations to a team, behind the wall, and the look-up of their links."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import core.tenant_models
from core.walls import TenantWall

ROLES = [
    ("owner", "Owner"),
    ("operations", "Operations"),
    ("finance", "Finance"),
    ("read_only", "Read only"),
]
STATUSES = [
    ("pending", "Waiting"),
    ("accepted", "Accepted"),
    ("revoked", "Withdrawn"),
    ("expired", "Expired"),
]


class Migration(migrations.Migration):
    """A tenant table and a table of hashes and ids."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("accounts", "0002_walls"),
        ("core", "0007_suspension"),
    ]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="InvitationLookup",
            fields=[
                (
                    "token_hmac",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("merchant_id", models.BigIntegerField()),
                ("invitation_id", models.BigIntegerField(unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("role", models.CharField(choices=ROLES, max_length=12)),
                (
                    "status",
                    models.CharField(choices=STATUSES, default="pending", max_length=10),
                ),
                ("invited_by", models.CharField(max_length=300)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "member",
                    core.tenant_models.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.member",
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "pending")),
                        fields=("merchant", "email"),
                        name="invitation_waits_once",
                    )
                ],
            },
        ),
        TenantWall("invitation"),
    ]
