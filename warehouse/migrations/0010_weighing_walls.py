"""The database wall around weighings, extras, photos and what lies in bags and on pallets."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from core.walls import OperatorTable, TenantWall


class Migration(migrations.Migration):
    """Row-level security, composite keys and rights; what a scale said is never changed."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("warehouse", "0009_weighing_and_units"),
        ("core", "0003_walls"),
    ]
    operations: ClassVar[list[Operation]] = [
        TenantWall("contentweight", "SELECT, INSERT, UPDATE"),
        TenantWall("weighing", "SELECT, INSERT"),
        TenantWall("packingextra", "SELECT, INSERT, UPDATE"),
        TenantWall("parcelextra", "SELECT, INSERT, UPDATE"),
        TenantWall("parcelphoto", "SELECT, INSERT"),
        TenantWall("unitparcel"),
        OperatorTable("ssccseries", ""),
        OperatorTable("handlingunit", "SELECT"),
        OperatorTable("unitscan", ""),
    ]
