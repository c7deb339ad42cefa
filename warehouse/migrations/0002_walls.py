"""The database wall around this room's tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from core.walls import OperatorTable, TenantWall


class Migration(migrations.Migration):
    """Row-level security, composite keys and rights."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("warehouse", "0001_initial"),
        ("core", "0003_walls"),
        ("orders", "0002_walls"),
    ]
    operations: ClassVar[list[Operation]] = [
        TenantWall("stockbalance"),
        TenantWall("stockmove", "SELECT, INSERT"),
        TenantWall("allocation"),
        TenantWall("reservation"),
        TenantWall("wave"),
        TenantWall("parcel"),
        TenantWall("parcelitem"),
        TenantWall("picktask"),
        TenantWall("scan", "SELECT, INSERT"),
        OperatorTable("warehouse", "SELECT"),
        OperatorTable("location", "SELECT"),
        OperatorTable("staffassignment", ""),
    ]
