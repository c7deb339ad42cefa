"""The database wall around stock levels, replenishment and cover."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from core.walls import TenantWall


class Migration(migrations.Migration):
    """Row-level security, composite keys and rights."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("warehouse", "0020_levels_and_kits"),
        ("orders", "0019_kit_walls"),
    ]
    operations: ClassVar[list[Operation]] = [
        TenantWall("stocklevel"),
        TenantWall("replenishtask", "SELECT, INSERT, UPDATE"),
        TenantWall("stockcover"),
    ]
