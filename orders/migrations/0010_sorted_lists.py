"""Indexes of the lists that are sorted by value or by the day an order was placed."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models import F
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    """Merchant first, the id breaks ties."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("orders", "0009_automation_walls")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["merchant", "goods_value", "-id"], name="order_by_value"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                F("merchant"),
                Coalesce("placed_at", "created_at"),
                F("id").desc(),
                name="order_by_arrival",
            ),
        ),
    ]
