"""The database wall around the merchant's cartons."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from core.walls import TenantWall


class Migration(migrations.Migration):
    """Row-level security, composite keys and rights; cartons are retired, never deleted."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("warehouse", "0007_carton_types"),
        ("core", "0003_walls"),
    ]
    operations: ClassVar[list[Operation]] = [TenantWall("cartontype", "SELECT, INSERT, UPDATE")]
