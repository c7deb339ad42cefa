"""The database wall around short picks, goods to be brought back, and what merchants want."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from core.walls import OperatorTable, TenantWall


class Migration(migrations.Migration):
    """Row-level security, composite keys and rights; templates and their runs are the operator's."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("warehouse", "0011_wave_templates"),
        ("core", "0003_walls"),
        ("orders", "0002_walls"),
    ]
    operations: ClassVar[list[Operation]] = [
        TenantWall("floorpolicy", "SELECT, INSERT, UPDATE"),
        TenantWall("shortpick", "SELECT, INSERT, UPDATE"),
        TenantWall("putback", "SELECT, INSERT, UPDATE"),
        OperatorTable("wavetemplate"),
        OperatorTable("waverun", ""),
    ]
