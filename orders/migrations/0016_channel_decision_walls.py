"""The database wall around decisions for channels and orders that could not be read."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from core.walls import TenantWall


class Migration(migrations.Migration):
    """Row-level security, composite keys and rights."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("orders", "0015_channel_decisions")]
    operations: ClassVar[list[Operation]] = [
        TenantWall("channeldecision"),
        TenantWall("unreadorder"),
    ]
