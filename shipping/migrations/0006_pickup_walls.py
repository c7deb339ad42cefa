"""The database wall around what was scanned out to drivers."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from core.walls import OperatorTable, TenantWall


class Migration(migrations.Migration):
    """A merchant reads the visit its manifest was signed in; the operator writes it."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("shipping", "0005_voids_and_pickups"),
        ("core", "0003_walls"),
    ]
    operations: ClassVar[list[Operation]] = [
        OperatorTable("pickup", "SELECT"),
        TenantWall("pickupparcel"),
    ]
