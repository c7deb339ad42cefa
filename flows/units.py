"""Stage 6, export: parcels of any merchant gathered into bags and on pallets, for one service.

A unit is the operator's; which parcel lies in it is its merchant's row. Units are locked before
parcels, a pallet before its bags.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from core.sentences import Sentence, gettext_noop
from core.tenancy import across_merchants
from flows.floor import find_parcels
from shipping.models import Booking
from shipping.rules.catalogue import UnknownService
from shipping.rules.catalogue import service as service_named
from shipping.words import service_words
from tracking.words import carrier_words
from warehouse.models import HandlingUnit, Parcel, UnitParcel, Warehouse
from warehouse.rules.barcodes import parse_scan
from warehouse.rules.sscc import is_sscc
from warehouse.services.units import (
    close_unit,
    keep_answer,
    known_answer,
    lay_parcel,
    lay_unit,
    open_unit,
    reopen_unit,
    settle_unit_for,
    take_parcel_out,
)

BAG, PALLET = HandlingUnit.Kind.BAG, HandlingUnit.Kind.PALLET
S = HandlingUnit.Status
CLOSE, REOPEN, OUT = "CLOSE", "REOPEN", "OUT-"
SHOWN = 100


IDENTIFIED = 20
"""Digits of an SSCC with the identifier 00 before it, as its label's bars have them."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a scan at a station that works across merchants."""

    code: str
    sentence: Sentence

    def as_dict(self) -> dict[str, object]:
        """Plain data, to be said again to the same scan."""
        return {"code": self.code, "sentence": self.sentence.as_dict()}


@dataclass(frozen=True, slots=True)
class UnitPicture:
    """A unit with what lies in it: parcels as (reference, merchant, weight), bags."""

    unit: HandlingUnit
    parcels: tuple[tuple[str, str, int], ...]
    bags: tuple[HandlingUnit, ...]


def begin_unit(*, warehouse: Warehouse, kind: str, actor: str, now: datetime) -> HandlingUnit:
    """Open an empty bag or pallet. Raises `warehouse.rules.sscc.PrefixUsedUp`."""
    with across_merchants("A bag holds parcels of several merchants: it is the operator's."):
        return open_unit(warehouse=warehouse, kind=kind, actor=actor, now=now)


def units_at(warehouse_ids: Collection[int]) -> list[HandlingUnit]:
    """The units that are still in the warehouses, newest first."""
    with across_merchants("A station lists the bags and pallets of its warehouses."):
        rows = HandlingUnit.objects.filter(warehouse_id__in=warehouse_ids)
        here = rows.exclude(status=S.HANDED_OVER).select_related("warehouse", "parent")
        return list(here.order_by("-id")[:SHOWN])


def find_unit(unit_id: int, *, warehouse_ids: Collection[int]) -> HandlingUnit | None:
    """One unit of the warehouses."""
    with across_merchants("A bag's number does not say whose parcels lie in it."):
        rows = HandlingUnit.objects.filter(pk=unit_id, warehouse_id__in=warehouse_ids)
        return rows.select_related("warehouse", "parent").first()


def unit_picture(unit_id: int, *, warehouse_ids: Collection[int]) -> UnitPicture | None:
    """One unit of the warehouses with its contents, newest first."""
    unit = find_unit(unit_id, warehouse_ids=warehouse_ids)
    if unit is None:
        return None
    with across_merchants("A bag's number does not say whose parcels lie in it."):
        inside = UnitParcel.objects.filter(unit=unit).order_by("-id")[:SHOWN]
        parcels = inside.values_list("parcel__reference", "merchant__name", "parcel__weight_g")
        bags = tuple(unit.units.order_by("-id")[:SHOWN])
        return UnitPicture(unit, tuple((ref, name, g or 0) for ref, name, g in parcels), bags)


def scan_unit(
    *, unit_id: int, raw: str, client_id: str, actor: str, now: datetime
) -> dict[str, object]:
    """Take one scan at an open unit: a parcel, a bag's SSCC, or a command. The same id again says
    the same. Raises `IntegrityError` when another request used the id at the same moment.
    """
    with across_merchants("A bag takes parcels of any merchant."):
        known = known_answer(client_id)
        if known is not None:
            return dict(known)
        unit = HandlingUnit.objects.select_for_update().get(pk=unit_id)
        verdict = _judge(unit, raw, actor, now)
        answer = verdict.as_dict()
        keep_answer(
            client_id=client_id, station=f"unit-{unit_id}", raw=raw, answer=answer, actor=actor,
            now=now,
        )  # fmt: skip
        return answer


def carrier_name(code: str) -> str:
    """A carrier as people call it."""
    return carrier_words(code) if code else ""


def unit_goes_by(unit: HandlingUnit) -> str:
    """Carrier, service and country of what lies in a unit, as people call them."""
    words = service_words(unit.service_code, unit.opened_at.date())
    return f"{carrier_name(unit.carrier_code)} · {words} {unit.country}".strip()


def service_called(code: str, on: date) -> str:
    """A service's name as the catalogue has it, for a stored sentence; its code where unknown."""
    try:
        return service_named(code, on).name
    except UnknownService:
        return code


def sscc_of(raw: str) -> str:
    """The SSCC that a scan or a person gave, "" for none."""
    parsed = parse_scan(raw)
    found = parsed.value if parsed.kind == "shipping_unit" else raw.strip()
    if len(found) == IDENTIFIED and found.startswith("00"):
        # A scanner that sends no symbology mark: the label's bars begin with the identifier 00.
        found = found[2:]
    return found if is_sscc(found) else ""


def _judge(unit: HandlingUnit, raw: str, actor: str, now: datetime) -> Verdict:
    parsed = parse_scan(raw)
    if unit.status == S.HANDED_OVER:
        return _wrong(gettext_noop("{unit} has left with the driver."), unit=unit.sscc)
    if parsed.kind == "command" and parsed.value == REOPEN:
        return _reopen(unit)
    if unit.status == S.CLOSED:
        return _wrong(gettext_noop("{unit} is closed. Open it again to change it."), unit=unit.sscc)
    if parsed.kind == "command" and parsed.value == CLOSE:
        return _close(unit, actor, now)
    if parsed.kind == "command" and parsed.value.startswith(OUT):
        return _take_out(unit, parsed.value.removeprefix(OUT))
    if sscc := sscc_of(raw):
        return _lay_bag(unit, sscc)
    return _lay_parcel(unit, parsed.value.upper(), actor, now)


def _reopen(unit: HandlingUnit) -> Verdict:
    if unit.parent is not None:
        text = gettext_noop("It stands on pallet {pallet}: take it off there first.")
        return _wrong(text, pallet=unit.parent.sscc)
    reopen_unit(unit=unit)
    return _right(gettext_noop("Open again: {unit}."), unit=unit.sscc)


def _close(unit: HandlingUnit, actor: str, now: datetime) -> Verdict:
    close_unit(unit=unit, actor=actor, now=now)
    if unit.parcel_count == 0:
        reopen_unit(unit=unit)
        return _wrong(gettext_noop("Nothing lies in it: scan a parcel first."))
    text = gettext_noop("Closed. Parcels: {parcels}, weight: {weight} g. Print its label.")
    said = Sentence("closed", text,
                    {"parcels": str(unit.parcel_count), "weight": str(unit.weight_g)})  # fmt: skip
    return Verdict("done", said)


def _take_out(unit: HandlingUnit, what: str) -> Verdict:
    if is_sscc(what):
        bag = HandlingUnit.objects.select_for_update().filter(sscc=what, parent=unit).first()
        if bag is not None:
            lay_unit(bag=bag, pallet=None)
            return _right(gettext_noop("Taken out: {what}."), what=what)
    if take_parcel_out(unit=unit, reference=what):
        return _right(gettext_noop("Taken out: {what}."), what=what)
    return _wrong(gettext_noop("{what} does not lie in it."), what=what[:40])


def _lay_bag(unit: HandlingUnit, sscc: str) -> Verdict:
    if unit.kind != PALLET:
        return _wrong(gettext_noop("A bag goes on a pallet, not into a bag."))
    rows = HandlingUnit.objects.select_for_update().filter(warehouse_id=unit.warehouse_id)
    bag = rows.filter(sscc=sscc).first()
    if bag is None:
        return _wrong(gettext_noop("No bag in this warehouse has the number {sscc}."), sscc=sscc)
    if bag.kind != BAG:
        return _wrong(gettext_noop("{sscc} is a pallet: only bags go on a pallet."), sscc=sscc)
    if bag.status != S.CLOSED:
        text = gettext_noop("Bag {sscc} is not closed, or has left.")
        return _wrong(text, sscc=sscc)
    if bag.parent_id == unit.pk:
        return Verdict(
            "duplicate", Sentence("there", gettext_noop("{what} lies in it."), {"what": sscc})
        )
    if bag.parent is not None:
        return _elsewhere(sscc, bag.parent)
    if not unit.carrier_code:
        settle_unit_for(
            unit=unit, carrier_code=bag.carrier_code, service_code=bag.service_code, country=""
        )
    elif (unit.carrier_code, unit.service_code) != (bag.carrier_code, bag.service_code):
        return _other(sscc, bag.service_code, bag.country, unit)
    lay_unit(bag=bag, pallet=unit)
    return _right(gettext_noop("On the pallet: bag {sscc}."), sscc=sscc)


def _lay_parcel(unit: HandlingUnit, code: str, actor: str, now: datetime) -> Verdict:
    found = find_parcels(code, warehouse_ids=[unit.warehouse_id])
    if not found:
        return _wrong(gettext_noop("No parcel in this warehouse has the code {code}."),
                      code=code[:60])  # fmt: skip
    if len(found) > 1:
        return _wrong(gettext_noop("{code} names parcels of several merchants."), code=code[:60])
    rows = Parcel.objects.select_for_update(of=("self",)).select_related("order")
    parcel = rows.get(merchant_id=found[0].merchant_id, reference=found[0].reference)
    booking = Booking.objects.filter(parcel=parcel, status=Booking.Status.BOOKED).first()
    if booking is None or booking.label_id is None or parcel.status != Parcel.Status.PACKED:
        return _not_ready(parcel)
    name = parcel.reference
    lies = UnitParcel.objects.filter(parcel=parcel).select_related("unit").first()
    if lies is not None and lies.unit_id == unit.pk:
        return Verdict(
            "duplicate", Sentence("there", gettext_noop("{what} lies in it."), {"what": name})
        )
    if lies is not None:
        return _elsewhere(name, lies.unit)
    country = parcel.order.country
    if not unit.carrier_code:
        settle_unit_for(
            unit=unit,
            carrier_code=booking.carrier_code,
            service_code=booking.service_code,
            country=country,
        )
    is_other = (unit.carrier_code, unit.service_code) != (
        booking.carrier_code,
        booking.service_code,
    )
    if is_other or (unit.country and unit.country != country):
        return _other(name, booking.service_code, country, unit)
    lay_parcel(unit=unit, parcel=parcel, actor=actor, now=now)
    return _right(gettext_noop("In: {parcel}."), parcel=name)


def _not_ready(parcel: Parcel) -> Verdict:
    texts = {
        Parcel.Status.HANDED_OVER: gettext_noop("{parcel} has left already."),
        Parcel.Status.PACKED: gettext_noop("{parcel} has no label: it is booked anew."),
    }
    otherwise = gettext_noop("{parcel} is not packed yet.")
    return _wrong(texts.get(Parcel.Status(parcel.status), otherwise), parcel=parcel.reference)


def _elsewhere(what: str, unit: HandlingUnit) -> Verdict:
    text = gettext_noop("{what} lies in {unit}: take it out there first.")
    return _wrong(text, what=what, unit=unit.sscc)


def _other(what: str, service: str, country: str, unit: HandlingUnit) -> Verdict:
    text = gettext_noop("{what} goes by {service} to {country} and does not belong in it.")
    return _wrong(text, what=what, service=service_called(service, unit.opened_at.date()),
                  country=country or "–")  # fmt: skip


def _wrong(template: str, **params: str) -> Verdict:
    return Verdict("wrong", Sentence("refused", template, params))


def _right(template: str, **params: str) -> Verdict:
    return Verdict("accepted", Sentence("accepted", template, params))
