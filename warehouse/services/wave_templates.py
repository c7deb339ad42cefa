"""Wave templates, whose turn it is to look for orders, and proposals that are dismissed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta

from django.db import IntegrityError, transaction

from core.events import Change, record, record_many
from warehouse.models import (
    Allocation,
    Parcel,
    ParcelItem,
    PickTask,
    Warehouse,
    Wave,
    WaveRun,
    WaveTemplate,
)


class TemplateNameTaken(Exception):
    """Another template of the warehouse has this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFacts:
    """A template as a person describes it; a limit that is None does not bind."""

    name: str
    kind: str
    carrier_code: str
    cut_off: time
    weekdays: Sequence[int]
    lead_minutes: int
    every_minutes: int
    ship_within_hours: int | None
    max_orders: int
    max_weight_g: int | None
    max_volume_cm3: int | None
    max_slots: int | None


def save_template(
    *,
    template_id: int | None,
    warehouse: Warehouse,
    facts: TemplateFacts,
    actor: str,
    now: datetime,
) -> WaveTemplate:
    """Add a template (`template_id` None) or change one; raise `TemplateNameTaken`.

    A changed one begins anew: its cut-off may be another, and what is due is looked for at once.
    """
    values = {**asdict(facts), "weekdays": sorted(set(facts.weekdays))}
    values |= {"changed_by": actor, "changed_at": now}
    try:
        with transaction.atomic():
            if template_id is None:
                return WaveTemplate.objects.create(warehouse=warehouse, created_at=now, **values)
            WaveTemplate.objects.filter(pk=template_id, warehouse=warehouse).update(**values)
    except IntegrityError as error:
        if "wave_template_once" not in str(error):
            raise
        raise TemplateNameTaken(facts.name) from error
    WaveRun.objects.filter(template_id=template_id, cut_off_at__gt=now).delete()
    return WaveTemplate.objects.get(pk=template_id)


def set_template_active(*, template_id: int, is_active: bool, actor: str, now: datetime) -> bool:
    """Switch a template on or off; False when it stood so. Its proposals stay."""
    rows = WaveTemplate.objects.filter(pk=template_id, is_active=not is_active)
    return bool(rows.update(is_active=is_active, changed_by=actor, changed_at=now))


def take_turn(*, template: WaveTemplate, cut_off_at: datetime, now: datetime) -> WaveRun | None:
    """Take the turn to look for a cut-off's orders, in the active block; None when it is not time,
    or another worker has it.

    The next turn comes `every_minutes` later. Rolled back, it is due again.
    """
    first_at = cut_off_at - timedelta(minutes=template.lead_minutes)
    if now < first_at or now >= cut_off_at:
        return None
    run, _is_new = WaveRun.objects.get_or_create(
        template=template, cut_off_at=cut_off_at, defaults={"next_at": first_at}
    )
    due = WaveRun.objects.filter(pk=run.pk, next_at__lte=now)
    next_at = now + timedelta(minutes=template.every_minutes)
    return run if due.update(next_at=next_at, looked_at=now) else None


def dismiss_wave(*, wave_id: int, actor: str, now: datetime) -> int | None:
    """Give the orders of a planned wave back to waiting; return how many, None when it is not
    planned any more.

    Its parcels end as cancelled: a template does not propose the same orders again for the same
    cut-off.
    """
    wave = Wave.objects.select_for_update().get(pk=wave_id)
    if wave.status != Wave.Status.PLANNED:
        return None
    parcels = list(
        Parcel.objects.filter(wave=wave, status=Parcel.Status.PLANNED)
        .order_by("pk")
        .select_for_update()
    )
    order_ids = [parcel.order_id for parcel in parcels]
    PickTask.objects.filter(wave=wave).delete()
    ParcelItem.objects.filter(parcel__in=parcels).delete()
    Parcel.objects.filter(pk__in=[parcel.pk for parcel in parcels]).update(
        status=Parcel.Status.CANCELLED
    )
    Allocation.objects.filter(order_id__in=order_ids, warehouse_id=wave.warehouse_id).update(
        planned_at=None
    )
    Wave.objects.filter(pk=wave.pk).update(status=Wave.Status.DISMISSED)
    record(
        kind="wave.dismissed", subject_kind="wave", subject_id=wave.pk, actor=actor, now=now,
        data={"orders": len(order_ids)},
    )  # fmt: skip
    record_many(
        [
            Change("order.parcel_withdrawn", "order", parcel.order_id, {"parcel": parcel.reference})
            for parcel in parcels
        ],
        actor=actor,
        now=now,
    )
    return len(order_ids)
