"""Which letter tells of a notice, written down before it is sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """The column has a default of the database's: the code before goes on beside it."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("orders", "0016_channel_decision_walls")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            model_name="rulenotice",
            name="letter",
            field=models.CharField(blank=True, db_default="", max_length=80),
        ),
    ]
