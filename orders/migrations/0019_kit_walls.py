"""The database wall around kits."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from core.walls import TenantWall


class Migration(migrations.Migration):
    """Row-level security, composite keys and rights."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("orders", "0018_kits")]
    operations: ClassVar[list[Operation]] = [
        TenantWall("kitpart"),
    ]
