"""A role of its own for those who supervise a warehouse."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """The words only; nobody becomes a supervisor by it."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("accounts", "0003_invitations"),
    ]

    operations: ClassVar[list[Operation]] = [
        migrations.AlterField(
            model_name="staff",
            name="role",
            field=models.CharField(
                choices=[
                    ("floor", "Warehouse floor"),
                    ("supervisor", "Warehouse supervisor"),
                    ("customs", "Customs"),
                    ("support", "Support"),
                    ("admin", "Administrator"),
                ],
                max_length=10,
            ),
        ),
    ]
