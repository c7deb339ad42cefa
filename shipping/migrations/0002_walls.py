"""The database wall around this room's tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from core.walls import OperatorTable, TenantWall


class Migration(migrations.Migration):
    """Row-level security, composite keys and rights."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("shipping", "0001_initial"),
        ("core", "0003_walls"),
        ("warehouse", "0002_walls"),
    ]
    operations: ClassVar[list[Operation]] = [
        TenantWall("agreement"),
        TenantWall("handover"),
        TenantWall("booking"),
        OperatorTable("ratecard", "SELECT"),
        OperatorTable("rateline", "SELECT"),
        OperatorTable("s10range", "SELECT, UPDATE"),
    ]
