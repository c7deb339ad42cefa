"""Stage 5, fulfilment: the put wall. The goods of a wave's orders are put together, slot by slot.

Each scan of a piece says its slot; the last of an order queues the label. What is sent twice is
answered twice and counted once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Sum

from core.sentences import Sentence, gettext_noop, stored
from core.tenancy import across_merchants, merchant
from flows.printing import queue_label
from warehouse.models import (
    Parcel,
    ParcelItem,
    PutWall,
    PutWallSlot,
    SinglePiece,
    SlotUse,
    Wave,
)
from warehouse.rules.barcodes import ParsedScan, parse_scan
from warehouse.rules.presses import Press
from warehouse.services import NewScan, record_scans
from warehouse.services.stations import begin_scan, end_scan
from warehouse.services.walls import (
    complete_slot,
    free_slot,
    free_slots,
    lock_wall,
    take_slot,
)

STATION = "put_wall"
AT_WORK = (Wave.Status.RELEASED, Wave.Status.PICKED)
SAID_MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PutDesk:
    """The wall and wave somebody works at, and where labels come out there."""

    merchant_id: int
    wave_id: int
    wall_id: int
    warehouse_id: int
    station: str
    printer_id: int | None
    actor: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PutScan(Press):
    """One press of the scanner. `is_echo`: the same press read twice, told by its instant."""

    is_echo: bool = False


@dataclass(frozen=True, slots=True)
class SlotState:
    """A slot with an order's goods: how many of how many pieces lie in it."""

    slot: str
    parcel: str
    put: int
    wanted: int
    is_cancelled: bool


def put_by_scan(*, scan: PutScan, desk: PutDesk) -> Mapping[str, Any]:
    """Judge one scan at a wall; return the answer, the same one for the same press.

    `code` is `put`, `complete` (the order's last piece), `full`, `surplus`, `wrong`, `echo`,
    `emptied` (a slot's own code) or `unreadable`; `slot` says where the piece goes.
    """
    with across_merchants("A wall's slots hold the goods of several merchants."):
        known = begin_scan(
            client_id=scan.client_id,
            station=STATION,
            warehouse_id=desk.warehouse_id,
            sequence=scan.sequence,
            raw=scan.raw,
            actor=desk.actor,
            now=desk.now,
        )
        if known is not None:
            return known
        wall = lock_wall(desk.wall_id)
        free = free_slots(wall.pk)
        # Slots are the building's: their codes are read before the merchant's block begins.
        slots = PutWallSlot.objects.filter(wall__warehouse_id=desk.warehouse_id)
        codes = dict(slots.values_list("pk", "code"))
        slot = slots.filter(wall=wall, code=scan.raw.strip().upper()).first()
        with merchant(desk.merchant_id):
            if slot is not None:
                answer = _slot_scanned(slot, desk)
            else:
                answer = _put(scan, parse_scan(scan.raw), desk, free, codes)
        end_scan(client_id=scan.client_id, answer=answer)
        return answer


def _put(
    scan: PutScan,
    parsed: ParsedScan,
    desk: PutDesk,
    free: Sequence[PutWallSlot],
    codes: Mapping[int, str],
) -> dict[str, Any]:
    if parsed.kind == "unreadable" and parsed.problem is not None:
        return _say("unreadable", parsed.problem)
    if scan.is_echo:
        text = gettext_noop("The same press was read twice: counted once.")
        return _say("echo", Sentence("echo", text))
    items = _items(desk, parsed)
    open_items = [item for item in items if item.quantity - item.scanned >= parsed.count]
    if not open_items:
        return _wrong(parsed, desk, is_known=bool(items))
    slots = _slots([item.parcel_id for item in open_items], codes)
    # Orders that have a slot first: a slot that fills up is a slot that comes free.
    item = min(open_items, key=lambda each: (each.parcel_id not in slots, _due(each), each.pk))
    slot = slots.get(item.parcel_id)
    if slot is None and not free:
        text = gettext_noop("The wall is full: pack a complete slot first.")
        return {**_say("full", Sentence("full", text)), "expected": _complete(codes)}
    if slot is None:
        take_slot(slot_id=free[0].pk, parcel_id=item.parcel_id, now=desk.now)
        slot = free[0].code
    return _count(scan, parsed, desk, item, slot)


def _items(desk: PutDesk, parsed: ParsedScan) -> list[ParcelItem]:
    """The wave's items a code names, their parcels locked, single pieces of stations left out."""
    named = Q(product__sku__iexact=parsed.sku or parsed.value)
    if parsed.gtin:
        named |= Q(
            product__gtin__in=[parsed.gtin[cut:] for cut in range(7) if _is_cut(parsed, cut)]
        )
    elif parsed.value.isdigit():
        named |= Q(product__gtin=parsed.value)
    ids = list(
        ParcelItem.objects.filter(
            named, parcel__wave_id=desk.wave_id, parcel__status=Parcel.Status.PLANNED
        )
        .exclude(parcel__in=SinglePiece.objects.filter(wave_id=desk.wave_id).values("parcel_id"))
        .order_by("parcel_id")
        .values_list("parcel_id", flat=True)
        .distinct()
    )
    list(Parcel.objects.filter(pk__in=ids).order_by("pk").select_for_update().values_list("pk"))
    return list(
        ParcelItem.objects.filter(
            named, parcel_id__in=ids, parcel__status=Parcel.Status.PLANNED
        ).select_related("product", "parcel", "parcel__order")
    )


def _is_cut(parsed: ParsedScan, cut: int) -> bool:
    """A GTIN is stored in 8 to 14 digits: zeros before it may be left out."""
    return not parsed.gtin[:cut].strip("0")


def _slots(parcel_ids: Collection[int], codes: Mapping[int, str]) -> dict[int, str]:
    """Return the code of each parcel's slot, for those that have one."""
    rows = SlotUse.objects.filter(parcel_id__in=parcel_ids, freed_at__isnull=True)
    return {parcel: codes.get(slot, "?") for parcel, slot in rows.values_list("parcel", "slot_id")}


def _due(item: ParcelItem) -> tuple[bool, Any]:
    ship_by = item.parcel.order.ship_by
    return (ship_by is None, ship_by or 0)


def _count(
    scan: PutScan, parsed: ParsedScan, desk: PutDesk, item: ParcelItem, slot: str
) -> dict[str, Any]:
    scanned = item.scanned + parsed.count
    left = (
        ParcelItem.objects.filter(parcel_id=item.parcel_id).aggregate(
            left=Sum(F("quantity") - F("scanned"))
        )["left"]
        - parsed.count
    )
    params = {
        "slot": slot, "title": item.product.title, "scanned": str(scanned),
        "quantity": str(item.quantity), "parcel": item.parcel.reference,
    }  # fmt: skip
    if left:
        text = gettext_noop("{title}: {scanned} of {quantity} into slot {slot}.")
        answer = _say("put", Sentence("put", text, params))
    else:
        text = gettext_noop("Slot {slot} is complete: {parcel}. Its label prints.")
        answer = _say("complete", Sentence("complete", text, params))
    answer |= {"slot": slot, "parcel": item.parcel.reference, "read": stored(parsed.read)}
    kept = NewScan.of(scan, verdict="accepted", answer=answer)
    record_scans(
        parcel=item.parcel, scans=[kept], counts={item.pk: scanned}, actor=desk.actor, now=desk.now
    )
    if not left:
        complete_slot(parcel_id=item.parcel_id, now=desk.now)
        job = queue_label(
            parcel=item.parcel,
            printer_id=desk.printer_id,
            station=desk.station,
            actor=desk.actor,
            now=desk.now,
        )
        answer["has_label"] = job.document_id is not None
        answer["job"] = job.pk
    return answer


def _wrong(parsed: ParsedScan, desk: PutDesk, *, is_known: bool) -> dict[str, Any]:
    params = {"code": parsed.value[:60]}
    if is_known:
        text = gettext_noop("Too many of {code}: no order of this wave wants one more.")
        return _say("surplus", Sentence("surplus", text, params))
    wanted = (
        ParcelItem.objects.filter(
            parcel__wave_id=desk.wave_id,
            parcel__status=Parcel.Status.PLANNED,
            scanned__lt=F("quantity"),
        )
        .order_by("id")
        .values_list("product__sku", flat=True)[: SAID_MOST * 4]
    )
    text = gettext_noop("{code} belongs to no order of this wave.")
    expected = list(dict.fromkeys(wanted))[:SAID_MOST]
    return {**_say("wrong", Sentence("wrong", text, params)), "expected": expected}


def _complete(codes: Mapping[int, str]) -> list[str]:
    """The merchant's complete slots: what to pack so that the wall has room again."""
    rows = SlotUse.objects.filter(freed_at__isnull=True, completed_at__isnull=False)
    ids = rows.order_by("completed_at").values_list("slot_id", flat=True)[: SAID_MOST * 2]
    return [codes[slot] for slot in ids if slot in codes][:SAID_MOST]


def _slot_scanned(slot: PutWallSlot, desk: PutDesk) -> dict[str, Any]:
    """A slot's own code: of a cancelled order's goods it says that they were put back."""
    use = SlotUse.objects.filter(slot=slot, freed_at__isnull=True).select_related("parcel").first()
    if use is None:
        text = gettext_noop("Slot {slot} is empty.")
        return _say("wrong", Sentence("empty", text, {"slot": slot.code}))
    params = {"slot": slot.code, "parcel": use.parcel.reference}
    if use.parcel.status == Parcel.Status.CANCELLED:
        free_slot(parcel_id=use.parcel_id, now=desk.now)
        text = gettext_noop("Slot {slot} is free: {parcel} is cancelled, its goods are put back.")
        return {**_say("emptied", Sentence("emptied", text, params)), "slot": slot.code}
    text = gettext_noop("Slot {slot} holds {parcel}. It comes free when the parcel is packed.")
    return _say("wrong", Sentence("taken", text, params))


def _say(code: str, sentence: Sentence) -> dict[str, Any]:
    return {"code": code, "sentence": sentence.as_dict()}


def slots_of(*, merchant_id: int, wall_id: int, wave_id: int) -> list[SlotState]:
    """Return the slots of a wall that hold goods of a wave, in their order."""
    with across_merchants("A wall's slots are named outside of any merchant's tables."):
        uses = list(
            SlotUse.objects.filter(
                merchant_id=merchant_id,
                slot__wall_id=wall_id,
                parcel__wave_id=wave_id,
                freed_at__isnull=True,
            )
            .select_related("slot", "parcel")
            .annotate(put=Sum("parcel__items__scanned"), wanted=Sum("parcel__items__quantity"))
            .order_by("slot__position")
        )
    return [
        SlotState(
            slot=use.slot.code,
            parcel=use.parcel.reference,
            # A parcel that was taken out of its wave wants nothing any more.
            put=use.put or 0,
            wanted=use.wanted or 0,
            is_cancelled=use.parcel.status == Parcel.Status.CANCELLED,
        )
        for use in uses
    ]


def left_to_put(*, merchant_id: int, wave_id: int) -> int:
    """Return how many pieces of a wave are still to be put."""
    with merchant(merchant_id):
        left: int | None = ParcelItem.objects.filter(
            parcel__wave_id=wave_id, parcel__status=Parcel.Status.PLANNED
        ).aggregate(left=Sum(F("quantity") - F("scanned")))["left"]
    return left or 0


def walls_and_waves(
    warehouse_ids: Collection[int],
) -> tuple[list[PutWall], list[Wave]]:
    """Return the walls of the warehouses, and the waves that are put together there."""
    with across_merchants("The wall station lists every merchant's waves at work."):
        singles = SinglePiece.objects.filter(
            merchant_id=OuterRef("merchant_id"), wave_id=OuterRef("pk")
        )
        walls = PutWall.objects.filter(warehouse_id__in=warehouse_ids).select_related("warehouse")
        waves = (
            Wave.objects.filter(warehouse_id__in=warehouse_ids, status__in=AT_WORK)
            .exclude(Exists(singles))
            .select_related("merchant", "warehouse")
            .order_by("ship_by", "id")[:100]
        )
        return list(walls.order_by("warehouse_id", "code")), list(waves)
