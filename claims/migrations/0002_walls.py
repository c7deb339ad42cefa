"""The database wall around this room's tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from core.walls import TenantWall


class Migration(migrations.Migration):
    """Row-level security, composite keys and rights."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("claims", "0001_initial"),
        ("billing", "0002_walls"),
        ("core", "0003_walls"),
        ("tracking", "0002_walls"),
    ]
    operations: ClassVar[list[Operation]] = [
        TenantWall("claim"),
        TenantWall("claimevidence"),
    ]
