"""The database wall around this room's tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from core.walls import TenantWall, wall_sql


class Migration(migrations.Migration):
    """Row-level security, composite keys and rights."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("core", "0002_initial"),
    ]
    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL(
            [
                *wall_sql(table="core_merchant", column="id", rights="SELECT, UPDATE"),
                "GRANT INSERT ON core_merchant TO waybridge_operator",
            ],
            migrations.RunSQL.noop,
        ),
        TenantWall("event", "SELECT, INSERT"),
        TenantWall("job"),
        TenantWall("idempotentanswer", "SELECT, INSERT, DELETE"),
        TenantWall("numberseries"),
        TenantWall("document", "SELECT, INSERT"),
    ]
