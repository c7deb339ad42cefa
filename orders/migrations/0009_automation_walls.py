"""The database wall around rules, tags, notices and dry runs."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from core.walls import TenantWall


class Migration(migrations.Migration):
    """Row-level security, composite keys and rights."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("orders", "0008_automation_rules")]
    operations: ClassVar[list[Operation]] = [
        TenantWall("automationrule"),
        TenantWall("ordertag"),
        TenantWall("rulenotice"),
        TenantWall("ruletrial"),
        TenantWall("ruletrialorder"),
    ]
