"""The database wall around print jobs, single pieces and slots; printers and scans are staff's."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from core.walls import OperatorTable, TenantWall


class Migration(migrations.Migration):
    """Row-level security, composite keys and rights. No print job is ever deleted."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("warehouse", "0018_printing_and_stations"),
        ("core", "0003_walls"),
    ]
    operations: ClassVar[list[Operation]] = [
        TenantWall("printjob", "SELECT, INSERT, UPDATE"),
        TenantWall("singlepiece"),
        TenantWall("slotuse", "SELECT, INSERT, UPDATE"),
        OperatorTable("printagent", ""),
        OperatorTable("printer", ""),
        OperatorTable("stationprinter", ""),
        OperatorTable("stationscan", ""),
        OperatorTable("putwall", ""),
        OperatorTable("putwallslot", ""),
    ]
