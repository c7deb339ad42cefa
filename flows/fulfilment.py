"""Stage 5, fulfilment: waves, picking, packing by scan.

What a station sends may come twice or late: every call says the same again when repeated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.jobs import Work, enqueue
from core.prepared import Prepared
from core.sentences import Sentence, gettext_noop
from core.tenancy import merchant
from flows.booking import booking_work
from orders.models import Order
from shipping.models import Booking
from shipping.rules.catalogue import services
from warehouse.models import (
    Allocation,
    Parcel,
    ParcelExtra,
    ParcelItem,
    PutBack,
    Scan,
    Warehouse,
    Wave,
)
from warehouse.rules.cartons import ServiceLimits
from warehouse.rules.packing import ID_USED, ExpectedItem, fold_pack
from warehouse.rules.packing import PackState as Folded
from warehouse.rules.presses import Press
from warehouse.rules.station_rules import double_press_within
from warehouse.services import (
    NewScan,
    confirm_picks,
    plan_wave,
    record_scans,
    release_wave,
)
from warehouse.services.extras import confirm_extras, extras_of, lay_extras
from warehouse.services.singles import open_singles

WAVE_CAP = 250


@dataclass(frozen=True, slots=True)
class PackState:
    """Where a parcel stands at the pack station."""

    parcel: Parcel
    lines: tuple[dict[str, Any], ...]
    is_complete: bool
    booking: Booking | None
    extras: tuple[ParcelExtra, ...] = ()
    items: tuple[ParcelItem, ...] = ()


def plan_next_wave(
    *, merchant_id: int, warehouse: Warehouse, cap: int = WAVE_CAP, actor: str, now: datetime
) -> Wave | None:
    """Plan a wave of up to `cap` allocated orders without a parcel; None when there are none."""
    with merchant(merchant_id):
        # Both rows are locked: of two plans at once, the later reads the allocation again and
        # passes over what the earlier has taken.
        waiting = (
            Allocation.objects.filter(
                warehouse=warehouse, planned_at__isnull=True, order__status=Order.Status.ALLOCATED
            )
            # What is still to be brought back to its bin cannot be picked from there.
            .exclude(order_id__in=PutBack.objects.filter(done_at__isnull=True).values("order_id"))
            .order_by("-priority", "ship_by", "order_id")
            .select_related("order")
            .select_for_update(of=("self", "order"), skip_locked=True)
        )
        orders = [allocation.order for allocation in waiting[:cap]]
        if not orders:
            return None
        plan = plan_wave(
            warehouse=warehouse,
            orders=orders,
            actor=actor,
            now=now,
            limits=lambda country: service_limits(warehouse.country, country, now.date()),
        )
        return plan.wave


def service_limits(origin: str, destination: str, on: date) -> tuple[ServiceLimits, ...]:
    """Return what the services from the warehouse to the buyer take."""
    return tuple(
        ServiceLimits(
            name=each.name,
            max_weight_g=each.max_weight_g,
            sides=(each.max_length_mm, each.max_width_mm, each.max_height_mm),
            max_sum_mm=each.max_sum_mm,
            divisor=each.volumetric_divisor,
        )
        for each in services(on)
        if each.leaves_from(origin) and each.goes_to(destination)
    )


def release(*, merchant_id: int, wave_id: int, actor: str, now: datetime) -> bool:
    """Release a wave: its parcels are booked and its pick list is printed. False when it was."""
    with merchant(merchant_id):
        if not release_wave(wave_id=wave_id, actor=actor, now=now):
            return False
        parcel_ids = Parcel.objects.filter(wave_id=wave_id).values_list("id", flat=True)
        open_singles(wave_id=wave_id)
        enqueue([booking_work(parcel_id) for parcel_id in parcel_ids], now=now)
        enqueue([Work("papers.pick_list", str(wave_id), {"wave_id": wave_id})], now=now)
    return True


def pick(
    *,
    merchant_id: int,
    wave_id: int,
    task_ids: Sequence[int] | None,
    actor: str,
    now: datetime,
) -> int:
    """Confirm pick tasks of a wave; return how many were new."""
    with merchant(merchant_id):
        return confirm_picks(wave_id=wave_id, task_ids=task_ids, actor=actor, now=now)


def scan_parcel(
    *,
    merchant_id: int,
    parcel_reference: str,
    scans: Sequence[Press],
    actor: str,
    now: datetime,
) -> tuple[list[dict[str, Any]], PackState]:
    """Judge scans at the pack station; return the answer to each, in order, and the state after.

    A scan whose id belongs to a press about another parcel is answered so (`id_used`) and counts
    for nothing. Raises `Parcel.DoesNotExist` for an unknown reference, `IntegrityError` when
    another request used an id at the same moment: asked again, it is answered.
    """
    with merchant(merchant_id):
        rows = Parcel.objects.select_for_update(of=("self",)).select_related("order")
        parcel = rows.get(reference=parcel_reference)
        items = items_of(parcel)
        before = list(Scan.objects.filter(parcel=parcel).order_by("id"))
        known = {scan.client_id for scan in before}
        used = _used_elsewhere(parcel, scans)
        extras = extras_of(parcel) if before else put_extras_down(parcel, items)
        by_code = {each.code: each for each in extras}
        put_in = {
            scan.client_id: by_code[code]
            for scan in scans
            if scan.client_id not in used and (code := scan.raw.strip()) in by_code
        }
        own = [scan for scan in scans if scan.client_id not in used | set(put_in)]
        folded = fold_pack(
            _expected(items),
            [*(_as_pressed(scan) for scan in before if scan.raw.strip() not in by_code), *own],
            double_press_ms=double_press_within(now.date()),
        )
        answers = {verdict.client_id: verdict.as_dict() for verdict in folded.verdicts}
        answers |= {key: {"code": ID_USED.code, "sentence": ID_USED.as_dict()} for key in used}
        answers |= {key: _put_in(key, each) for key, each in put_in.items()}
        if parcel.status == Parcel.Status.PLANNED:
            if put_in:
                confirm_extras(extras=list(put_in.values()), actor=actor, now=now)
                extras = extras_of(parcel)
            kept = [*own, *(scan for scan in scans if scan.client_id in put_in)]
            fresh = {scan.client_id: scan for scan in kept if scan.client_id not in known}
            counts = _counts(items, folded)
            record_scans(
                parcel=parcel,
                scans=[_kept(scan, answers[scan.client_id]) for scan in fresh.values()],
                counts={item.pk: counts[item.pk] for item in items if _differs(item, counts)},
                actor=actor,
                now=now,
            )
            for item in items:
                item.scanned = counts[item.pk]
        state = pack_state(parcel, items, extras)
        return [answers[scan.client_id] for scan in scans], state


def put_extras_down(parcel: Parcel, items: Sequence[ParcelItem]) -> list[ParcelExtra]:
    """What the parcel wants besides its goods, written down when it first comes to the table."""
    known = extras_of(parcel)
    if known or parcel.status != Parcel.Status.PLANNED:
        return known
    return lay_extras(
        parcel=parcel,
        product_ids={item.product_id for item in items},
        tags=parcel.order.tags,
        message=parcel.order.note,
    )


def _put_in(client_id: str, extra: ParcelExtra) -> dict[str, Any]:
    if extra.kind == ParcelExtra.Kind.MESSAGE:
        said = Sentence("message_read", gettext_noop("Message to the buyer: seen."))
    else:
        said = Sentence("put_in", gettext_noop("Put in: {name}."), {"name": extra.name})
    return {"client_id": client_id, "code": "accepted", "sentence": said.as_dict()}


def _used_elsewhere(parcel: Parcel, scans: Sequence[Press]) -> set[str]:
    """Return the ids that stand for a press about another parcel, or at a pick station."""
    ids = [scan.client_id for scan in scans]
    others = Scan.objects.filter(client_id__in=ids).exclude(parcel=parcel)
    return set(others.values_list("client_id", flat=True)) if ids else set()


def items_of(parcel: Parcel) -> list[ParcelItem]:
    return ITEMS.rows(parcel_id=parcel.pk)


ITEMS = Prepared(
    ParcelItem,
    lambda rows, parcel_id: rows.filter(parcel=parcel_id).select_related("product").order_by("id"),
    "parcel_id",
)
BOOKINGS = Prepared(
    Booking,
    lambda rows, parcel_id: (
        rows.filter(parcel=parcel_id).exclude(status=Booking.Status.VOIDED).order_by("-id")[:1]
    ),
    "parcel_id",
)


def _expected(items: Sequence[ParcelItem]) -> list[ExpectedItem]:
    """Two lines of one product are one kind of thing to the packer."""
    wanted: dict[str, int] = {}
    for item in items:
        wanted[item.product.sku] = wanted.get(item.product.sku, 0) + item.quantity
    products = {item.product.sku: item.product for item in items}
    return [
        ExpectedItem(
            sku=sku,
            quantity=quantity,
            title=products[sku].title,
            gtins=frozenset(filter(None, [products[sku].gtin])),
        )
        for sku, quantity in wanted.items()
    ]


def _as_pressed(scan: Scan) -> Press:
    return Press(
        client_id=scan.client_id,
        sequence=scan.sequence,
        raw=scan.raw,
        pressed_ms=scan.pressed_ms,
    )


def _kept(scan: Press, answer: dict[str, Any]) -> NewScan:
    return NewScan.of(scan, verdict=answer["code"], answer=answer)


def _counts(items: Sequence[ParcelItem], folded: Folded) -> dict[int, int]:
    """Spread what lies in the parcel by SKU over its lines, first line first."""
    left = dict(folded.packed)
    counts = {}
    for item in items:
        counts[item.pk] = min(item.quantity, left[item.product.sku])
        left[item.product.sku] -= counts[item.pk]
    return counts


def _differs(item: ParcelItem, counts: Mapping[int, int]) -> bool:
    return item.scanned != counts[item.pk]


def pack_state(
    parcel: Parcel,
    items: Sequence[ParcelItem] | None = None,
    extras: Sequence[ParcelExtra] | None = None,
    booking: Booking | None = None,
) -> PackState:
    """Return where a parcel stands, inside the caller's block; what is at hand is not read."""
    if items is None:
        items = items_of(parcel)
    if extras is None:
        extras = extras_of(parcel)
    if booking is None:
        booking = booking_of(parcel)
    lines = tuple(
        {
            "sku": item.product.sku,
            "title": item.product.title,
            "expected": item.quantity,
            "scanned": item.scanned,
        }
        for item in items
    )
    complete = all(item.scanned == item.quantity for item in items) and all(
        each.confirmed_at is not None for each in extras
    )
    return PackState(parcel, lines, complete, booking, tuple(extras), tuple(items))


def booking_of(parcel: Parcel) -> Booking | None:
    """Return a parcel's newest booking that was not withdrawn."""
    return BOOKINGS.first(parcel_id=parcel.pk)


__all__ = [
    "PackState", "pack_state", "pick", "plan_next_wave", "release", "scan_parcel",
    "service_limits",
]  # fmt: skip
