"""The database wall around inbounds, what stations have in hand, and cycle counts."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from core.walls import TenantWall


class Migration(migrations.Migration):
    """Row-level security, composite keys and rights; what was received or counted stays."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("warehouse", "0015_inbounds_and_counts"),
        ("core", "0003_walls"),
        ("orders", "0002_walls"),
    ]
    operations: ClassVar[list[Operation]] = [
        TenantWall("inbound", "SELECT, INSERT, UPDATE"),
        TenantWall("inboundline"),
        TenantWall("inboundgoods", "SELECT, INSERT, UPDATE"),
        TenantWall("inboundunknown", "SELECT, INSERT, UPDATE"),
        TenantWall("stationdesk"),
        TenantWall("countlist", "SELECT, INSERT, UPDATE"),
        TenantWall("counttask", "SELECT, INSERT, UPDATE"),
        TenantWall("countline"),
    ]
