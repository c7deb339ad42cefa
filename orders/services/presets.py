"""Saved choices of columns: one per header, the newest counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.events import record
from core.tenancy import active_merchant_id
from orders.models import ColumnPreset


def save_preset(
    *, name: str, header_sha256: str, choice: dict[str, Any], actor: str, now: datetime
) -> ColumnPreset:
    """Keep a choice for the next files with this header; an earlier one for it is replaced."""
    preset, _made = ColumnPreset.objects.update_or_create(
        merchant_id=active_merchant_id(),
        header_sha256=header_sha256,
        defaults={"name": name[:80], "choice": choice, "updated_at": now},
        create_defaults={
            "name": name[:80],
            "choice": choice,
            "created_by": actor,
            "created_at": now,
            "updated_at": now,
        },
    )
    record(kind="preset.saved", subject_kind="column_preset", subject_id=preset.pk, actor=actor,
           now=now)  # fmt: skip
    return preset


def remove_preset(*, preset_id: int, actor: str, now: datetime) -> bool:
    """Forget a choice; files read by it stay as they are. False when there is none."""
    removed, _by_table = ColumnPreset.objects.filter(pk=preset_id).delete()
    if removed:
        record(kind="preset.removed", subject_kind="column_preset", subject_id=preset_id,
               actor=actor, now=now)  # fmt: skip
    return bool(removed)
