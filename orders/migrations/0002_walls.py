"""The database wall around this room's tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from core.walls import TenantWall


class Migration(migrations.Migration):
    """Row-level security, composite keys and rights."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("orders", "0001_initial"),
        ("core", "0003_walls"),
    ]
    operations: ClassVar[list[Operation]] = [
        TenantWall("product"),
        TenantWall("channel"),
        TenantWall("import"),
        TenantWall("rejectedrow"),
        TenantWall("order"),
        TenantWall("orderline"),
        TenantWall("hold"),
    ]
