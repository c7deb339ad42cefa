"""The database wall around families of orders."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from core.walls import TenantKey


class Migration(migrations.Migration):
    """A part, a merged order and a copied line are of the same merchant as what they come from."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("orders", "0013_combining")]
    operations: ClassVar[list[Operation]] = [
        TenantKey("order", "parent"),
        TenantKey("order", "merged_into"),
        TenantKey("orderline", "source_line"),
    ]
