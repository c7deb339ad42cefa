"""Which merchants are kept out: read by every door, written by the operator alone."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from core.walls import OperatorTable


class Migration(migrations.Migration):
    """A table of ids; merchants that were marked inactive before are in it from the start."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("core", "0006_stops_and_retention"),
    ]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="SuspendedMerchant",
            fields=[
                ("merchant_id", models.BigIntegerField(primary_key=True, serialize=False)),
            ],
        ),
        OperatorTable("suspendedmerchant", "SELECT"),
        migrations.RunSQL(
            "INSERT INTO core_suspendedmerchant (merchant_id)"
            " SELECT id FROM core_merchant WHERE NOT is_active",
            migrations.RunSQL.noop,
        ),
    ]
