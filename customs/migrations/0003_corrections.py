"""A refused declaration is corrected by a new one that names it."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models import Q

import core.tenant_models
from core.walls import TenantKey


class Migration(migrations.Migration):
    """One declaration of a direction is the current one; the others are superseded."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("customs", "0002_walls")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            model_name="declaration", name="refusal", field=models.JSONField(default=list)
        ),
        migrations.AddField(
            model_name="declaration", name="entries", field=models.JSONField(default=list)
        ),
        migrations.AddField(
            model_name="declaration", name="superseded_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="declaration",
            name="corrects",
            field=core.tenant_models.TenantForeignKey(
                null=True,
                on_delete=models.deletion.PROTECT,
                related_name="corrected_by",
                to="customs.declaration",
            ),
        ),
        TenantKey("declaration", "corrects"),
        migrations.RemoveConstraint(model_name="declaration", name="declaration_once"),
        migrations.AddConstraint(
            model_name="declaration",
            constraint=models.UniqueConstraint(
                condition=Q(("superseded_at__isnull", True)),
                fields=("merchant", "booking", "direction"),
                name="declaration_current_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="declaration",
            constraint=models.UniqueConstraint(
                fields=("merchant", "corrects"), name="declaration_corrected_once"
            ),
        ),
        migrations.AddIndex(
            model_name="declaration",
            index=models.Index(fields=["merchant", "booking"], name="declaration_of_booking"),
        ),
    ]
