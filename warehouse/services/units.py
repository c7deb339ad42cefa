"""Bags and pallets. The operator's own rows: called inside `across_merchants`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, Sum

from warehouse.models import HandlingUnit, Parcel, SsccSeries, UnitParcel, UnitScan, Warehouse
from warehouse.rules.sscc import build_sscc, prefix_on

S = HandlingUnit.Status


def open_unit(*, warehouse: Warehouse, kind: str, actor: str, now: datetime) -> HandlingUnit:
    """Open an empty bag or pallet under the next SSCC. Raises `PrefixUsedUp`."""
    owner = prefix_on(now.date())
    key = f"{owner.extension}{owner.prefix}"
    SsccSeries.objects.get_or_create(prefix=key)
    row = SsccSeries.objects.select_for_update().get(prefix=key)
    sscc = build_sscc(owner, row.next_serial)
    SsccSeries.objects.filter(pk=row.pk).update(next_serial=F("next_serial") + 1)
    return HandlingUnit.objects.create(
        sscc=sscc, kind=kind, warehouse=warehouse, opened_at=now, opened_by=actor
    )


def settle_unit_for(
    *, unit: HandlingUnit, carrier_code: str, service_code: str, country: str
) -> None:
    """The first thing in a unit says what it is for. The caller holds the unit's row."""
    unit.carrier_code, unit.service_code = carrier_code, service_code
    unit.country = country if unit.kind == HandlingUnit.Kind.BAG else ""
    unit.save(update_fields=["carrier_code", "service_code", "country"])


def lay_parcel(*, unit: HandlingUnit, parcel: Parcel, actor: str, now: datetime) -> bool:
    """Lay a parcel into a unit; False when it lies there already."""
    _row, is_new = UnitParcel.objects.get_or_create(
        merchant_id=parcel.merchant_id,
        parcel=parcel,
        defaults={"unit": unit, "actor": actor, "at": now},
    )
    return is_new


def take_parcel_out(*, unit: HandlingUnit, reference: str) -> int:
    """Take a parcel out of an open unit; an empty one is for anything again."""
    gone, _ = UnitParcel.objects.filter(unit=unit, parcel__reference=reference).delete()
    _free_when_empty(unit)
    return gone


def lay_unit(*, bag: HandlingUnit, pallet: HandlingUnit | None) -> None:
    """Put a closed bag on a pallet, or take it off."""
    before = bag.parent
    bag.parent = pallet
    bag.save(update_fields=["parent"])
    if before is not None:
        _free_when_empty(before)


def _free_when_empty(unit: HandlingUnit) -> None:
    if not (UnitParcel.objects.filter(unit=unit).exists() or unit.units.exists()):
        unit.carrier_code = unit.service_code = unit.country = ""
        unit.save(update_fields=["carrier_code", "service_code", "country"])


def close_unit(*, unit: HandlingUnit, actor: str, now: datetime) -> None:
    """Close a unit over what lies in it, counted and weighed. The caller holds its row."""
    inside = UnitParcel.objects.filter(unit=unit)
    bags = list(unit.units.all())
    grams = inside.aggregate(all=Sum("parcel__weight_g"))["all"] or 0
    unit.parcel_count = inside.count() + sum(bag.parcel_count for bag in bags)
    unit.weight_g = grams + sum(bag.weight_g for bag in bags)
    unit.status, unit.closed_at, unit.closed_by = S.CLOSED, now, actor
    unit.save(update_fields=["parcel_count", "weight_g", "status", "closed_at", "closed_by"])


def reopen_unit(*, unit: HandlingUnit) -> None:
    """Open a closed unit again; its label counts on. The caller holds its row."""
    unit.status, unit.closed_at, unit.closed_by = S.OPEN, None, ""
    unit.save(update_fields=["status", "closed_at", "closed_by"])


def hand_over_units(*, sscc: set[str], now: datetime) -> None:
    """Units that went with the driver, and the bags on their pallets."""
    gone = HandlingUnit.objects.filter(sscc__in=sscc)
    bags = HandlingUnit.objects.filter(parent__in=list(gone.values_list("pk", flat=True)))
    for rows in (bags, gone):
        rows.update(status=S.HANDED_OVER, handed_over_at=now)


def known_answer(client_id: str) -> Mapping[str, Any] | None:
    """The answer that was given to a scan of this id, None for a new one."""
    found = UnitScan.objects.filter(pk=client_id).values_list("answer", flat=True).first()
    return dict(found) if found is not None else None


def keep_answer(
    *, client_id: str, station: str, raw: str, answer: Mapping[str, Any], actor: str, now: datetime
) -> None:
    """Keep a scan with its answer; raises IntegrityError when the id was used meanwhile."""
    UnitScan.objects.create(
        client_id=client_id, station=station, raw=raw[:200], answer=dict(answer), actor=actor,
        at=now,
    )  # fmt: skip
