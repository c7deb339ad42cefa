"""The database wall around this room's tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from core.walls import OperatorTable, TenantWall


class Migration(migrations.Migration):
    """Row-level security, composite keys and rights."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("tracking", "0001_initial"),
        ("core", "0003_walls"),
        ("shipping", "0002_walls"),
    ]
    operations: ClassVar[list[Operation]] = [
        TenantWall("trackedparcel"),
        TenantWall("trackingevent", "SELECT, INSERT"),
        TenantWall("parcelexception"),
        TenantWall("partnerdelivery"),
        TenantWall("deliveryproof", "SELECT, INSERT"),
        OperatorTable("feedcursor", ""),
    ]
