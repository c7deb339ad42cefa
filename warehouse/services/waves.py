"""Waves: orders picked together, their parcels planned and their pick tasks laid in a path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Count, Max, Min

from core.events import Change, record, record_many
from core.models import Document
from core.numbers import next_numbers
from core.sentences import stored
from orders.models import Order, OrderLine
from warehouse.models import (
    Allocation,
    Location,
    Parcel,
    ParcelItem,
    PickTask,
    Reservation,
    Warehouse,
    Wave,
    WaveTemplate,
)
from warehouse.rules.cartons import CartonSuggestion, PackItem, ServiceLimits, suggest_carton
from warehouse.rules.natures import nature_rules_on
from warehouse.rules.paths import Spot, lay_way
from warehouse.rules.pick_path import PickStop, aisle_of
from warehouse.rules.station_rules import cross_aisle_from_last_bin
from warehouse.rules.waves import Candidate, kind_of
from warehouse.services.cartons import cartons_of_merchant
from warehouse.services.contents import planned_items


@dataclass(frozen=True, slots=True)
class WavePlan:
    """A wave with the parcels planned in it."""

    wave: Wave
    parcel_ids: tuple[int, ...]


def plan_wave(
    *,
    warehouse: Warehouse,
    orders: Sequence[Order],
    actor: str,
    now: datetime,
    limits: Callable[[str], Sequence[ServiceLimits]] = lambda _country: (),
    template: WaveTemplate | None = None,
    cut_off_at: datetime | None = None,
) -> WavePlan:
    """Plan a parcel for each allocated order and lay the pick tasks in path order.

    `limits` are those of the services that go to a country. `template` is what proposed the wave,
    for the carrier's `cut_off_at`.

    The caller holds the orders' rows locked and passes only allocated ones without a parcel.
    """
    number = next_numbers(kind="wave")[0]
    reservations = _reservations_of(orders)
    wave = Wave.objects.create(
        number=f"W{number:05d}",
        warehouse=warehouse,
        kind=kind_of(_candidate(order_id, rows) for order_id, rows in reservations.items()),
        template=template,
        ship_by=min((order.ship_by for order in orders if order.ship_by), default=None),
        cut_off_at=cut_off_at,
        created_at=now,
    )
    parcels = _plan_parcels(wave, orders, reservations, limits, now)
    parcel_of_order = {parcel.order_id: parcel for parcel in parcels}
    Allocation.objects.filter(
        warehouse=warehouse, order_id__in=list(parcel_of_order), planned_at__isnull=True
    ).update(planned_at=now)
    _plan_items(parcel_of_order, reservations, now)
    _lay_path(wave, parcel_of_order, reservations, now)
    record(
        kind="wave.planned",
        subject_kind="wave",
        subject_id=wave.pk,
        actor=actor,
        now=now,
        data={"orders": len(orders)},
    )
    return WavePlan(wave, tuple(parcel.pk for parcel in parcels))


def _candidate(order_id: int, rows: Sequence[Reservation]) -> Candidate:
    return Candidate(
        order_id,
        pieces=sum(row.quantity for row in rows),
        products=len({row.balance.product_id for row in rows}),
    )


def _reservations_of(orders: Sequence[Order]) -> Mapping[int, list[Reservation]]:
    # Table by table by their keys: joined, a planner without fresh statistics took seconds.
    line_ids = OrderLine.objects.filter(order_id__in=[order.pk for order in orders])
    rows = (
        Reservation.objects.filter(
            order_line_id__in=list(line_ids.values_list("id", flat=True)),
            status=Reservation.Status.RESERVED,
        )
        .prefetch_related("order_line", "balance__product", "balance__location")
        .order_by("id")
    )
    by_order: dict[int, list[Reservation]] = defaultdict(list)
    for row in rows:
        by_order[row.order_line.order_id].append(row)
    return by_order


def _plan_parcels(
    wave: Wave,
    orders: Sequence[Order],
    reservations: Mapping[int, list[Reservation]],
    limits: Callable[[str], Sequence[ServiceLimits]],
    now: datetime,
) -> list[Parcel]:
    cartons, natures = cartons_of_merchant(now.date()), nature_rules_on(now.date())
    limits_to = cache(limits)
    earlier = _parcels_before(orders)
    # Many orders of a wave are alike: what goes into a carton is laid out once.
    known: dict[tuple[object, ...], tuple[CartonSuggestion, list[dict[str, Any]]]] = {}
    parcels = []
    for order in orders:
        rows = reservations[order.pk]
        alike = (
            order.country,
            *sorted((row.balance.product_id, row.quantity) for row in rows),
        )
        if alike not in known:
            suggested = suggest_carton(
                [_pack_item(row) for row in rows],
                cartons,
                natures=natures,
                limits=limits_to(order.country),
            )
            known[alike] = suggested, stored([suggested.reason, *suggested.notes])
        carton, said = known[alike]
        parcels.append(
            Parcel(
                order=order,
                reference=f"{order.reference}-{earlier.get(order.pk, 0) + 1}",
                warehouse=wave.warehouse,
                wave=wave,
                carton_code=carton.carton_code,
                carton_said=said,
                length_mm=carton.length_mm,
                width_mm=carton.width_mm,
                height_mm=carton.height_mm,
                expected_weight_g=carton.gross_weight_g,
                ship_by=order.ship_by,
                created_at=now,
            )
        )
    return Parcel.objects.bulk_create(parcels)


def _parcels_before(orders: Sequence[Order]) -> dict[int, int]:
    """How many parcels these orders had that were cancelled: a reference is never given twice."""
    rows = Parcel.objects.filter(order_id__in=[order.pk for order in orders])
    return dict(rows.order_by().values_list("order_id").annotate(Count("pk")))


def _pack_item(row: Reservation) -> PackItem:
    product = row.balance.product
    return PackItem(
        sku=product.sku,
        length_mm=product.length_mm,
        width_mm=product.width_mm,
        height_mm=product.height_mm,
        weight_g=product.weight_g,
        quantity=row.quantity,
        nature=product.nature,
    )


def _plan_items(
    parcel_of_order: Mapping[int, Parcel],
    reservations: Mapping[int, list[Reservation]],
    now: datetime,
) -> None:
    ParcelItem.objects.bulk_create(
        item
        for order_id, parcel in parcel_of_order.items()
        for item in planned_items(
            parcel_id=parcel.pk, reservations=reservations[order_id], on=now.date()
        )
    )


def _lay_path(
    wave: Wave,
    parcel_of_order: Mapping[int, Parcel],
    reservations: Mapping[int, list[Reservation]],
    now: datetime,
) -> None:
    stops = [
        PickStop(
            location=row.balance.location.code,
            pick_sequence=row.balance.location.pick_sequence,
            aisle=row.balance.location.aisle or aisle_of(row.balance.location.code),
            task=(parcel, row),
        )
        for order_id, parcel in parcel_of_order.items()
        for row in reservations[order_id]
    ]
    way = lay_way(stops, _spots(wave.warehouse, [stop.task[1] for stop in stops], now))
    wave.path_mm, wave.serpentine_mm = way.length_mm, way.serpentine_mm
    wave.save(update_fields=["path_mm", "serpentine_mm"])
    PickTask.objects.bulk_create(
        PickTask(
            wave=wave,
            parcel=parcel,
            reservation=row,
            product_id=row.balance.product_id,
            location=row.balance.location,
            quantity=row.quantity,
            position=position,
        )
        for position, (parcel, row) in enumerate((stop.task for stop in way.stops), start=1)
    )


def _spots(warehouse: Warehouse, rows: Sequence[Reservation], now: datetime) -> dict[str, Spot]:
    """Return where the measured bins of the reservations are."""
    measured = [
        row.balance.location for row in rows if row.balance.location.y_mm is not None
    ]  # fmt: skip
    if not measured:
        return {}
    margin = cross_aisle_from_last_bin(now.date())
    zones = (
        Location.objects.filter(
            warehouse=warehouse, zone__in={each.zone for each in measured}, y_mm__isnull=False
        )
        .order_by()
        .values_list("zone")
        .annotate(Min("y_mm"), Max("y_mm"))
    )
    ends = {zone: (first - margin, last + margin) for zone, first, last in zones}
    return {
        each.code: Spot(
            zone=each.zone,
            aisle=each.aisle or aisle_of(each.code),
            x_mm=each.x_mm or 0,
            y_mm=each.y_mm or 0,
            front_mm=ends[each.zone][0],
            back_mm=ends[each.zone][1],
        )
        for each in measured
    }


def release_wave(*, wave_id: int, actor: str, now: datetime) -> bool:
    """Move a planned wave to released; False when somebody was first."""
    planned = Wave.objects.filter(pk=wave_id, status=Wave.Status.PLANNED)
    if not planned.update(status=Wave.Status.RELEASED, released_at=now):
        return False
    record(kind="wave.released", subject_kind="wave", subject_id=wave_id, actor=actor, now=now)
    return True


def set_parcel_service(*, parcel_id: int, service_code: str) -> None:
    """Write down which service a planned parcel goes by."""
    Parcel.objects.filter(pk=parcel_id).update(service_code=service_code)


def set_pick_list(*, wave_id: int, document: Document) -> None:
    """Attach the wave's pick list."""
    Wave.objects.filter(pk=wave_id, pick_list__isnull=True).update(pick_list=document)


def confirm_picks(
    *, wave_id: int, task_ids: Sequence[int] | None, actor: str, now: datetime
) -> int:
    """Confirm pick tasks (all open ones when `task_ids` is None); return how many were new.

    A wave whose last task is picked moves to picked.
    """
    open_tasks = PickTask.objects.filter(wave_id=wave_id, picked_at__isnull=True)
    wanted = open_tasks if task_ids is None else open_tasks.filter(pk__in=task_ids)
    reservation_ids = list(
        wanted.order_by("id").select_for_update().values_list("reservation_id", flat=True)
    )
    PickTask.objects.filter(wave_id=wave_id, reservation_id__in=reservation_ids).update(
        picked_at=now, picked_by=actor
    )
    # One that is packed already, before its picking was confirmed, stays as it is.
    Reservation.objects.filter(pk__in=reservation_ids, status=Reservation.Status.RESERVED).update(
        status=Reservation.Status.PICKED
    )
    if not open_tasks.exists():
        released = Wave.objects.filter(pk=wave_id, status=Wave.Status.RELEASED)
        if released.update(status=Wave.Status.PICKED):
            record_many([Change("wave.picked", "wave", wave_id)], actor=actor, now=now)
    return len(reservation_ids)
