"""Waves: orders picked together, their parcels planned and their pick tasks laid in a path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Min

from core.events import Change, record, record_many
from core.models import Document
from core.numbers import next_numbers
from core.sentences import stored
from orders.models import Order
from warehouse.models import (
    Allocation,
    Location,
    Parcel,
    ParcelItem,
    PickTask,
    Reservation,
    Scan,
    Warehouse,
    Wave,
)
from warehouse.rules.cartons import PackItem, ServiceLimits, suggest_carton
from warehouse.rules.natures import nature_rules_on
from warehouse.rules.paths import Spot, lay_way
from warehouse.rules.pick_path import PickStop, aisle_of
from warehouse.rules.station_rules import cross_aisle_from_last_bin
from warehouse.services.cartons import cartons_of_merchant


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
    limits: Callable[[Order], Sequence[ServiceLimits]] = lambda _order: (),
) -> WavePlan:
    """Plan a parcel for each allocated order and lay the pick tasks in path order.

    `limits` are those of the services that go where an order goes.

    The caller holds the orders' rows locked and passes only allocated ones without a parcel.
    """
    number = next_numbers(kind="wave")[0]
    wave = Wave.objects.create(number=f"W{number:05d}", warehouse=warehouse, created_at=now)
    reservations = _reservations_of(orders)
    parcels = _plan_parcels(wave, orders, reservations, limits, now)
    parcel_of_order = {parcel.order_id: parcel for parcel in parcels}
    Allocation.objects.filter(
        warehouse=warehouse, order_id__in=list(parcel_of_order), planned_at__isnull=True
    ).update(planned_at=now)
    _plan_items(parcel_of_order, reservations)
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


def _reservations_of(orders: Sequence[Order]) -> Mapping[int, list[Reservation]]:
    rows = (
        Reservation.objects.filter(
            order_line__order_id__in=[order.pk for order in orders],
            status=Reservation.Status.RESERVED,
        )
        .select_related("order_line", "order_line__product", "balance__location")
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
    limits: Callable[[Order], Sequence[ServiceLimits]],
    now: datetime,
) -> list[Parcel]:
    parcels = []
    cartons, natures = cartons_of_merchant(now.date()), nature_rules_on(now.date())
    for order in orders:
        items = [
            PackItem(
                sku=row.order_line.sku,
                length_mm=row.order_line.product.length_mm,
                width_mm=row.order_line.product.width_mm,
                height_mm=row.order_line.product.height_mm,
                weight_g=row.order_line.product.weight_g,
                quantity=row.quantity,
                nature=row.order_line.product.nature,
            )
            for row in reservations[order.pk]
        ]
        carton = suggest_carton(items, cartons, natures=natures, limits=limits(order))
        parcels.append(
            Parcel(
                order=order,
                reference=f"{order.reference}-1",
                warehouse=wave.warehouse,
                wave=wave,
                carton_code=carton.carton_code,
                carton_said=stored([carton.reason, *carton.notes]),
                length_mm=carton.length_mm,
                width_mm=carton.width_mm,
                height_mm=carton.height_mm,
                expected_weight_g=carton.gross_weight_g,
                created_at=now,
            )
        )
    return Parcel.objects.bulk_create(parcels)


def _plan_items(
    parcel_of_order: Mapping[int, Parcel], reservations: Mapping[int, list[Reservation]]
) -> None:
    quantities: dict[tuple[int, int, int], int] = defaultdict(int)
    for order_id, parcel in parcel_of_order.items():
        for row in reservations[order_id]:
            key = (parcel.pk, row.order_line_id, row.order_line.product_id)
            quantities[key] += row.quantity
    ParcelItem.objects.bulk_create(
        ParcelItem(
            parcel_id=parcel_id, order_line_id=line_id, product_id=product_id, quantity=quantity
        )
        for (parcel_id, line_id, product_id), quantity in quantities.items()
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
            product_id=row.order_line.product_id,
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


def withdraw_parcels(*, order_ids: Collection[int], actor: str, now: datetime) -> set[int]:
    """Take the planned parcels of these orders out of waves that are not released yet.

    The caller holds the orders' rows locked and has made sure that nothing is booked for them.
    Returns the orders whose parcel stays because its wave is released or somebody scanned it. The
    rows go: nobody outside the warehouse has heard of such a parcel.
    """
    parcels = list(
        Parcel.objects.filter(order_id__in=order_ids)
        .exclude(status=Parcel.Status.CANCELLED)
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    wave_ids = {parcel.wave_id for parcel in parcels if parcel.wave_id}
    planned = set(
        Wave.objects.filter(pk__in=wave_ids, status=Wave.Status.PLANNED)
        .order_by("pk")
        .select_for_update()
        .values_list("pk", flat=True)
    )
    scanned = set(
        Scan.objects.filter(parcel__in=parcels).values_list("parcel_id", flat=True).distinct()
    )
    stays = {
        parcel.order_id
        for parcel in parcels
        if parcel.status != Parcel.Status.PLANNED
        or parcel.wave_id not in planned
        or parcel.pk in scanned
    }
    if stays:
        return stays
    PickTask.objects.filter(parcel__in=parcels).delete()
    ParcelItem.objects.filter(parcel__in=parcels).delete()
    Parcel.objects.filter(pk__in=[parcel.pk for parcel in parcels]).delete()
    empty = Wave.objects.filter(pk__in=planned, parcels__isnull=True)
    Wave.objects.filter(pk__in=list(empty.values_list("pk", flat=True))).update(
        status=Wave.Status.CLOSED
    )
    record_many(
        [
            Change("order.parcel_withdrawn", "order", parcel.order_id, {"parcel": parcel.reference})
            for parcel in parcels
        ],
        actor=actor,
        now=now,
    )
    return set()


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
