"""Bookings whose outcome a person finds out."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models import Q


class Migration(migrations.Migration):
    """What waits for a person is found by indexes that hold only that."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("shipping", "0003_refusal_said")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            model_name="booking", name="absent_since", field=models.DateTimeField(null=True)
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=Q(("status", "unclear")),
                fields=["merchant", "-id"],
                name="booking_unclear",
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=Q(("label__isnull", True), ("status", "booked")),
                fields=["merchant", "-id"],
                name="booking_no_label",
            ),
        ),
    ]
